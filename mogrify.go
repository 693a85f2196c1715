package pgadapt

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// Mogrify gives query with args written into it as SQL literals, as psycopg2's cursor.mogrify does. It is for commands
// that take no parameters, such as SET, NOTIFY, CREATE ROLE … PASSWORD and CREATE VIEW, for texts of several statements
// with arguments, and for logs:
//
//	query, err := pgadapt.Mogrify("alter role app valid until $1", deadline)
//
// Placeholders are $1, $2, … and @name; the arguments may be all that Exec and Query take but for instructions such as
// [Batch]. Without arguments query stays as it is. Each literal keeps to itself and means the value under any setting of
// standard_conforming_strings and backslash_quote; a value that cannot be written, such as a string with a NUL byte or
// with invalid UTF-8, is an error. The text around the placeholders is read as under standard_conforming_strings on,
// PostgreSQL's default. Where a connection is set up otherwise, use its own [Conn.Mogrify].
//
// Literals have the types that PostgreSQL gives them: whole numbers integer, others numeric, durations interval, byte
// slices bytea, uuids uuid. Strings, times, slices and documents are quoted without a type, so that the server reads
// them as the type that is wanted where they stand; add a cast, as in $1::timestamptz, where none is.
//
// Rather use parameters where they are possible: they are faster, and there is nothing to get wrong.
func Mogrify(query string, args ...any) (string, error) {
	types := sync.OnceValue(pgtype.NewMap)
	return literals{
		encoder: &encoder{config: &Config{}, types: types}, standardConforming: true, portable: true,
	}.mogrify(query, args)
}

// Mogrify is that of Conn.
func (c *conn) Mogrify(query string, args ...any) (string, error) {
	return c.literals().mogrify(query, args)
}

func (l literals) mogrify(query string, args []any) (string, error) {
	if err := sqllex.Check(query); err != nil {
		return "", fmt.Errorf("pgadapt: %w", err)
	}
	if len(args) == 0 {
		return query, nil
	}
	given, err := appendArguments(nil, args)
	if err == nil {
		given, err = spreadNamedArgs(given)
	}
	if err != nil {
		return "", err
	}
	text, err := sqllex.Rewrite(query, sqllex.Style(l.encoder.config.ParamStyle), describeArguments(given), l.standardConforming)
	if err != nil {
		return "", fmt.Errorf("pgadapt: %w", err)
	}
	return l.renderExpanded(text.Query, inOrder(text, given))
}

// renderExpanded is render for arguments that may be lists, or the rows of Values.
func (l literals) renderExpanded(query string, args []driver.NamedValue) (string, error) {
	args = slices.Clone(args)
	for i := range args {
		rows, ok := args[i].Value.(ValuesRows)
		if !ok {
			continue
		}
		page, err := rows.page(l.standardConforming)
		if err != nil {
			return "", err
		}
		args[i].Value = page
	}
	if !slices.ContainsFunc(args, isListArgument) {
		return l.render(query, args)
	}
	text, args, err := expand(query, args, l.standardConforming)
	if err != nil {
		return "", err
	}
	return l.render(text.Query, args)
}

// page gives all rows as one page.
func (v ValuesRows) page(standardConforming bool) (valuesPage, error) {
	template, err := newRowTemplate(v.template, standardConforming)
	if err != nil {
		return valuesPage{}, err
	}
	collected := &valuesRun{template: template}
	if v.rows == nil {
		return valuesPage{}, errNoValues
	}
	for row, err := range v.rows {
		collected.row++
		if err == nil {
			err = collected.collect(row)
		}
		if err != nil {
			return valuesPage{}, fmt.Errorf("pgadapt: row %d of Values: %w", collected.row, err)
		}
	}
	if collected.row == 0 {
		return valuesPage{}, errNoRows
	}
	return valuesPage{values: collected.page, width: collected.width, template: template}, nil
}
