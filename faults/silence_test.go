package faults_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// longest bounds what takes a second or two when deadlines are honoured, and for ever when they are not.
const longest = 20 * time.Second

// waits are what a program may be waiting for when the network falls silent. Each begins on a network that works, and
// gives what is done after that.
var waits = map[string]func(ctx context.Context, conn *sql.Conn) (func() error, error){
	"ping": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		return func() error { return conn.PingContext(ctx) }, nil
	},
	"exec": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		return func() error { _, err := conn.ExecContext(ctx, "select 1"); return err }, nil
	},
	"query": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		var got int
		return func() error { return conn.QueryRowContext(ctx, "select $1::int", 1).Scan(&got) }, nil
	},
	"prepare": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		return func() error { _, err := conn.PrepareContext(ctx, "select 2 + $1::int"); return err }, nil
	},
	"begin": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		return func() error { _, err := conn.BeginTx(ctx, nil); return err }, nil
	},
	"commit": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return nil, err
		}
		return tx.Commit, nil
	},
	"exec in a transaction": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return nil, err
		}
		return func() error {
			_, err := tx.ExecContext(ctx, "select 1")
			return errors.Join(err, tx.Rollback())
		}, nil
	},
	"rows": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		rows, err := conn.QueryContext(ctx, "select repeat('x', 1000) from generate_series(1, $1::int)", 1_000_000)
		if err != nil {
			return nil, err
		}
		return func() error {
			for rows.Next() {
			}
			return errors.Join(rows.Err(), rows.Close())
		}, nil
	},
	"copy to": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		return func() error {
			_, err := conn.ExecContext(ctx, "copy (select 1) to stdout", new(strings.Builder))
			return err
		}, nil
	},
	"copy from": func(ctx context.Context, conn *sql.Conn) (func() error, error) {
		_, err := conn.ExecContext(ctx, "create temp table copied (a int)")
		return func() error {
			_, err := conn.ExecContext(ctx, "copy copied from stdin", strings.NewReader("1\n"))
			return err
		}, err
	},
}

func TestDeadlinesHoldOnASilentNetwork(t *testing.T) {
	leavesNothing(t)
	for name, begin := range waits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := startToxicProxy(t)
			db := open(t, proxy.Listen, "cancel_timeout=200ms")
			conn, err := db.Conn(t.Context())
			require.NoError(t, err)
			defer conn.Close()
			ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
			defer stop()
			wait, err := begin(ctx, conn)
			require.NoError(t, err)
			silence(t, proxy)
			start := time.Now()

			err = wait()

			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Less(t, time.Since(start), longest)
		})
	}
}

func TestConnectOnASilentNetwork(t *testing.T) {
	leavesNothing(t)
	for name, connect := range map[string]func(t *testing.T, through string) error{
		"connect_timeout": func(t *testing.T, through string) error { return open(t, through, "connect_timeout=1").Ping() },
		"the caller's deadline": func(t *testing.T, through string) error {
			ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer stop()
			return open(t, through).PingContext(ctx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := startToxicProxy(t)
			silence(t, proxy)
			start := time.Now()

			err := connect(t, proxy.Listen)

			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Less(t, time.Since(start), longest)
		})
	}
}

// A connection that a firewall has forgotten while it was idle is found silent by the pool's ping.
func TestSilentIdleConnectionIsReplaced(t *testing.T) {
	leavesNothing(t)
	proxy := startToxicProxy(t)
	db := open(t, proxy.Listen, "cancel_timeout=200ms")
	require.NoError(t, db.Ping())
	silence(t, proxy)
	time.Sleep(1100 * time.Millisecond) // the driver pings what was idle for a second
	ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer stop()
	require.ErrorIs(t, db.PingContext(ctx), context.DeadlineExceeded)

	proxy.Toxics.ResetToxics(t.Context())

	var got int
	require.NoError(t, db.QueryRow("select $1::int", 7).Scan(&got))
	require.Equal(t, 7, got)
}

// A session whose set-up fails or is cut anywhere leaves nothing behind, neither here nor on the server.
func TestFailedConnectLeavesNothing(t *testing.T) {
	refusal := errors.New("on purpose")
	setUp := func(ctx context.Context, session *pgconn.PgConn) error {
		_, err := session.Exec(ctx, "set search_path = pg_catalog").ReadAll()
		return err
	}
	t.Run("AfterConnect fails on a slow network", func(t *testing.T) {
		leavesNothing(t)
		proxy := startToxicProxy(t)
		poison(t, proxy, toxic{Type: "latency", Stream: "downstream", Attributes: map[string]int{"latency": 10}})
		config := parse(t, proxy.Listen)
		config.AfterConnect = func(ctx context.Context, session *pgconn.PgConn) error {
			return errors.Join(setUp(ctx, session), refusal)
		}
		db := sql.OpenDB(pgadapt.NewConnector(config))
		defer db.Close()
		for range 5 {
			require.ErrorIs(t, db.Ping(), refusal)
		}
	})
	t.Run("the connection is cut while it is made", func(t *testing.T) {
		leavesNothing(t)
		proxy := startMessageProxy(t)
		config := parse(t, proxy.address(), "target_session_attrs=read-write")
		config.AfterConnect = setUp
		connect := func(place cut) (seen [2]int, err error) {
			proxy.arm(place)
			db := sql.OpenDB(pgadapt.NewConnector(config))
			err = db.Ping()
			seen = proxy.disarm()
			require.NoError(t, db.Close())
			return seen, err
		}
		seen, err := connect(cut{messages: 1000})
		require.NoError(t, err)
		refused := 0
		for _, place := range cutsOf(seen) {
			if _, err := connect(place); err != nil {
				refused++
			}
		}
		require.Positive(t, refused)
	})
}

// A transaction that is cancelled between two statements keeps its connection, on a slow network too.
func TestTransactionCancelledWhileIdleKeepsItsBackend(t *testing.T) {
	leavesNothing(t)
	proxy := startToxicProxy(t)
	poison(t, proxy, toxic{Type: "latency", Stream: "downstream", Attributes: map[string]int{"latency": 10}})
	db := open(t, proxy.Listen)
	db.SetMaxOpenConns(1)
	backend := func() (pid int) {
		require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&pid))
		return pid
	}
	before := backend()
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(ctx, "select 1")
		require.NoError(t, err)
		cancel()
		require.Equal(t, before, backend())
	}
}
