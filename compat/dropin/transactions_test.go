package dropin_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCommitAndRollback(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id int4)")
		for _, c := range []struct {
			name string
			end  func(*sql.Tx) error
			want int
		}{
			{"commit", (*sql.Tx).Commit, 1},
			{"rollback", (*sql.Tx).Rollback, 1},
			{"commit again", (*sql.Tx).Commit, 2},
		} {
			tx, err := conn.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			exec(t, tx, "insert into item values (1)")
			require.NoError(t, c.end(tx))
			require.ErrorIs(t, tx.Commit(), sql.ErrTxDone)
			require.ErrorIs(t, tx.Rollback(), sql.ErrTxDone)
			require.Equal(t, c.want, queryValue[int](t, conn, "select count(*) from item"), c.name)
		}
	})
}

func TestIsolationLevels(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range []struct {
			options   sql.TxOptions
			isolation string
			readOnly  string
		}{
			{sql.TxOptions{}, "read committed", "off"},
			{sql.TxOptions{Isolation: sql.LevelReadUncommitted}, "read uncommitted", "off"},
			{sql.TxOptions{Isolation: sql.LevelReadCommitted}, "read committed", "off"},
			{sql.TxOptions{Isolation: sql.LevelRepeatableRead}, "repeatable read", "off"},
			{sql.TxOptions{Isolation: sql.LevelSerializable}, "serializable", "off"},
			{sql.TxOptions{ReadOnly: true}, "read committed", "on"},
			{sql.TxOptions{Isolation: sql.LevelSerializable, ReadOnly: true}, "serializable", "on"},
		} {
			t.Run(c.options.Isolation.String()+" "+c.readOnly, func(t *testing.T) {
				tx, err := db.BeginTx(t.Context(), &c.options)
				require.NoError(t, err)
				defer tx.Rollback()
				require.Equal(t, c.isolation, queryValue[string](t, tx, "show transaction_isolation"))
				require.Equal(t, c.readOnly, queryValue[string](t, tx, "show transaction_read_only"))
			})
		}
	})
}

func TestUnsupportedIsolationLevels(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		for _, level := range []sql.IsolationLevel{
			sql.LevelWriteCommitted, sql.LevelSnapshot, sql.LevelLinearizable, 99,
		} {
			if driver == pgxDriver && level == sql.LevelSnapshot {
				continue // is taken for Repeatable Read
			}
			_, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
			require.Error(t, err, level)
			requireUsable(t, db)
		}
	})
}

// TestSessionDefaultsOfTransactions says that empty options leave the session's own defaults alone.
func TestSessionDefaultsOfTransactions(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "set default_transaction_isolation = 'serializable'")
		tx, err := conn.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, "serializable", queryValue[string](t, tx, "show transaction_isolation"))
		require.NoError(t, tx.Commit())
	})
}

func TestReadOnlyTransactionRefusesToWrite(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		tx, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
		require.NoError(t, err)
		defer tx.Rollback()
		_, err = tx.Exec("create table written (i int4)")
		require.Equal(t, "25006", sqlStateOf(err))
	})
}

func TestCommitOfAFailedTransaction(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		tx, err := db.Begin()
		require.NoError(t, err)
		_, err = tx.Exec("select 1 / 0")
		require.Error(t, err)
		_, err = tx.Exec("select 1")
		require.Equal(t, "25P02", sqlStateOf(err))
		require.Error(t, tx.Commit())
		requireUsable(t, db)

		tx, err = db.Begin()
		require.NoError(t, err)
		_, err = tx.Exec("select 1 / 0")
		require.Error(t, err)
		require.NoError(t, tx.Rollback())
		requireUsable(t, db)
	})
}

// TestDeferredConstraint fails in COMMIT itself.
func TestDeferredConstraint(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, `create temp table parent (id int4 primary key);
			create temp table child (parent_id int4 references parent deferrable initially deferred)`)
		tx, err := conn.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		exec(t, tx, "insert into child values (1)")
		require.Equal(t, "23503", sqlStateOf(tx.Commit()))
		require.Zero(t, queryValue[int](t, conn, "select count(*) from child"))
	})
}

func TestSavepoints(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		tx := begin(t, db)
		exec(t, tx, "create temp table item (id int4 primary key) on commit drop", "insert into item values (1)", "savepoint before")
		_, err := tx.Exec("insert into item values ($1)", 1)
		require.Error(t, err)
		exec(t, tx, "rollback to before", "insert into item values (2)", "release before")
		require.Equal(t, []int{1, 2}, queryColumn[int](t, tx, "select id from item order by id"))
		require.NoError(t, tx.Commit())
	})
}

// TestEndWithOpenRows ends a transaction while one of its results is unread.
func TestEndWithOpenRows(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		for name, end := range map[string]func(*sql.Tx) error{"rollback": (*sql.Tx).Rollback, "commit": (*sql.Tx).Commit} {
			t.Run(name, func(t *testing.T) {
				if name == "commit" && driver != pgadaptDriver {
					t.Skip("is an error in some versions of the others")
				}
				tx, err := db.Begin()
				require.NoError(t, err)
				rows, err := tx.Query("select i from generate_series(1, 5000) i")
				require.NoError(t, err)
				require.True(t, rows.Next())
				require.NoError(t, end(tx))
				require.False(t, rows.Next())
				_ = rows.Close()
				requireUsable(t, db)
			})
		}
	})
}

