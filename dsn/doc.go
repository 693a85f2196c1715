// Package dsn reads, changes, hides and writes PostgreSQL connection strings.
//
// [Parse] follows libpq 18 (PostgreSQL documentation, "34.1.1. Connection Strings") for both forms,
// keyword/value and URI. It looks at nothing but the string: no environment variable, no default, no
// service file, no password file. The result, [Params], is an ordered list of settings in which an
// absent setting differs from an empty one.
//
//	p, err := dsn.Parse("postgresql://joe@db1,db2:5433/app?sslmode=verify-full")
//	host, ok := p.Get("host") // "db1,db2", true
//
// [Make] puts a connection string together from parts that may hold any character. [Params.String]
// and [Params.URL] write one such that Parse gives the same settings again.
//
// # Secrets
//
// Parse errors never quote the string. Everything that prints a Params through fmt or log/slog gets
// [Params.Redacted], in which passwords and other secrets are replaced. Only a direct call of
// Params.String or Params.URL shows them. [Redact] does the same for a string that may not parse.
//
// # Keywords
//
// [Keywords] is the table of all settings, libpq's and pgadapt's own. Parse keeps a keyword that is
// not in the table, since PostgreSQL takes most of its run-time parameters (search_path, work_mem) at
// the start of a session; [Params.Unknown] lists them and [Suggest] finds the spelling mistakes.
//
// # Differences from libpq
//
//   - An unknown keyword is kept if it could be the name of a run-time parameter. libpq refuses it.
//   - A NUL byte is refused. For libpq the string ends there.
package dsn

//go:generate go run ./internal/keyworddoc -file ../docs/dsn.md
