package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/pgerr"
)

// SQLSTATE codes that change what the driver does; see the chapter "PostgreSQL Error Codes".
const (
	sqlStateProtocolViolation          = "08P01"
	sqlStateFeatureNotSupported        = "0A000"
	sqlStateReadOnlyTransaction        = "25006"
	sqlStateInFailedTransaction        = "25P02"
	sqlStateInvalidTextRepresentation  = "22P02"
	sqlStateInvalidSQLStatementName    = "26000"
	sqlStateInvalidCursorName          = "34000"
	sqlStateQueryCanceled              = "57014"
	sqlStateSyntaxError                = "42601"
	sqlStateGroupingError              = "42803"
	sqlStateDatatypeMismatch           = "42804"
	sqlStateAmbiguousFunction          = "42725"
	sqlStateUndefinedFunction          = "42883"
	sqlStateDuplicatePreparedStatement = "42P05"
	sqlStateAmbiguousParameter         = "42P08"
	sqlStateIndeterminateDatatype      = "42P18"
	sqlStateInternalError              = "XX000"
)

// ErrCommitRolledBack is returned by [database/sql.Tx.Commit] when the transaction had failed before:
// PostgreSQL answers COMMIT of a failed transaction with a rollback and no error. Nothing of the
// transaction was stored; the connection is idle again and usable. Its SQLState is 25P02.
var ErrCommitRolledBack = error(commitRolledBackError{})

type commitRolledBackError struct{}

func (commitRolledBackError) Error() string {
	return "pgadapt: the transaction had failed, so COMMIT rolled it back (SQLSTATE " + sqlStateInFailedTransaction + ")"
}

// SQLState makes the error answer as the server's own error for a statement in a failed transaction does.
func (commitRolledBackError) SQLState() string { return sqlStateInFailedTransaction }

// Is makes the error match pgerr.InFailedSQLTransaction.
func (commitRolledBackError) Is(target error) bool {
	return matchesSQLState(sqlStateInFailedTransaction, target)
}

// errLastInsertID answers every call of LastInsertId: a PostgreSQL command does not report the keys it made.
var errLastInsertID = errors.New("pgadapt: LastInsertId is not available in PostgreSQL: " +
	"add RETURNING id to the INSERT and read it with QueryRow")

// canceledError says that a statement was stopped because its context ended. It matches the context's
// error and the server's own (SQLSTATE 57014) alike.
type canceledError struct {
	cause  error
	server *Error
}

func (e *canceledError) Error() string {
	return fmt.Sprintf("pgadapt: %v: %v", e.cause, e.server)
}

func (e *canceledError) Unwrap() []error { return []error{e.cause, e.server} }

// SQLState gives the server's code, 57014.
func (e *canceledError) SQLState() string { return e.server.Code }

// lostConnectionError says that the connection ended between a statement and its answer.
type lostConnectionError struct{ cause error }

func (e *lostConnectionError) Error() string {
	return fmt.Sprintf("pgadapt: the connection was lost before the answer had arrived, "+
		"and whether the statement took effect is not known: %v", e.cause)
}

func (e *lostConnectionError) Unwrap() error { return e.cause }

// Is puts the error, which has no SQLSTATE, into the group of those that the program is not to blame for.
func (e *lostConnectionError) Is(target error) bool { return target == pgerr.Operational }

// argumentError marks an error of the arguments: nothing was sent.
type argumentError struct{ cause error }

func (e *argumentError) Error() string { return e.cause.Error() }

// failure turns what pgconn reports of a command into what database/sql and the user should see. It is the
// one place that decides on driver.ErrBadConn, which makes database/sql run the statement again: that is
// right only when not one byte of the command has reached the network. mark is what transport.written gave
// before the command.
func (c *conn) failure(ctx context.Context, mark uint64, err error) error {
	if argument, ok := err.(*argumentError); ok {
		return argument.cause
	}
	if _, told := errors.AsType[*Error](err); told {
		return err
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		if c.pg.IsClosed() {
			c.lost = pgErr // the server's farewell
		}
		if pgErr.Code == sqlStateQueryCanceled && ctx.Err() != nil {
			return &canceledError{cause: ctx.Err(), server: &Error{pgErr}}
		}
		if pgErr.Code == sqlStateReadOnlyTransaction {
			c.role.refusedToWrite()
		}
		return &Error{pgErr}
	}
	if !c.pg.IsClosed() {
		return fmt.Errorf("pgadapt: %w", err)
	}
	c.lost = err
	if cause := ctx.Err(); cause != nil {
		if errors.Is(err, cause) {
			return fmt.Errorf("pgadapt: %w", err)
		}
		return fmt.Errorf("pgadapt: %w: %w", cause, err)
	}
	if c.transport.untouchedSince(mark) {
		return fmt.Errorf("%w: %w", driver.ErrBadConn, err)
	}
	return &lostConnectionError{err}
}

// checkRow compares a row with its description. A server whose rows do not fit is out of step, so that nothing that
// follows can be believed either: its connection is closed.
func (c *conn) checkRow(described *shape, reader resultReader) error {
	got := len(reader.Values())
	if got == len(described.columns) {
		return nil
	}
	c.lost = fmt.Errorf("protocol violation: the server has sent a row of %d values, and described %d columns",
		got, len(described.columns))
	_ = c.pg.Conn().Close()
	return c.lost
}

// badConn says that the session had ended before the present call, and why as far as that is known. Its cause is
// not wrapped: it belongs to another statement.
func (c *conn) badConn() error {
	if c.lost == nil {
		return driver.ErrBadConn
	}
	return fmt.Errorf("%w: the session was lost: %v", driver.ErrBadConn, c.lost)
}
