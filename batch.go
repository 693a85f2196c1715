package pgadapt

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// BatchRows is the argument that [Batch] gives.
type BatchRows struct{ rows iter.Seq2[[]any, error] }

// Batch gives the argument of a statement that is to run once for each row of arguments, as Python's executemany does:
//
//	db.ExecContext(ctx, "insert into users (id, name) values ($1, $2)", pgadapt.Batch(rows))
//
// The executions are sent without waiting for the answers, so that any number of them takes the time of one round trip,
// and a second one where the connection does not know the statement yet. Outside a transaction they are one: either all
// of them take effect or none does. Inside one, an error makes it fail, as the error of any statement does. Memory use
// does not depend on the number of rows.
//
// The result's RowsAffected is the sum. Rows that the statement returns are dropped; [Values] can give them. An error
// that is about one of the rows is a [*BatchError].
//
// A row may have [database/sql.Named] values, or a [NamedArgs] alone, each with the names of the first. The sequence may
// use the slice again. It runs in the goroutine of the call, and must not use the connection that the batch runs on; if
// it waits for something, it must itself end with the context. Its error ends the batch as the server's does.
func Batch(rows iter.Seq2[[]any, error]) BatchRows { return BatchRows{rows} }

// RowsOf gives a sequence of the rows for [Batch], [Values] and [CopyRows].
func RowsOf(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// BatchError says which row of a [Batch] has failed. Nothing of the batch was stored.
type BatchError struct {
	// Row is the number of the row, counted from 1.
	Row int
	// Err is the server's error, an [*Error]; or what is wrong with the row's values; or the error that the sequence
	// gave in the place of the row. It is never nil.
	Err error
	// server is how the server has answered to giving up; nil if it is Err, or was not asked.
	server error
}

// Error gives the number of the row and the text of Err.
func (e *BatchError) Error() string {
	return fmt.Sprintf("pgadapt: row %d of the batch: %s", e.Row, strings.TrimPrefix(e.Err.Error(), "pgadapt: "))
}

// Unwrap gives Err, and the server's answer to giving up the batch where there is one.
func (e *BatchError) Unwrap() []error {
	if e.server == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.server}
}

var _ instruction = BatchRows{}

func (b BatchRows) query(context.Context, *conn, string, []driver.NamedValue) (driver.Rows, error) {
	return nil, errors.New("pgadapt: a Batch gives no rows: use Exec, or Values for an INSERT with RETURNING")
}

func (b BatchRows) exec(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Result, error) {
	switch {
	case b.rows == nil:
		return nil, errors.New("pgadapt: Batch has no sequence: it is nil")
	case len(args) > 0:
		return nil, errors.New("pgadapt: Batch stands for all arguments of a statement: put the others into its rows")
	case sqllex.IsCopy(query, c.standardConformingStrings()):
		return nil, errors.New("pgadapt: COPY takes its rows from CopyRows, not from a Batch")
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("pgadapt: %w", err)
	}
	var affected int64
	err := c.traceBatch(ctx, query, func(ctx context.Context) (size int, _ int64, err error) {
		batch := &batch{conn: c, ctx: ctx, query: query}
		defer batch.leave()
		affected, err = batch.run(b.rows)
		return batch.row, affected, err
	})
	if err != nil {
		return nil, err
	}
	return result(affected), nil
}

// batch is a Batch that is running.
type batch struct {
	conn  *conn
	ctx   context.Context
	query string

	// text is query with the server's placeholders, found with the first row.
	text      sqllex.Rewritten
	statement *statement
	// executions is nil before the first row and after the end.
	executions executions
	args       []driver.NamedValue
	// parameters is the number of the statement's parameters.
	parameters int
	// row counts the rows that the sequence has given.
	row int
}

func (b *batch) run(rows iter.Seq2[[]any, error]) (affected int64, err error) {
	for row, err := range rows {
		b.row++
		if err == nil {
			err = b.add(row)
		}
		if err != nil {
			return 0, b.fail(err)
		}
	}
	if b.executions == nil {
		return 0, nil
	}
	executions := b.executions
	err = executions.end(nil)
	b.executions = nil
	completed, affected := executions.progress()
	if err != nil {
		return 0, b.failedIn(completed+1, err)
	}
	return affected, nil
}

