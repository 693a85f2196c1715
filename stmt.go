package pgadapt

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// stmt is a prepared statement as database/sql holds it: a text whose statement the session keeps. When the
// server loses the statement or its plan becomes stale, the next use prepares it again.
type stmt struct {
	conn  *conn
	query string
	// held is the text whose statement the session keeps for this one: query with the server's placeholders.
	held string
	// deferred says that nothing is held, since held needs the names of the arguments.
	deferred bool
	// parameters is the number of parameters, -1 where nobody has asked the server.
	parameters int
	closed     bool
}

var (
	_ driver.Stmt             = (*stmt)(nil)
	_ driver.StmtExecContext  = (*stmt)(nil)
	_ driver.StmtQueryContext = (*stmt)(nil)
)

// newStmt prepares query. Where the arguments may be named, that has to wait for the first use.
func (c *conn) newStmt(ctx context.Context, query string) (*stmt, error) {
	text, known := c.textToPrepare(query)
	if !known {
		return &stmt{conn: c, query: query, deferred: true, parameters: -1}, nil
	}
	c.statements.hold(text.Query)
	statement, err := c.statement(ctx, text.Query)
	if c.mayDependOnArguments(text.Query, err) {
		return &stmt{conn: c, query: query, held: text.Query, parameters: c.countPlaceholders(text.Query)}, nil
	}
	if err != nil {
		c.statements.release(text.Query)
		return nil, movePosition(err, text.OriginalPosition)
	}
	parameters := -1
	if statement.description != nil {
		parameters = len(statement.description.ParamOIDs)
	}
	if statement.untyped {
		parameters = c.countPlaceholders(text.Query)
	}
	return &stmt{conn: c, query: query, held: text.Query, parameters: parameters}, nil
}

// mayDependOnArguments reports whether a text that the server has refused may do with the types of its arguments, as
// age(now() - $1) does with a duration: then the first use decides, as for a text that was not prepared. Inside a
// transaction, which the refusal has aborted, it is the error of PREPARE, and the text is remembered.
func (c *conn) mayDependOnArguments(query string, refusal error) bool {
	if !isUndefinedFunction(refusal) || c.countPlaceholders(query) == 0 {
		return false
	}
	if c.pg.TxStatus() != txIdle {
		c.database.untyped.remember(query)
		return false
	}
	return true
}

// Close lets the session forget the statement when no other driver.Stmt needs it.
func (s *stmt) Close() error {
	if !s.closed && !s.deferred {
		s.conn.statements.release(s.held)
	}
	s.closed = true
	return nil
}

// NumInput leaves counting the arguments to the driver: database/sql would count those that are no parameters, too.
func (s *stmt) NumInput() int { return -1 }

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.checkCount(args); err != nil {
		return nil, err
	}
	return s.conn.ExecContext(ctx, s.query, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.checkCount(args); err != nil {
		return nil, err
	}
	return s.conn.QueryContext(ctx, s.query, args)
}

// checkCount compares the number of arguments with that of the parameters, where all of them are parameters.
func (s *stmt) checkCount(args []driver.NamedValue) error {
	if s.parameters < 0 || len(args) == s.parameters {
		return nil
	}
	if instructed, _ := s.conn.demands(args); instructed {
		return nil
	}
	// The words are database/sql's own: programs look for them.
	return fmt.Errorf("sql: expected %d arguments, got %d", s.parameters, len(args))
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