// TestInterleavedQueries runs statements while the rows of another are open on the same connection.
func TestInterleavedQueries(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver != pgadaptDriver {
			t.Skip("says: conn busy, or gets out of step with the server")
		}
		tx := begin(t, db)
		exec(t, tx, "create temp table pair (a int4, b text) on commit drop")
		outer, err := tx.Query("select i::int4 from generate_series(1, 100) i")
		require.NoError(t, err)
		sum := 0
		for outer.Next() {
			var number int
			require.NoError(t, outer.Scan(&number))
			_, err := tx.Exec("insert into pair values ($1, $2)", number, "x")
			require.NoError(t, err)
			inner, err := tx.Query("select a from pair where a >= $1", number-1)
			require.NoError(t, err)
			for inner.Next() {
				require.NoError(t, inner.Scan(&number))
				sum += queryValue[int](t, tx, "select $1::int4", number)
			}
			require.NoError(t, inner.Err())
		}
		require.NoError(t, outer.Err())
		require.Equal(t, 100*101/2+99*100/2, sum)
	})
}

func TestStatementsInTransactions(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		shared, err := db.Prepare("select $1::int4 + 1")
		require.NoError(t, err)
		defer shared.Close()
		for range 3 {
			tx, err := db.Begin()
			require.NoError(t, err)
			own, err := tx.Prepare("select $1::int4 * 2")
			require.NoError(t, err)
			var have int
			require.NoError(t, own.QueryRow(21).Scan(&have))
			require.Equal(t, 42, have)
			require.NoError(t, tx.Stmt(shared).QueryRow(41).Scan(&have))
			require.Equal(t, 42, have)
			require.NoError(t, tx.Commit())
			require.ErrorContains(t, own.QueryRow(1).Scan(&have), "closed")
			require.NoError(t, shared.QueryRow(1).Scan(&have))
			require.Equal(t, 2, have)
		}
	})
}

// TestStatementPreparedInARolledBackTransaction goes on with a statement whose Parse was rolled back with it:
// PostgreSQL keeps prepared statements through a rollback.
func TestStatementPreparedInARolledBackTransaction(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		tx, err := conn.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.Equal(t, 2, queryValue[int](t, tx, "select $1::int4 + 1", 1))
		require.NoError(t, tx.Rollback())
		require.Equal(t, 3, queryValue[int](t, conn, "select $1::int4 + 1", 2))
	})
}

// TestCancelledTransaction ends the context of BeginTx: database/sql rolls back.
func TestCancelledTransaction(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		setup := open(t, driver)
		table := "cancelled_" + driver
		exec(t, setup, "create table "+table+" (id int4)")
		ctx, cancel := context.WithCancel(t.Context())
		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		exec(t, tx, "insert into "+table+" values (1)")
		cancel()
		eventually(t, func() bool { return errors.Is(tx.Commit(), sql.ErrTxDone) || errors.Is(tx.Commit(), context.Canceled) },
			"the transaction is still there")
		eventually(t, func() bool { return db.Stats().InUse == 0 }, "the connection is still in use")
		requireUsable(t, db)
		exec(t, setup, "set lock_timeout = '10s'; drop table "+table)
	})
}

// TestCancelledStatementInTransaction cancels one statement; the transaction has failed, and rolls back.
func TestCancelledStatementInTransaction(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		tx, err := db.Begin()
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err = tx.ExecContext(ctx, "select pg_sleep(30)")
		require.Error(t, err)
		_, err = tx.Exec("select 1")
		require.Error(t, err)
		_ = tx.Rollback()
		requireUsable(t, db)
	})
}

// TestTransactionByStatements begins and ends transactions by SQL on a connection.
func TestTransactionByStatements(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id int4)", "begin", "insert into item values (1)", "rollback",
			"begin", "insert into item values (2)", "commit")
		require.Equal(t, []int{2}, queryColumn[int](t, conn, "select id from item"))
	})
}

// TestConnectionLeftInATransaction gives a connection back in the middle of a transaction.
func TestConnectionLeftInATransaction(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver == libpqDriver {
			t.Skip("hands out the connection as it is")
		}
		db.SetMaxOpenConns(1)
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		exec(t, conn, "begin")
		require.NoError(t, conn.Close())
		require.NotEqual(t, queryValue[string](t, db, "select pg_current_xact_id()::text"),
			queryValue[string](t, db, "select pg_current_xact_id()::text"), "the pool handed out an open transaction")
	})
}

// TestConn has session state that stays with a connection.
func TestConn(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		pid := queryValue[int](t, conn, "select pg_backend_pid()")
		exec(t, conn, "set work_mem = '1234kB'")
		require.Equal(t, "1234kB", queryValue[string](t, conn, "show work_mem"))
		require.Equal(t, pid, queryValue[int](t, conn, "select pg_backend_pid()"))
		require.NoError(t, conn.PingContext(t.Context()))
		require.NoError(t, conn.Raw(func(driverConn any) error { require.NotNil(t, driverConn); return nil }))
		require.NoError(t, conn.Close())
		require.ErrorIs(t, conn.PingContext(t.Context()), sql.ErrConnDone)
	})
}
