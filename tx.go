package pgadapt

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// The transaction states that the server reports in ReadyForQuery.
const (
	txIdle   = 'I'
	txActive = 'T'
	txFailed = 'E'
)

// tx is a transaction of database/sql on its connection.
type tx struct {
	conn *conn
	// ctx is that of BeginTx. It governs COMMIT, but not ROLLBACK, which database/sql calls when it ends.
	ctx context.Context
}

var _ driver.Tx = (*tx)(nil)

// isolationClauses has PostgreSQL's four levels; database/sql knows of others.
var isolationClauses = map[sql.IsolationLevel]string{
	sql.LevelDefault:         "",
	sql.LevelReadUncommitted: " ISOLATION LEVEL READ UNCOMMITTED",
	sql.LevelReadCommitted:   " ISOLATION LEVEL READ COMMITTED",
	sql.LevelRepeatableRead:  " ISOLATION LEVEL REPEATABLE READ",
	sql.LevelSerializable:    " ISOLATION LEVEL SERIALIZABLE",
}

// BeginTx begins a transaction. What opts leaves at its zero value is left to the session's defaults.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	begin, err := beginCommand(opts)
	if err != nil {
		return nil, err
	}
	if err := c.settle(ctx); err != nil {
		return nil, err
	}
	if c.pg.TxStatus() != txIdle {
		return nil, errors.New("pgadapt: a transaction is already open on this connection, begun by a statement")
	}
	if c.config.LazyBegin {
		c.waitingBegin = begin
		return &tx{conn: c, ctx: ctx}, nil
	}
	if _, err := c.command(ctx, begin); err != nil {
		return nil, err
	}
	return &tx{conn: c, ctx: ctx}, nil
}

// beginCommand gives the BEGIN of a transaction with opts.
func beginCommand(opts driver.TxOptions) (string, error) {
	level := sql.IsolationLevel(opts.Isolation)
	clause, ok := isolationClauses[level]
	if !ok {
		return "", fmt.Errorf("pgadapt: PostgreSQL has no isolation level %s: "+
			"use Read Uncommitted, Read Committed, Repeatable Read or Serializable", level)
	}
	if opts.ReadOnly {
		clause += " READ ONLY"
	}
	return "BEGIN" + clause, nil
}

// Commit ends the transaction. When it had failed, the server rolls it back and the error is
// ErrCommitRolledBack. When COMMIT could not be sent, the transaction is rolled back: database/sql does not call
// Rollback after Commit.
func (t *tx) Commit() error {
	err := t.commit()
	if err != nil && t.conn.pg.TxStatus() != txIdle && !t.conn.pg.IsClosed() {
		_ = t.Rollback() // if that fails as well, the pool drops the connection
	}
	return err
}

func (t *tx) commit() error {
	if unbegun, refused := t.conn.endUnbegun(); refused {
		return ErrCommitRolledBack
	} else if unbegun {
		return nil
	}
	if err := t.conn.settle(t.ctx); err != nil {
		return err
	}
	tag, err := t.conn.command(t.ctx, "COMMIT")
	if err != nil {
		return err
	}
	if tag == "ROLLBACK" {
		return ErrCommitRolledBack
	}
	return nil
}

// Rollback ends the transaction, under a time limit of its own: its context may have ended, and the
// connection is worth keeping.
func (t *tx) Rollback() error {
	if unbegun, _ := t.conn.endUnbegun(); unbegun {
		return nil
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(t.ctx), t.conn.config.cancelTimeout())
	defer stop()
	t.conn.abandonCopy()
	if err := t.conn.settle(ctx); err != nil {
		return err
	}
	if t.conn.pg.TxStatus() == txIdle {
		return nil // a statement of the user has ended it already
	}
	_, err := t.conn.command(ctx, "ROLLBACK")
	return err
}
