package pgadapt

import (
	"context"
	"database/sql/driver"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// execSimple runs a text over the simple query protocol (PostgreSQL documentation, "Simple Query"): several
// statements, or one whose arguments have been written into it.
func (c *conn) execSimple(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	results, mark, err := c.sendSimple(ctx, query, args)
	if err != nil {
		return nil, err
	}
	var tag pgconn.CommandTag
	for results.NextResult() {
		tag, _ = results.ResultReader().Close() // its error is also that of results
	}
	if err := results.Close(); err != nil {
		return nil, c.pointBeforeLiterals(c.failure(ctx, mark, err), query, args)
	}
	c.tag = tag
	return result(tag.RowsAffected()), nil
}

// querySimple is execSimple for the rows. Statements that give none are passed over.
func (c *conn) querySimple(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	running, stop := ctx, context.CancelFunc(nil)
	if sqllex.IsSingle(query, c.standardConformingStrings()) {
		running, stop = c.stoppable(ctx)
	}
	results, mark, err := c.sendSimple(running, query, args)
	if err != nil {
		release(stop)
		return nil, err
	}
	rows, err := c.openResults(ctx, mark, query, results)
	if err != nil {
		release(stop)
		return nil, c.pointBeforeLiterals(err, query, args)
	}
	rows.mayStop(stop)
	return rows, nil
}

func (c *conn) sendSimple(ctx context.Context, query string, args []driver.NamedValue,
) (results *pgconn.MultiResultReader, mark uint64, err error) {
	if err := c.checkText(query); err != nil {
		return nil, 0, err
	}
	if len(args) > 0 {
		query, err = c.literals().render(query, args)
		if err != nil {
			return nil, 0, err
		}
	}
	if err := c.beginNow(ctx); err != nil {
		return nil, 0, err
	}
	mark = c.transport.written()
	return c.pg.Exec(ctx, query), mark, nil
}
