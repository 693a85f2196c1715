package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// copyError says that a COPY has ended because of what the program reads from or writes to. It matches that error,
// and the server's own about the end of the COPY where there is one (SQLSTATE 57014).
type copyError struct {
	doing  string
	stream error
	server error
}

func (e *copyError) Error() string { return fmt.Sprintf("pgadapt: COPY: %s: %v", e.doing, e.stream) }

func (e *copyError) Unwrap() []error {
	if e.server == nil {
		return []error{e.stream}
	}
	return []error{e.stream, e.server}
}

// isCopy reports whether a text with arguments is a COPY, whose only argument is where its data come from or go to.
func (c *conn) isCopy(query string, args []driver.NamedValue) bool {
	return len(args) > 0 && sqllex.IsCopy(query, c.standardConformingStrings())
}

// execCopyAlone is execCopy where nobody wants to know how far it is.
func (c *conn) execCopyAlone(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	copied, err := c.execCopy(ctx, query, args, nil)
	if err != nil {
		return nil, err
	}
	return copied, nil
}

// execCopy runs a COPY between the server and its argument.
func (c *conn) execCopy(ctx context.Context, query string, args []driver.NamedValue, meter *copyMeter) (result, error) {
	if err := c.beginNow(ctx); err != nil {
		return 0, err
	}
	kind, err := c.copyKind(query)
	if err != nil {
		return 0, err
	}
	if len(args) != 1 || args[0].Name != "" {
		return 0, errors.New("pgadapt: COPY takes one argument without a name: " +
			"an io.Reader or CopyRows for FROM STDIN, an io.Writer for TO STDOUT")
	}
	var tag pgconn.CommandTag
	switch kind {
	case sqllex.CopyFrom:
		tag, err = c.copyFrom(ctx, query, args[0].Value, meter)
	case sqllex.CopyTo:
		tag, err = c.copyTo(ctx, query, args[0].Value, meter)
	default:
		return 0, errors.New("pgadapt: COPY takes an argument with FROM STDIN and TO STDOUT only")
	}
	if err != nil {
		return 0, err
	}
	c.tag = tag
	return result(tag.RowsAffected()), nil
}

// copyKind gives the kind of a text that starts with COPY. It must be a single statement.
func (c *conn) copyKind(query string) (kind sqllex.Kind, err error) {
	if err := sqllex.Check(query); err != nil {
		return 0, fmt.Errorf("pgadapt: %w", err)
	}
	if !sqllex.IsSingle(query, c.standardConformingStrings()) {
		return 0, errors.New("pgadapt: COPY with an argument must be the only statement of its text")
	}
	for statement := range sqllex.Statements(query, c.standardConformingStrings()) {
		kind = statement.Kind
	}
	return kind, nil
}

// copyFrom sends the server what argument gives.
func (c *conn) copyFrom(ctx context.Context, query string, argument any, meter *copyMeter) (pgconn.CommandTag, error) {
	if rows, ok := argument.(CopyRowSource); ok {
		return c.copyRows(ctx, query, rows, meter)
	}
	reader, ok := argument.(io.Reader)
	if !ok || isNilPointer(argument) {
		return pgconn.CommandTag{}, fmt.Errorf("pgadapt: COPY … FROM STDIN reads from an io.Reader or from CopyRows, "+
			"and %s is neither", describeStream(argument))
	}
	reading := &copyReading{reader: reader, meter: meter}
	reading.source.init(ctx, reading)
	return c.copyFromSource(ctx, query, &reading.source)
}

// copyFromSource runs a COPY … FROM STDIN.
func (c *conn) copyFromSource(ctx context.Context, query string, source *copySource) (pgconn.CommandTag, error) {
	defer source.interrupt()
	mark := c.transport.written()
	c.interrupter.source.Store(source)
	defer c.interrupter.source.Store(nil)
	return c.traceCopy(ctx, query, func(ctx context.Context) (pgconn.CommandTag, error) {
		tag, err := c.pg.CopyFrom(ctx, source, query)
		if err == nil {
			return tag, nil
		}
		return tag, copyFailure("reading the source has failed", source.failure(), c.failure(ctx, mark, err))
	})
}

// copyFailure gives the error of a COPY whose stream has failed or not, and of which the server has told.
func copyFailure(doing string, stream, server error) error {
	if stream == nil {
		return server
	}
	return &copyError{doing: doing, stream: stream, server: server}
}

func isNilPointer(argument any) bool {
	value := reflect.ValueOf(argument)
	return value.Kind() == reflect.Pointer && value.IsNil()
}

// describeStream says what was given as the other end of a COPY, for errors.
func describeStream(argument any) string {
	if argument == nil {
		return "nil"
	}
	if isNilPointer(argument) {
		return fmt.Sprintf("a nil %T", argument)
	}
	return fmt.Sprintf("a value of type %T", argument)
}
