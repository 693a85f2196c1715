package twophase_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
	"github.com/pgadapt/pgadapt/pgerr"
	"github.com/pgadapt/pgadapt/twophase"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestCommit(t *testing.T) {
	db := openLedger(t, pgtest.DSN(t))
	xid := named(t, "commit")
	tx := insert(t, db, "kept")

	require.NoError(t, twophase.Prepare(t.Context(), tx, xid))

	require.ErrorIs(t, tx.Commit(), sql.ErrTxDone)
	require.Empty(t, entries(t, db), "nothing is visible before the second phase")
	require.NoError(t, twophase.Commit(t.Context(), db, xid))
	require.Equal(t, []string{"kept"}, entries(t, db))
}

func TestRollback(t *testing.T) {
	db := openLedger(t, pgtest.DSN(t))
	xid := named(t, "rollback")
	require.NoError(t, twophase.Prepare(t.Context(), insert(t, db, "undone"), xid))

	require.NoError(t, twophase.Rollback(t.Context(), db, xid))

	require.Empty(t, entries(t, db))
}

func TestSessionIsCleanAfterPrepare(t *testing.T) {
	db := openLedger(t, pgtest.DSN(t))
	db.SetMaxOpenConns(2)
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	for i := range 3 {
		xid := named(t, fmt.Sprint("clean", i))
		tx, err := conn.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.Exec("insert into ledger values ($1)", fmt.Sprint(i))
		require.NoError(t, err)

		require.NoError(t, twophase.Prepare(t.Context(), tx, xid))

		require.NoError(t, twophase.Commit(t.Context(), conn, xid), "the session is in no transaction")
	}
	require.Len(t, entries(t, db), 3)
}

// The server answers PREPARE TRANSACTION of a failed transaction with a rollback and no error.
func TestPrepareOfAFailedTransactionIsAnError(t *testing.T) {
	db := openLedger(t, pgtest.DSN(t))
	xid := named(t, "failed")
	tx := insert(t, db, "lost")
	_, err := tx.Exec("select 1/0")
	require.Error(t, err)

	err = twophase.Prepare(t.Context(), tx, xid)

	require.ErrorIs(t, err, pgerr.InFailedSQLTransaction)
	require.ErrorIs(t, twophase.Commit(t.Context(), db, xid), pgerr.UndefinedObject)
	require.NoError(t, db.Ping(), "and the only connection is in the pool again")
}

func TestPrepareFails(t *testing.T) {
	db := openLedger(t, pgtest.DSN(t))
	inUse := named(t, "in use")
	require.NoError(t, twophase.Prepare(t.Context(), insert(t, db, "first"), inUse))
	for name, test := range map[string]struct {
		xid  twophase.Xid
		work string
		want error
	}{
		"name in use":         {inUse, "select 1", pgerr.DuplicateObject},
		"temporary table":     {named(t, "temporary"), "create temp table t (i int)", pgerr.FeatureNotSupported},
		"LISTEN":              {named(t, "listen"), "listen channel", pgerr.FeatureNotSupported},
		"deferred constraint": {named(t, "deferred"), "insert into owed values (1), (1)", pgerr.UniqueViolation},
	} {
		t.Run(name, func(t *testing.T) {
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = tx.Exec(test.work)
			require.NoError(t, err)

			err = twophase.Prepare(t.Context(), tx, test.xid)

			require.ErrorIs(t, err, test.want)
			require.ErrorIs(t, tx.Rollback(), sql.ErrTxDone)
			require.NoError(t, db.Ping())
		})
	}
	require.NoError(t, twophase.Rollback(t.Context(), db, inUse))
}

func TestNamesThatCannotBe(t *testing.T) {
	db := openLedger(t, pgtest.DSN(t))
	require.ErrorContains(t, twophase.Commit(t.Context(), db, twophase.Xid{}), "New or Parse")
	require.ErrorContains(t, twophase.Commit(t.Context(), db, twophase.Parse(strings.Repeat("x", 200))), "199")
	require.ErrorContains(t, twophase.Commit(t.Context(), db, twophase.Parse("a\x00")), "NUL")
	tx := insert(t, db, "lost")
	require.Error(t, twophase.Prepare(t.Context(), tx, twophase.Xid{}))
	require.ErrorIs(t, tx.Rollback(), sql.ErrTxDone, "Prepare ends the transaction")
}

