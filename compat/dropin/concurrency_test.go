package dropin_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// together runs work in goroutines at the same time and gives what went wrong in them.
func together(goroutines int, work func(number int) error) error {
	errs := make([]error, goroutines)
	var group sync.WaitGroup
	for i := range goroutines {
		group.Go(func() { errs[i] = work(i) })
	}
	group.Wait()
	return errors.Join(errs...)
}

func TestManyGoroutines(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(4)
		require.NoError(t, together(32, func(number int) error {
			for i := range 20 {
				want := number*1000 + i
				var have int
				var text string
				err := db.QueryRow("select $1::int4, $2::text", want, fmt.Sprint(want)).Scan(&have, &text)
				if err != nil {
					return err
				}
				if have != want || text != fmt.Sprint(want) {
					return fmt.Errorf("asked for %d, was given %d and %s", want, have, text)
				}
			}
			return nil
		}))
	})
}

func TestSharedStatement(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(4)
		stmt, err := db.Prepare("select i + $1::int4 from generate_series(1, 50) i")
		require.NoError(t, err)
		require.NoError(t, together(32, func(number int) error {
			for range 10 {
				rows, err := stmt.Query(number)
				if err != nil {
					return err
				}
				next := number
				for rows.Next() {
					var have int
					if err := rows.Scan(&have); err != nil {
						return err
					}
					if next++; have != next {
						return fmt.Errorf("expected %d, was given %d", next, have)
					}
				}
				if err := rows.Err(); err != nil {
					return err
				}
			}
			return nil
		}))
		require.NoError(t, stmt.Close())
	})
}

// TestConcurrentTransactions increments a counter from many goroutines, each in a transaction of its own.
func TestConcurrentTransactions(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		table := "counter_" + driver
		exec(t, db, "create table "+table+" (n int4)", "insert into "+table+" values (0)")
		defer exec(t, db, "drop table "+table)
		db.SetMaxOpenConns(6)
		require.NoError(t, together(16, func(int) error {
			for range 5 {
				tx, err := db.Begin()
				if err != nil {
					return err
				}
				var n int
				err = tx.QueryRow("select n from " + table + " for update").Scan(&n)
				if err == nil {
					_, err = tx.Exec("update "+table+" set n = $1", n+1)
				}
				if err != nil {
					return errors.Join(err, tx.Rollback())
				}
				if err := tx.Commit(); err != nil {
					return err
				}
			}
			return nil
		}))
		require.Equal(t, 80, queryValue[int](t, db, "select n from "+table))
	})
}

func TestCancelledQuery(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		calls := map[string]func(context.Context) error{
			"Exec":     func(ctx context.Context) error { _, err := db.ExecContext(ctx, "select pg_sleep(30)"); return err },
			"Exec arg": func(ctx context.Context) error { _, err := db.ExecContext(ctx, "select pg_sleep($1)", 30); return err },
			"Query": func(ctx context.Context) error {
				rows, err := db.QueryContext(ctx, "select pg_sleep(30)")
				if err == nil {
					rows.Next()
					return errors.Join(rows.Err(), rows.Close())
				}
				return err
			},
			"QueryRow": func(ctx context.Context) error {
				return db.QueryRowContext(ctx, "select pg_sleep($1)::text", 30).Scan(new(string))
			},
		}
		for name, call := range calls {
			t.Run(name, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				err := call(ctx)
				require.Error(t, err)
				if driver == pgadaptDriver {
					require.ErrorIs(t, err, context.DeadlineExceeded)
					require.Equal(t, "57014", sqlStateOf(err))
				}
				requireUsable(t, db)
			})
		}
	})
}

// TestCancelKeepsTheConnection says that a cancelled statement costs neither the session nor the next statement.
func TestCancelKeepsTheConnection(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver != pgadaptDriver {
			t.Skip("closes the connection, or may cancel the next statement")
		}
		db.SetMaxOpenConns(1)
		pid := queryValue[int](t, db, "select pg_backend_pid()")
		for range 10 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			_, err := db.ExecContext(ctx, "select pg_sleep(30)")
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, pid, queryValue[int](t, db, "select pg_backend_pid()"))
		}
	})
}

