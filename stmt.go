package pgadapt

import (
	"context"
	"database/sql/driver"
)

// stmt is a prepared statement as database/sql holds it: a text whose statement the session keeps. When the
// server loses the statement or its plan becomes stale, the next use prepares it again.
type stmt struct {
	conn  *conn
	query string
	// parameters is the number of parameters, -1 where nobody has asked the server.
	parameters int
	closed     bool
}

var (
	_ driver.Stmt             = (*stmt)(nil)
	_ driver.StmtExecContext  = (*stmt)(nil)
	_ driver.StmtQueryContext = (*stmt)(nil)
)

func (c *conn) newStmt(ctx context.Context, query string) (*stmt, error) {
	c.statements.hold(query)
	statement, err := c.statement(ctx, query)
	if err != nil {
		c.statements.release(query)
		return nil, err
	}
	parameters := -1
	if statement.description != nil {
		parameters = len(statement.description.ParamOIDs)
	}
	if statement.untyped {
		parameters = c.countPlaceholders(query)
	}
	return &stmt{conn: c, query: query, parameters: parameters}, nil
}

// Close lets the session forget the statement when no other driver.Stmt needs it.
func (s *stmt) Close() error {
	if !s.closed {
		s.closed = true
		s.conn.statements.release(s.query)
	}
	return nil
}

// NumInput gives the number of arguments that database/sql checks for.
func (s *stmt) NumInput() int { return s.parameters }

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.conn.ExecContext(ctx, s.query, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.QueryContext(ctx, s.query, args)
}

// Exec is ExecContext without a context; database/sql does not call it.
func (s *stmt) Exec(args []driver.Value) (driver.Result, error) {
	return s.ExecContext(context.Background(), namedValues(args))
}

// Query is QueryContext without a context; database/sql does not call it.
func (s *stmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), namedValues(args))
}

func namedValues(args []driver.Value) []driver.NamedValue {
	named := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: arg}
	}
	return named
}
