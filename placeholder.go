package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// execRewritten is exec for a text with placeholders of another form.
func (c *conn) execRewritten(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	text, args, err := c.rewrite(query, args)
	if err != nil {
		return nil, err
	}
	result, err := c.execExpanded(ctx, text.Query, args)
	return result, movePosition(err, text.OriginalPosition)
}

// queryRewritten is query for a text with placeholders of another form.
func (c *conn) queryRewritten(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	text, args, err := c.rewrite(query, args)
	if err != nil {
		return nil, err
	}
	rows, err := c.queryExpanded(ctx, text.Query, args)
	return rows, movePosition(err, text.OriginalPosition)
}

// rewrite gives the text for the server, and the arguments in the order of its $1, $2, ….
func (c *conn) rewrite(query string, args []driver.NamedValue) (sqllex.Rewritten, []driver.NamedValue, error) {
	args, err := spreadNamedArgs(args)
	if err != nil {
		return sqllex.Rewritten{}, nil, err
	}
	text, err := c.rewritten.get(query, sqllex.Style(c.config.ParamStyle), describeArguments(args),
		c.standardConformingStrings())
	if err != nil {
		return sqllex.Rewritten{}, nil, fmt.Errorf("pgadapt: %w", err)
	}
	return text, inOrder(text, args), nil
}

// describeArguments says what is given with a query.
func describeArguments(args []driver.NamedValue) (described sqllex.Arguments) {
	for i := range args {
		if args[i].Name == "" {
			described.Positional++
			continue
		}
		described.Names = append(described.Names, args[i].Name)
	}
	return described
}

// inOrder gives for each parameter of the text its argument. Those without a name are in their order already.
func inOrder(text sqllex.Rewritten, args []driver.NamedValue) []driver.NamedValue {
	if len(args) == 0 || args[0].Name == "" {
		return args
	}
	ordered := make([]driver.NamedValue, len(text.Parameters))
	for i, parameter := range text.Parameters {
		ordered[i] = args[parameter.Argument]
		ordered[i].Ordinal = i + 1
	}
	return ordered
}

// valueError says which argument of the user an error is about.
type valueError struct {
	argument driver.NamedValue
	err      error
}

func (e *valueError) Error() string {
	if e.argument.Name != "" {
		return fmt.Sprintf("pgadapt: argument %q: %v", e.argument.Name, e.err)
	}
	return fmt.Sprintf("pgadapt: argument $%d: %v", e.argument.Ordinal, e.err)
}

func (e *valueError) Unwrap() error { return e.err }

func inArgument(argument driver.NamedValue, err error) error { return &valueError{argument, err} }

// textToPrepare gives the text that the server can prepare before there are any arguments. It is not known where the
// arguments may be named: what @name means depends on the names.
func (c *conn) textToPrepare(query string) (text sqllex.Rewritten, known bool) {
	style, standardConforming := sqllex.Style(c.config.ParamStyle), c.standardConformingStrings()
	positional, named, err := sqllex.Placeholders(query, style, standardConforming)
	if err != nil || named {
		return sqllex.Rewritten{}, false
	}
	text, err = sqllex.Rewrite(query, style, sqllex.Arguments{Positional: positional}, standardConforming)
	return text, err == nil
}

// movePosition makes an error of the server point into the user's text. original gives the place there of a place in
// the text that the server got, both counted in characters from 1.
func movePosition(err error, original func(position int) int) error {
	if err == nil {
		return nil
	}
	told, ok := errors.AsType[*Error](err)
	if !ok || told.Position < 1 {
		return err
	}
	moved := *told.PgError
	moved.Position = int32(original(int(moved.Position)))
	told.PgError = &moved
	return err
}
