package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// FetchSize is an argument of Query that lets the server keep the result and give it in pages of that many rows, as the
// program reads on: memory is needed for one page at most, whatever statements run in between.
//
//	rows, err := tx.QueryContext(ctx, "select * from events where day = $1", pgadapt.FetchSize(2000), day)
//
// It stands anywhere among the arguments, and must be at least 1. The query is a SELECT, VALUES or TABLE, or one of
// these after WITH, which changes no data: anything else is refused.
//
// The server keeps the result as a cursor (PostgreSQL documentation, DECLARE), which lives inside a transaction. On a
// [database/sql.Tx] it is that one: other statements run between two pages, and only the page that they meet is read
// into memory. Elsewhere the driver begins a transaction and ends it with the rows, at the latest when they are closed;
// another statement on the same [database/sql.Conn] would become a part of that transaction, and therefore the rest of the
// result is read ahead first, as far as max_buffered_bytes allows.
//
// Closing the rows early costs no more than the rest of a page.
type FetchSize int

var _ instruction = FetchSize(0)

func (FetchSize) exec(context.Context, *conn, string, []driver.NamedValue) (driver.Result, error) {
	return nil, errors.New("pgadapt: FetchSize is for Query: Exec gives no rows")
}

func (f FetchSize) query(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Rows, error) {
	if f < 1 {
		return nil, fmt.Errorf("pgadapt: FetchSize(%d): it must be at least 1", int(f))
	}
	if err := c.checkDeclarable(query); err != nil {
		return nil, err
	}
	name := c.cursorNames.take()
	rows, err := c.openCursor(ctx, &pagedCursor{
		fetch: "fetch forward " + countOf(int(f)) + " from " + name, size: fetchable(int(f)),
		name: name, declared: true, owner: c.pg.TxStatus() == txIdle,
	}, query, args)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// checkDeclarable refuses what no cursor can be declared for, while a transaction is not yet aborted by it.
func (c *conn) checkDeclarable(query string) error {
	if err := sqllex.Check(query); err != nil {
		return fmt.Errorf("pgadapt: %w", err)
	}
	count, kind := 0, sqllex.Other
	for statement := range sqllex.Statements(query, c.standardConformingStrings()) {
		count++
		kind = statement.Kind
	}
	if count != 1 {
		return fmt.Errorf("pgadapt: a cursor is for one statement, and the text has %d", count)
	}
	switch kind {
	case sqllex.Select, sqllex.Values, sqllex.With:
		return nil
	}
	return errors.New("pgadapt: PostgreSQL has cursors for SELECT, VALUES and TABLE only, not for commands or for " +
		"INSERT, UPDATE, DELETE or MERGE with RETURNING: run the statement without a cursor, that is without FetchSize")
}

// openCursor declares a cursor for query and gives its rows.
func (c *conn) openCursor(ctx context.Context, cursor *pagedCursor, query string, args []driver.NamedValue) (*rows, error) {
	err := c.declare(ctx, cursor, query, args)
	if err != nil && cursor.owner && isWorthAnotherTry(err) {
		err = c.declare(ctx, cursor, query, args)
	}
	if err != nil {
		c.cursorNames.giveBack(cursor.name)
		return nil, err
	}
	return c.openPages(ctx, cursor)
}

// declare declares the cursor, in a transaction of its own if it is to be the owner of one. Nothing is left after an
// error.
func (c *conn) declare(ctx context.Context, cursor *pagedCursor, query string, args []driver.NamedValue) error {
	if cursor.owner {
		if _, err := c.command(ctx, "BEGIN"); err != nil {
			return err
		}
	}
	_, err := c.declareFor(ctx, "declare "+cursor.name+" no scroll cursor for ", query, args)
	if err != nil && cursor.owner {
		c.rollBack(ctx)
	}
	return err
}

// declareFor runs the command that begins with declaration. The position of an error is one in query.
func (c *conn) declareFor(ctx context.Context, declaration, query string, args []driver.NamedValue) (driver.Result, error) {
	declared, err := c.ExecContext(ctx, declaration+query, args)
	before := utf8.RuneCountInString(declaration)
	return declared, movePosition(err, func(position int) int { return position - before })
}

// isWorthAnotherTry reports whether a DECLARE has failed in a way in which it does not fail again: a statement was
// stale, or its parameters turned out to have no types. Nothing of the query has run then.
func isWorthAnotherTry(err error) bool {
	told, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (isStalePlan(err) || isUntyped(err) || told.Code == sqlStateUndefinedFunction)
}

// rollBack ends a transaction of the driver's own, under a time limit of its own.
func (c *conn) rollBack(ctx context.Context) {
	if c.pg.IsClosed() || c.pg.TxStatus() == txIdle {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), c.config.cancelTimeout())
	defer stop()
	_, _ = c.command(ctx, "ROLLBACK") // a connection that stays inside a transaction is not used again
}

// cursorNames has the names of the cursors that are declared on a connection for FetchSize. Few different ones are
// used, so that the texts that declare them are found again.
type cursorNames struct{ taken []bool }

const cursorNamePrefix = "pgadapt_cursor_"

func (n *cursorNames) take() string {
	for i, taken := range n.taken {
		if !taken {
			n.taken[i] = true
			return fmt.Sprint(cursorNamePrefix, i)
		}
	}
	n.taken = append(n.taken, true)
	return fmt.Sprint(cursorNamePrefix, len(n.taken)-1)
}

func (n *cursorNames) giveBack(name string) {
	for i := range n.taken {
		if fmt.Sprint(cursorNamePrefix, i) == name {
			n.taken[i] = false
		}
	}
}
