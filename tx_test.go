package pgadapt_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

func TestIsolationLevels(t *testing.T) {
	db := open(t)
	for level, want := range map[sql.IsolationLevel]string{
		sql.LevelDefault:         "read committed",
		sql.LevelReadUncommitted: "read uncommitted",
		sql.LevelReadCommitted:   "read committed",
		sql.LevelRepeatableRead:  "repeatable read",
		sql.LevelSerializable:    "serializable",
	} {
		for _, readOnly := range []bool{false, true} {
			tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: level, ReadOnly: readOnly})
			require.NoError(t, err)
			var isolation string
			var isReadOnly bool
			require.NoError(t, tx.QueryRow("select current_setting('transaction_isolation'), "+
				"current_setting('transaction_read_only')::bool").Scan(&isolation, &isReadOnly))
			require.Equal(t, want, isolation)
			require.Equal(t, readOnly, isReadOnly)
			require.NoError(t, tx.Commit())
		}
	}
}

func TestUnknownIsolationLevelsAreRefusedByName(t *testing.T) {
	db := open(t)
	for _, level := range []sql.IsolationLevel{sql.LevelSnapshot, sql.LevelLinearizable, sql.LevelWriteCommitted} {
		_, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
		require.ErrorContains(t, err, level.String())
	}
}

func TestDefaultsOfTheSessionApply(t *testing.T) {
	db := open(t, "default_transaction_isolation", "serializable", "default_transaction_read_only", "on")
	tx, err := db.Begin()
	require.NoError(t, err)
	defer tx.Rollback()
	var isolation string
	require.NoError(t, tx.QueryRow("show transaction_isolation").Scan(&isolation))
	require.Equal(t, "serializable", isolation)
	_, err = tx.Exec("create table never (i int)")
	require.ErrorContains(t, err, "read-only transaction")
}

func TestCommitOfAFailedTransactionIsAnError(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Exec("select 1/0")
	require.Error(t, err)
	_, err = tx.Exec("select 1")
	require.ErrorContains(t, err, "current transaction is aborted")

	err = tx.Commit()

	require.ErrorIs(t, err, pgadapt.ErrCommitRolledBack)
	var state interface{ SQLState() string }
	require.ErrorAs(t, err, &state)
	require.Equal(t, "25P02", state.SQLState())
	requireWorking(t, db)
}

func TestOpenRowsDoNotStopTheEndOfATransaction(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	for name, end := range map[string]func(*sql.Tx) error{"commit": (*sql.Tx).Commit, "rollback": (*sql.Tx).Rollback} {
		t.Run(name, func(t *testing.T) {
			tx, err := db.Begin()
			require.NoError(t, err)
			rows, err := tx.Query("select i from generate_series(1, 100000) i")
			require.NoError(t, err)
			require.True(t, rows.Next())
			require.NoError(t, end(tx))
			require.False(t, rows.Next())
			requireWorking(t, db)
		})
	}
}

func TestOpenRowsOfTheConnectionOutliveItsTransaction(t *testing.T) {
	conn := session(t, open(t))
	rows, err := conn.QueryContext(t.Context(), "select i from generate_series(1, 3) i")
	require.NoError(t, err)
	defer rows.Close()

	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, tx.Commit())

	require.Equal(t, [][]string{{"i"}, {"1"}, {"2"}, {"3"}}, readSet(t, rows))
}

func TestCancelledTransactionKeepsItsConnection(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	var before, after int
	require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&before))
	for _, busy := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		if busy {
			time.AfterFunc(50*time.Millisecond, cancel)
			_, err = tx.ExecContext(ctx, "select pg_sleep(60)")
			require.ErrorIs(t, err, context.Canceled)
		}
		cancel()
		require.Eventually(t, func() bool { return tx.Rollback() == sql.ErrTxDone }, 5*time.Second, time.Millisecond)

		require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&after))
		require.Equal(t, before, after)
	}
}

func TestBeginWithACancelledContext(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := db.BeginTx(ctx, nil)
	require.ErrorIs(t, err, context.Canceled)
	_, err = db.Exec("vacuum")
	require.NoError(t, err, "no transaction is left open")
}

func TestBeginInsideATransactionOfTheUser(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), "begin")
	require.NoError(t, err)
	_, err = conn.BeginTx(t.Context(), nil)
	require.ErrorContains(t, err, "already open")
	_, err = conn.ExecContext(t.Context(), "rollback")
	require.NoError(t, err)
}

func TestTransactionEndedByAStatement(t *testing.T) {
	db := open(t)
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Exec("rollback")
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())
	requireWorking(t, db)
}

func TestFailedCommitLeavesTheConnectionUsable(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), "create temp table late (i int unique deferrable initially deferred)")
	require.NoError(t, err)
	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.Exec("insert into late values (1), (1)")
	require.NoError(t, err)
	require.ErrorContains(t, tx.Commit(), "duplicate key value violates unique constraint")
	requireWorkingSession(t, conn)
}

// database/sql looks at the context before it calls Commit of the driver, and never calls Rollback afterwards.
func TestCommitWithAContextThatHasJustEnded(t *testing.T) {
	conn := session(t, open(t))
	pid := backendPID(t, conn)
	require.NoError(t, conn.Raw(func(driverConn any) error {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		tx, err := driverConn.(driver.ConnBeginTx).BeginTx(ctx, driver.TxOptions{})
		require.NoError(t, err)
		cancel()
		require.ErrorIs(t, tx.Commit(), context.Canceled)
		require.True(t, driverConn.(driver.Validator).IsValid())
		return nil
	}))
	require.Equal(t, pid, backendPID(t, conn))
}