// TestCancelledContextBeforehand never reaches the server.
func TestCancelledContextBeforehand(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := db.ExecContext(ctx, "select 1")
		require.ErrorIs(t, err, context.Canceled)
		_, err = db.PrepareContext(ctx, "select 1")
		require.ErrorIs(t, err, context.Canceled)
		_, err = db.BeginTx(ctx, nil)
		require.ErrorIs(t, err, context.Canceled)
		if driver != pgadaptDriver {
			return // on a connection they run the statement, or close it
		}
		conn := singleConn(t, db)
		_, err = conn.ExecContext(ctx, "select 1")
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, conn.QueryRowContext(ctx, "select $1::int4", 1).Scan(new(int)), context.Canceled)
		_, err = conn.PrepareContext(ctx, "select 1")
		require.ErrorIs(t, err, context.Canceled)
		_, err = conn.BeginTx(ctx, nil)
		require.ErrorIs(t, err, context.Canceled)
		requireUsable(t, conn)
	})
}

// TestCancelledRows ends the context while rows are being read.
func TestCancelledRows(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		rows, err := db.QueryContext(ctx, "select i, repeat('x', 1000) from generate_series(1, 1000000) i")
		require.NoError(t, err)
		defer rows.Close()
		require.True(t, rows.Next())
		cancel()
		for rows.Next() {
		}
		require.ErrorIs(t, rows.Err(), context.Canceled)
		requireUsable(t, db)
	})
}

// TestCancelStorm cancels at random moments, around the time that the statements take, and looks for
// connections that are out of step, answers that belong to others, and cancellations of others' statements.
func TestCancelStorm(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver != pgadaptDriver {
			t.Skip("a cancellation may reach the next statement")
		}
		db.SetMaxOpenConns(4)
		require.NoError(t, together(16, func(number int) error {
			for i := range 15 {
				want := number*1000 + i
				if err := queryWithDeadline(db, want, time.Duration(i)*300*time.Microsecond); err != nil {
					return err
				}
				var have int
				if err := db.QueryRow("select $1::int4", want).Scan(&have); err != nil {
					return fmt.Errorf("a statement without a deadline: %w", err)
				}
				if have != want {
					return fmt.Errorf("asked for %d, was given %d", want, have)
				}
			}
			return nil
		}))
		eventually(t, func() bool { return db.Stats().InUse == 0 }, "a connection is still in use")
	})
}

// queryWithDeadline runs a statement of about two milliseconds, whose answer is right or which was cancelled.
func queryWithDeadline(db *sql.DB, want int, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var have int
	err := db.QueryRowContext(ctx, "select $1::int4 from pg_sleep(0.002)", want).Scan(&have)
	if err != nil {
		if ctx.Err() == nil {
			return fmt.Errorf("before the deadline: %w", err)
		}
		return nil
	}
	if have != want {
		return fmt.Errorf("asked for %d, was given %d", want, have)
	}
	return nil
}

// TestCancelledTransactionsStorm cancels transactions in all their phases.
func TestCancelledTransactionsStorm(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(4)
		require.NoError(t, together(8, func(number int) error {
			for i := range 15 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*200*time.Microsecond)
				tx, err := db.BeginTx(ctx, nil)
				if err == nil {
					_, _ = tx.ExecContext(ctx, "select pg_sleep(0.001)")
					_ = tx.Commit()
				}
				cancel()
			}
			return nil
		}))
		eventually(t, func() bool { return db.Stats().InUse == 0 }, "a connection is still in use")
		for range 8 {
			requireUsable(t, db)
		}
		require.Zero(t, queryValue[int](t, db, `select count(*) from pg_stat_activity
			where application_name = current_setting('application_name') and pid <> pg_backend_pid() and state like 'idle in%'`))
	})
}

// TestPoolLimits lets the pool close and open connections all the time.
func TestPoolLimits(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(3)
		db.SetMaxIdleConns(1)
		db.SetConnMaxLifetime(5 * time.Millisecond)
		require.NoError(t, together(8, func(number int) error {
			for i := range 10 {
				var have int
				if err := db.QueryRow("select $1::int4", i).Scan(&have); err != nil || have != i {
					return fmt.Errorf("%d of %d: %w", have, i, err)
				}
			}
			return nil
		}))
		require.LessOrEqual(t, db.Stats().OpenConnections, 3)
	})
}

// TestCloseWhileRunning closes the pool under a query.
func TestCloseWhileRunning(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		rows, err := db.Query("select i from generate_series(1, 100) i")
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, db.Close())
		_ = rows.Close()
		require.ErrorContains(t, db.Ping(), "sql: database is closed")
	})
}
