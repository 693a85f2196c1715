// Package compose builds SQL text from parts, where $1 cannot stand: table and
// column names, lists of columns, conditions that are there or not. It has what
// psycopg2 users know as psycopg2.sql.
//
//	query, args, err := compose.Format("select {} from {} where {} = {}",
//		compose.Join(", ", compose.Identifiers("id", "name")...),
//		compose.Identifier("public", "users"),
//		compose.Identifier("email"),
//		compose.Argument(email),
//	).Render(compose.Numeric)
//	// select "id", "name" from "public"."users" where "email" = $1
//	rows, err := db.QueryContext(ctx, query, args...)
//
// A value is best an [Argument]: it travels outside of the text. [Literal] writes
// a value into the text, for the statements in which PostgreSQL takes no
// parameters, such as CREATE ROLE and SET. A [Placeholder] leaves the place open
// for an argument that is given when the statement runs.
//
// # What cannot happen
//
// Raw text comes from constants of the program alone: [SQL], [Format] and [Join]
// do not compile with a variable string. ([UnsafeSQL] takes one, and says so.)
// Names are always quoted; values are written so that they mean the same under
// any standard_conforming_strings and backslash_quote. A part that would stand
// inside quotes or in a comment of the raw text, as in '{}', is an error.
//
// # Errors
//
// The functions that build do not return errors, so that they can be nested. The
// first error stays in the [Composed] and all that is built from it;
// [Composed.Render] returns it, and gives no text then. [Composed.Err] tells it
// earlier.
//
// # Differences from psycopg2.sql
//
// Surplus arguments without a name are an error of Format: psycopg2 ignores them,
// and a condition would be lost. Raw text comes from constants. Placeholders take
// their form when the text is rendered, and a percent sign in a name or literal is
// then doubled where the style [Pyformat] needs it.
package compose
