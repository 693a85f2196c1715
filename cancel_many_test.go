package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// mixedWork is what a program does with a pool, each a few round trips long.
var mixedWork = []func(ctx context.Context, db *sql.DB) error{
	func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "select pg_sleep(0.001)")
		return err
	},
	func(ctx context.Context, db *sql.DB) error {
		return readAll(db.QueryContext(ctx, "select i, repeat('x', 100) from generate_series(1, $1::int) i", 3000))
	},
	func(ctx context.Context, db *sql.DB) error {
		var got int
		return db.QueryRowContext(ctx, "select $1::int + 1", 1).Scan(&got)
	},
	func(ctx context.Context, db *sql.DB) error {
		statement, err := db.PrepareContext(ctx, "select pg_sleep($1), 'prepared'")
		if err != nil {
			return err
		}
		defer statement.Close()
		_, err = statement.ExecContext(ctx, 0.001)
		return err
	},
	func(ctx context.Context, db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if _, err := tx.ExecContext(ctx, "insert into struck values ($1)", 1); err != nil {
			return err
		}
		return tx.Commit()
	},
	func(ctx context.Context, db *sql.DB) error { // nested
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		rows, err := tx.QueryContext(ctx, "select i from generate_series(1, 500) i")
		if err != nil {
			return err
		}
		defer rows.Close()
		for range 3 {
			if !rows.Next() {
				return rows.Err()
			}
			if err := readAll(tx.QueryContext(ctx, "select i from generate_series(1, 200) i where i > $1", 3)); err != nil {
				return err
			}
		}
		return rows.Err()
	},
	func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "copy struck from stdin", strings.NewReader(strings.Repeat("1\n", 20_000)))
		return err
	},
	func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "copy (select i from generate_series(1, 20000) i) to stdout", io.Discard)
		return err
	},
	func(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) },
	func(ctx context.Context, db *sql.DB) error {
		return readAll(db.QueryContext(ctx, "select 1; select pg_sleep(0.001); select 2"))
	},
}

// cancelAtRandom runs pieces of mixed work, each of which is cancelled at some moment, before, during or after. It
// gives how many were cancelled in time. A cancellation that strikes anything else is an error.
func cancelAtRandom(t *testing.T, db *sql.DB, pieces int) (cancelled int64) {
	t.Helper()
	var next, struck atomic.Int64
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := next.Add(1); i <= int64(pieces); i = next.Add(1) {
				ctx, stop := context.WithTimeout(context.Background(), time.Duration(rand.IntN(4000))*time.Microsecond)
				err := mixedWork[int(i)%len(mixedWork)](ctx, db)
				stop()
				if errors.Is(err, context.DeadlineExceeded) {
					struck.Add(1)
				} else if err != nil && !errors.Is(err, sql.ErrTxDone) {
					t.Errorf("work %d: %v", i%int64(len(mixedWork)), err)
				}
				if _, err := db.ExecContext(context.Background(), "select 1"); err != nil {
					t.Errorf("the statement after a cancelled one: %v", err)
				}
			}
		})
	}
	workers.Wait()
	return struck.Load()
}

// pids gives the process IDs of n connections of a pool, as the pool knows them.
func pids(t *testing.T, db *sql.DB, n int) map[uint32]bool {
	t.Helper()
	found := map[uint32]bool{}
	for range n {
		conn := session(t, db)
		defer conn.Close()
		require.NoError(t, conn.Raw(func(driverConn any) error {
			found[driverConn.(pgadapt.Conn).PgConn().PID()] = true
			return nil
		}))
	}
	require.Len(t, found, n)
	return found
}

func TestTenThousandQueriesCancelledAtRandom(t *testing.T) {
	pieces := 10_000
	if testing.Short() {
		pieces = 500
	}
	db := open(t, "cancel_timeout", "30s") // long enough for the busiest machine: a lost connection is a failure here
	requireUnharmedByCancels(t, db, 4, pieces)
}

func TestQueriesCancelledAtRandomThroughPgBouncer(t *testing.T) {
	for poolMode, connections := range map[string]int{"session": 3, "transaction": 4} {
		t.Run(poolMode, func(t *testing.T) {
			db, err := sql.Open("pgadapt", startPgBouncer(t, poolMode)+"&cancel_timeout=30s")
			require.NoError(t, err)
			defer db.Close()
			requireUnharmedByCancels(t, db, connections, 500)
		})
	}
}

// requireUnharmedByCancels requires that as many pieces of work, cancelled at random, cost none of a pool's connections.
func requireUnharmedByCancels(t *testing.T, db *sql.DB, connections, pieces int) {
	t.Helper()
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	_, err := db.Exec("create table if not exists struck (i int)")
	require.NoError(t, err)
	before := pids(t, db, connections)

	cancelled := cancelAtRandom(t, db, pieces)

	require.Equal(t, before, pids(t, db, connections), "no connection is lost")
	require.Greater(t, cancelled, int64(pieces/20), "enough of them were cancelled in time")
	require.Less(t, cancelled, int64(pieces), "and not all")
	t.Logf("%d of %d were cancelled in time", cancelled, pieces)
}
