package twophase

import (
	"context"
	"database/sql"
	"time"

	"github.com/pgadapt/pgadapt/compose"
)

// Execer runs a statement: a *sql.DB or a *sql.Conn.
type Execer interface {
	// ExecContext runs a statement that gives no rows.
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Queryer runs a query: a *sql.DB, a *sql.Conn or a *sql.Tx.
type Queryer interface {
	// QueryContext runs a query.
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Prepare ends tx with its first phase: from now on the server keeps the transaction under the name of xid, and any
// session of the same database may commit it or roll it back. Like tx.Commit it ends tx whether or not it succeeds,
// and when it fails, the transaction is rolled back; only after a lost connection that is not known, and [Recover]
// tells.
//
// The transaction must not have used temporary tables, LISTEN, UNLISTEN, NOTIFY or a cursor WITH HOLD: the error is
// then pgerr.FeatureNotSupported. It is pgerr.ObjectNotInPrerequisiteState where max_prepared_transactions is zero,
// pgerr.DuplicateObject for a name in use, and pgerr.InFailedSQLTransaction for a transaction that has failed before.
func Prepare(ctx context.Context, tx *sql.Tx, xid Xid) error {
	// It sends nothing after PREPARE TRANSACTION has left the transaction.
	defer func() { _ = tx.Rollback() }()
	// In a transaction that has failed PREPARE TRANSACTION rolls back without an error. SELECT does not.
	return execute(ctx, tx, xid, compose.Format("select; prepare transaction {}", xid.literal()))
}

// Commit commits what was prepared under the name of xid in the same database. It cannot run in a transaction. The
// error is pgerr.UndefinedObject where nothing of that name is prepared: it may have been ended already.
func Commit(ctx context.Context, db Execer, xid Xid) error {
	return execute(ctx, db, xid, compose.Format("commit prepared {}", xid.literal()))
}

// Rollback undoes what was prepared under the name of xid in the same database. It cannot run in a transaction. The
// error is pgerr.UndefinedObject where nothing of that name is prepared.
func Rollback(ctx context.Context, db Execer, xid Xid) error {
	return execute(ctx, db, xid, compose.Format("rollback prepared {}", xid.literal()))
}

// execute runs a command on xid. The name is a literal in it: such commands take no parameters.
func execute(ctx context.Context, db Execer, xid Xid, command compose.Composed) error {
	if err := xid.check(); err != nil {
		return err
	}
	text, _, err := command.Render(compose.Numeric)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, text)
	return err
}

// Prepared is a transaction that waits for its second phase.
type Prepared struct {
	// Xid names it.
	Xid Xid
	// At is when it was prepared.
	At time.Time
	// Owner is the role that has prepared it. Only it and superusers may end it.
	Owner string
	// Database is where it was prepared, and where alone it can be ended.
	Database string
}

// Recover gives what is prepared on the server, in all its databases, oldest first.
func Recover(ctx context.Context, db Queryer) ([]Prepared, error) {
	rows, err := db.QueryContext(ctx, "select gid, prepared, owner, database from pg_catalog.pg_prepared_xacts order by prepared, gid")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Prepared
	for rows.Next() {
		var one Prepared
		if err := rows.Scan(&one.Xid.text, &one.At, &one.Owner, &one.Database); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
