package empty

import (
	"context"
	"database/sql/driver"
)

// conn answers at once. It has one rows, since database/sql has one result open on a connection that is not
// told otherwise.
type conn struct {
	recorder *recorder
	rows     rows
}

var (
	_ driver.ConnPrepareContext = (*conn)(nil)
	_ driver.ConnBeginTx        = (*conn)(nil)
	_ driver.ExecerContext      = (*conn)(nil)
	_ driver.QueryerContext     = (*conn)(nil)
	_ driver.Pinger             = (*conn)(nil)
	_ driver.SessionResetter    = (*conn)(nil)
	_ driver.Validator          = (*conn)(nil)
	_ driver.NamedValueChecker  = (*conn)(nil)
	_ driver.StmtExecContext    = (*stmt)(nil)
	_ driver.StmtQueryContext   = (*stmt)(nil)
)

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	answer, err := c.recorder.answer(ctx, query, args)
	if err != nil {
		return nil, err
	}
	return c.open(answer), nil
}

func (c *conn) open(answer *recording) *rows {
	c.rows = rows{answer: answer}
	return &c.rows
}

func (c *conn) ExecContext(context.Context, string, []driver.NamedValue) (driver.Result, error) {
	return driver.RowsAffected(1), nil
}

func (c *conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return &stmt{conn: c, query: query}, nil
}

func (c *conn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) { return tx{}, nil }

func (c *conn) CheckNamedValue(*driver.NamedValue) error  { return nil }
func (c *conn) Ping(context.Context) error                { return nil }
func (c *conn) ResetSession(context.Context) error        { return nil }
func (c *conn) IsValid() bool                             { return true }
func (c *conn) Close() error                              { return nil }
func (c *conn) Begin() (driver.Tx, error)                 { return tx{}, nil }
func (c *conn) Prepare(query string) (driver.Stmt, error) { return &stmt{conn: c, query: query}, nil }

// stmt keeps the answer of its first use, as a real one keeps what the server has prepared.
type stmt struct {
	conn   *conn
	query  string
	answer *recording
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if s.answer == nil {
		answer, err := s.conn.recorder.answer(ctx, s.query, args)
		if err != nil {
			return nil, err
		}
		s.answer = answer
	}
	return s.conn.open(s.answer), nil
}

func (s *stmt) ExecContext(context.Context, []driver.NamedValue) (driver.Result, error) {
	return driver.RowsAffected(1), nil
}

func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return driver.RowsAffected(1), nil }

func (s *stmt) Query([]driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), nil)
}

func (s *stmt) Close() error { return nil }

// NumInput says that the arguments are not counted.
func (s *stmt) NumInput() int { return -1 }

type tx struct{}

func (tx) Commit() error   { return nil }
func (tx) Rollback() error { return nil }