func TestAnyTextIsAName(t *testing.T) {
	db := openLedger(t, pgtest.DSN(t))
	for _, text := range []string{`it's a "name"`, `back\slash`, "%s $1 ? :a", "é世界", strings.Repeat("x", 199)} {
		t.Run(text[:5], func(t *testing.T) {
			xid := twophase.Parse(text)
			require.NoError(t, twophase.Prepare(t.Context(), insert(t, db, text), xid))
			require.Contains(t, recovered(t, db), xid)
			require.NoError(t, twophase.Commit(t.Context(), db, xid))
		})
	}
}

func TestRecover(t *testing.T) {
	db := openLedger(t, pgtest.DSN(t))
	xid := named(t, "recover")
	require.NoError(t, twophase.Prepare(t.Context(), insert(t, db, "found"), xid))
	var user, database string
	require.NoError(t, db.QueryRow("select current_user, current_database()").Scan(&user, &database))

	all, err := twophase.Recover(t.Context(), db)

	require.NoError(t, err)
	for _, found := range all {
		if found.Xid == xid {
			require.Equal(t, user, found.Owner)
			require.Equal(t, database, found.Database)
			require.False(t, found.At.IsZero())
			require.NoError(t, twophase.Rollback(t.Context(), db, found.Xid))
			return
		}
	}
	require.Fail(t, "not among what is prepared")
}

// The client that has prepared is gone, then the server crashes; afterwards another client ends the transaction.
func TestPreparedTransactionSurvivesCrashes(t *testing.T) {
	// A server of pgtest keeps nothing through a crash, unless told to.
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}})
	xid := named(t, "crash")
	client := openLedger(t, server.DSN())
	require.NoError(t, twophase.Prepare(t.Context(), insert(t, client, "survived"), xid))
	_, _ = client.Exec("select pg_terminate_backend(pg_backend_pid())")
	require.NoError(t, client.Close())

	require.NoError(t, server.RestartAfterCrash(t.Context()))

	manager, err := sql.Open("pgadapt", server.DSN())
	require.NoError(t, err)
	defer manager.Close()
	require.Equal(t, []twophase.Xid{xid}, recovered(t, manager))
	require.NoError(t, twophase.Commit(t.Context(), manager, xid))
	require.Equal(t, []string{"survived"}, entries(t, manager))
}

// openLedger gives a pool of one connection, with empty tables.
func openLedger(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgadapt", dsn)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	_, err = db.Exec("drop table if exists ledger, owed; create table ledger (entry text); " +
		"create table owed (id int unique deferrable initially deferred)")
	require.NoError(t, err)
	return db
}

// named gives a name that no other test uses, nor another run on the same server.
func named(t *testing.T, branch string) twophase.Xid {
	t.Helper()
	xid, err := twophase.New(os.Getpid(), "test", branch)
	require.NoError(t, err)
	return xid
}

// insert begins a transaction that has something to keep.
func insert(t *testing.T, db *sql.DB, entry string) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.Exec("insert into ledger values ($1)", entry)
	require.NoError(t, err)
	return tx
}

func entries(t *testing.T, db *sql.DB) (all []string) {
	t.Helper()
	rows, err := db.Query("select entry from ledger order by entry")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var entry string
		require.NoError(t, rows.Scan(&entry))
		all = append(all, entry)
	}
	require.NoError(t, rows.Err())
	return all
}

func recovered(t *testing.T, db *sql.DB) (xids []twophase.Xid) {
	t.Helper()
	all, err := twophase.Recover(t.Context(), db)
	require.NoError(t, err)
	for _, one := range all {
		xids = append(xids, one.Xid)
	}
	return xids
}

// One transaction on each of two databases, here the same one twice: both are prepared, then both are committed.
func Example() {
	ctx := context.Background()
	orders, err := sql.Open("pgadapt", pgtest.ExampleDSN())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer orders.Close()
	stock := orders

	branches := []struct {
		name string
		db   *sql.DB
	}{{"orders", orders}, {"stock", stock}}
	var prepared []func() error
	for _, branch := range branches {
		xid, err := twophase.New(1, "order-1138", branch.name)
		if err != nil {
			fmt.Println(err)
			return
		}
		tx, err := branch.db.BeginTx(ctx, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		if _, err := tx.ExecContext(ctx, "select pg_current_xact_id()"); err != nil { // the work
			fmt.Println(err)
			return
		}
		if err := twophase.Prepare(ctx, tx, xid); err != nil {
			fmt.Println(err)
			return
		}
		prepared = append(prepared, func() error { return twophase.Commit(ctx, branch.db, xid) })
	}
	// Here the manager writes down that the transaction is to be committed.
	for _, commit := range prepared {
		fmt.Println(commit())
	}
	// Output:
	// <nil>
	// <nil>
}