// leave does nothing but where the sequence has ended in a panic.
func (b *batch) leave() {
	if b.executions != nil {
		b.executions.leave()
	}
}

func (b *batch) add(row []any) error {
	args, err := b.arguments(row)
	if err != nil {
		return err
	}
	if b.executions == nil {
		b.statement, err = b.conn.statementFor(b.ctx, b.text.Query, args)
		if err != nil {
			return err
		}
		b.parameters = b.conn.countPlaceholders(b.text.Query)
		b.executions = b.conn.startExecutions(b.ctx, false)
	}
	if len(args) != b.parameters {
		return fmt.Errorf("the statement has %d parameters, but %d arguments were given", b.parameters, len(args))
	}
	return b.executions.add(b.statement, args)
}

// arguments gives the arguments of an execution, in the order of the server's placeholders.
func (b *batch) arguments(row []any) ([]driver.NamedValue, error) {
	var err error
	if b.args, err = appendArguments(b.args[:0], row); err != nil {
		return nil, err
	}
	_, rewritten := b.conn.demands(b.args)
	text, args := sqllex.Rewritten{Query: b.query}, b.args
	if rewritten {
		if text, args, err = b.conn.rewrite(b.query, b.args); err != nil {
			return nil, err
		}
	}
	if b.row == 1 {
		b.text = text
	}
	if text.Query != b.text.Query {
		return nil, errors.New("pgadapt: the row's values have other names than those of the first row")
	}
	return args, nil
}

// appendArguments gives args as database/sql does, which does not see those in a row.
func appendArguments(dst []driver.NamedValue, args []any) ([]driver.NamedValue, error) {
	for i, value := range args {
		argument := driver.NamedValue{Ordinal: i + 1, Value: value}
		if named, ok := value.(sql.NamedArg); ok {
			argument.Name, argument.Value = named.Name, named.Value
		}
		if err := checkArgument(&argument); err != nil {
			return dst, err
		}
		dst = append(dst, argument)
	}
	return dst, nil
}

// fail gives up the batch, since the row or the sequence has an error, or since the server has.
func (b *batch) fail(reason error) error {
	if b.executions == nil {
		return b.failBeforeStart(notAgain(reason))
	}
	executions := b.executions
	server := executions.end(reason)
	b.executions = nil
	completed, _ := executions.progress()
	if reason == errPipelineFailed || server != nil && !isGivenUp(server) {
		return b.failedIn(completed+1, server)
	}
	if reason == b.ctx.Err() {
		return fmt.Errorf("pgadapt: row %d of the batch: %w", b.row, reason)
	}
	return &BatchError{Row: b.row, Err: reason, server: server}
}

// failBeforeStart tells an error of the text, which the server has refused, from one of the first row.
func (b *batch) failBeforeStart(err error) error {
	if _, refused := errors.AsType[*Error](err); refused {
		return movePosition(err, b.text.OriginalPosition)
	}
	return &BatchError{Row: b.row, Err: err}
}

// failedIn says that the server, or the network, has failed at a row. The server may also have an error at the end,
// such as that of a deferred constraint.
func (b *batch) failedIn(row int, err error) error {
	if mayComeFromStaleTypes(err) {
		b.conn.statements.discard(b.statement)
	}
	if b.conn.learns(b.statement, err) {
		err = fmt.Errorf("%w: a parameter needs a type, as in $1::text; "+
			"pgadapt can choose it when the text is used again", err)
	}
	err = movePosition(notAgain(err), b.text.OriginalPosition)
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || row > b.row || isFatal(pgErr) {
		return err
	}
	return &BatchError{Row: row, Err: err}
}

// isFatal reports whether an error has ended the session, whatever it was doing.
func isFatal(err *pgconn.PgError) bool {
	severity := err.SeverityUnlocalized
	return severity == "FATAL" || severity == "PANIC"
}

// isGivenUp reports whether an error of the server is its answer to giving up.
func isGivenUp(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == sqlStateInvalidCursorName && strings.Contains(pgErr.Message, abortPortal)
}

// notAgain makes an error that lets database/sql run the statement again one that does not: the rows of the sequence
// that were read would be missing.
func notAgain(err error) error {
	if !errors.Is(err, driver.ErrBadConn) {
		return err
	}
	return fmt.Errorf("pgadapt: the connection was lost before anything was sent, "+
		"but the sequence of rows cannot be read again: %v", err)
}
