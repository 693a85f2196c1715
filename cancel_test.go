package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr"
)

// waitsForever blocks until it is cancelled.
const waitsForever = "select pg_sleep(600)"

// interrupted are things that a program does on one session, each of which blocks until ctx ends. They give the
// error of what was interrupted.
var interrupted = map[string]func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error{
	"Exec": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		_, err := conn.ExecContext(ctx, waitsForever)
		return err
	},
	"Exec with an argument": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		_, err := conn.ExecContext(ctx, "select pg_sleep($1)", 600)
		return err
	},
	"Query before the first row": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		_, err := conn.QueryContext(ctx, "select i, pg_sleep(600) from generate_series(1, 2) i")
		return err
	},
	"reading rows": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		rows, err := conn.QueryContext(ctx, "select i, case when i > 5000 then pg_sleep(600)::text end from generate_series(1, 6000) i")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
		}
		return rows.Err()
	},
	"reading ahead for another statement": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		rows, err := conn.QueryContext(ctx, "select i, case when i > 5000 then pg_sleep(600)::text end from generate_series(1, 6000) i")
		if err != nil {
			return err
		}
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "select 1")
		for rows.Next() {
		}
		defer rows.Close()
		return rows.Err()
	},
	"a later result set": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		rows, err := conn.QueryContext(ctx, "select 1; select pg_sleep(600)")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
		}
		for rows.NextResultSet() && rows.Next() {
		}
		return rows.Err()
	},
	"prepared statement": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		statement, err := conn.PrepareContext(ctx, "select pg_sleep($1)")
		if err != nil {
			return err
		}
		defer statement.Close()
		_, err = statement.ExecContext(ctx, 600)
		return err
	},
	"Prepare": func(ctx context.Context, conn *sql.Conn, other *sql.DB) error {
		return whileLocked(ctx, other, func() error {
			_, err := conn.PrepareContext(ctx, "select * from locked")
			return err
		})
	},
	"statement of a transaction": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, waitsForever)
		return errors.Join(err, tx.Rollback())
	},
	"Commit": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		for _, query := range []string{
			"create temp table if not exists slow_commit (i int)",
			"create or replace function pg_temp.sleep() returns trigger language plpgsql as $$ begin perform pg_sleep(600); return null; end $$",
			"drop trigger if exists sleep on slow_commit",
			"create constraint trigger sleep after insert on slow_commit deferrable initially deferred for each row execute function pg_temp.sleep()",
		} {
			if _, err := conn.ExecContext(context.WithoutCancel(ctx), query); err != nil {
				return err
			}
		}
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("insert into slow_commit values (1)"); err != nil {
			return err
		}
		return tx.Commit()
	},
	"COPY FROM": func(ctx context.Context, conn *sql.Conn, other *sql.DB) error {
		return whileLocked(ctx, other, func() error {
			_, err := conn.ExecContext(ctx, "copy locked from stdin", strings.NewReader("1\n"))
			return err
		})
	},
	"COPY FROM a reader that blocks": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), "create temp table if not exists filled (i int)"); err != nil {
			return err
		}
		reader, writer := io.Pipe()
		defer writer.Close()
		_, err := conn.ExecContext(ctx, "copy filled from stdin", reader)
		return err
	},
	"COPY TO": func(ctx context.Context, conn *sql.Conn, _ *sql.DB) error {
		_, err := conn.ExecContext(ctx, "copy (select pg_sleep(600)) to stdout", io.Discard)
		return err
	},
}

// whileLocked runs work while the table locked cannot be used.
func whileLocked(ctx context.Context, other *sql.DB, work func() error) error {
	tx, err := other.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec("lock table locked in access exclusive mode"); err != nil {
		return err
	}
	return work()
}

// whileReading has those of interrupted whose error is in Rows.Err: there database/sql gives the context's error alone.
var whileReading = []string{"reading rows", "reading ahead for another statement", "a later result set"}

func TestCancelledInEachMoment(t *testing.T) {
	other := open(t)
	_, err := other.Exec("create table if not exists locked (i int)")
	require.NoError(t, err)
	for name, work := range interrupted {
		t.Run(name, func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				if name == "Prepare" && (strings.HasSuffix(t.Name(), "/exec") || strings.HasSuffix(t.Name(), "/simple_protocol")) {
					return // nothing is asked of the server
				}
				conn := session(t, db)
				pid := backendPID(t, conn)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				ended := make(chan error)
				go func() { ended <- work(ctx, conn, other) }()
				cancelWhenBusy(t, other, pid, cancel)

				err := <-ended

				require.ErrorIs(t, err, context.Canceled)
				require.Equal(t, pid, backendPID(t, conn))
				if slices.Contains(whileReading, name) {
					return
				}
				pgErr, ok := errors.AsType[*pgconn.PgError](err)
				require.True(t, ok, "%v", err)
				require.Equal(t, "57014", pgErr.Code)
				require.ErrorIs(t, err, pgerr.QueryCanceled)
			})
		})
	}
}

// cancelWhenBusy calls cancel as soon as a backend waits in the middle of a statement.
func cancelWhenBusy(t *testing.T, other *sql.DB, pid int, cancel func()) {
	t.Helper()
	busy := false
	require.Eventually(t, func() bool {
		err := other.QueryRow("select count(*) > 0 from pg_stat_activity "+
			"where pid = $1 and state = 'active' and (wait_event = 'PgSleep' or wait_event_type = 'Lock' "+
			"or wait_event = 'ClientRead' and query like 'copy filled%')", pid).Scan(&busy)
		return err == nil && busy
	}, 20*time.Second, 5*time.Millisecond)
	cancel()
}

func TestCancelledBeforeSending(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, work := range map[string]func(conn *sql.Conn) error{
		"Exec":               func(conn *sql.Conn) error { _, err := conn.ExecContext(ctx, "select 1"); return err },
		"Exec with argument": func(conn *sql.Conn) error { _, err := conn.ExecContext(ctx, "select $1::int", 1); return err },
		"Query":              func(conn *sql.Conn) error { _, err := conn.QueryContext(ctx, "select 1"); return err },
		"Prepare":            func(conn *sql.Conn) error { _, err := conn.PrepareContext(ctx, "select 1"); return err },
		"Begin":              func(conn *sql.Conn) error { _, err := conn.BeginTx(ctx, nil); return err },
		"Ping":               func(conn *sql.Conn) error { return conn.PingContext(ctx) },
		"COPY FROM": func(conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, "copy nowhere from stdin", strings.NewReader(""))
			return err
		},
		"COPY TO": func(conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, "copy nowhere to stdout", io.Discard)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn := session(t, open(t))
			pid := backendPID(t, conn)
			require.ErrorIs(t, work(conn), context.Canceled)
			require.Equal(t, pid, backendPID(t, conn))
		})
	}
}

func TestTimeoutsOfTheServerAreNoCancellation(t *testing.T) {
	other := open(t)
	_, err := other.Exec("create table if not exists locked (i int)")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		parameter, query, message string
		code                      pgerr.Condition
	}{
		"statement_timeout": {"statement_timeout", waitsForever, "statement timeout", pgerr.QueryCanceled},
		"lock_timeout":      {"lock_timeout", "lock table locked", "lock timeout", pgerr.LockNotAvailable},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t, c.parameter, "50ms")
			ctx, stop := context.WithTimeout(t.Context(), time.Hour)
			defer stop()
			err := whileLocked(t.Context(), other, func() error {
				tx, err := db.BeginTx(ctx, nil)
				require.NoError(t, err)
				defer tx.Rollback()
				_, err = tx.ExecContext(ctx, c.query)
				return err
			})
			require.ErrorIs(t, err, c.code)
			require.ErrorContains(t, err, c.message)
			require.NotErrorIs(t, err, context.Canceled)
			require.NotErrorIs(t, err, context.DeadlineExceeded)
			requireWorking(t, db)
		})
	}
}

// cancelProxy stands between a pool and the server. It can keep CancelRequests from the server, and can stop the traffic.
type cancelProxy struct {
	server string
	// blocked says what becomes of CancelRequests: "" for nothing, refused or swallowed.
	blocked atomic.Value
	paused  atomic.Bool
	cancels atomic.Int64
}

// startCancelProxy gives a proxy before the test server, and the connection string through it.
func startCancelProxy(t *testing.T, parameters ...string) (*cancelProxy, string) {
	t.Helper()
	target, err := url.Parse(dsnWith(t, append(parameters, "sslmode", "disable")...))
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	proxy := &cancelProxy{server: target.Host}
	proxy.blocked.Store("")
	target.Host = listener.Addr().String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(t.Context(), func() { _ = client.Close() })
			go proxy.serve(client)
		}
	}()
	return proxy, target.String()
}

func (p *cancelProxy) serve(client net.Conn) {
	defer client.Close()
	startup, err := pgproto3.NewBackend(client, client).ReceiveStartupMessage()
	if err != nil {
		return
	}
	if _, isCancel := startup.(*pgproto3.CancelRequest); isCancel {
		p.cancels.Add(1)
		switch p.blocked.Load() {
		case "refused":
			return
		case "swallowed":
			_, _ = io.Copy(io.Discard, client)
			return
		}
	}
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	encoded, err := startup.Encode(nil)
	if err != nil {
		return
	}
	if _, err := server.Write(encoded); err != nil {
		return
	}
	go func() {
		defer client.Close()
		p.pass(client, server)
	}()
	p.pass(server, client)
}

// pass hands on what arrives while the proxy is not paused.
func (p *cancelProxy) pass(to io.Writer, from io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		for n > 0 && p.paused.Load() {
			time.Sleep(time.Millisecond)
		}
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

// When no CancelRequest gets through, the call ends after cancel_timeout all the same, and the connection is given up.
func TestBlockedCancelRequests(t *testing.T) {
	for _, blocked := range []string{"refused", "swallowed"} {
		t.Run(blocked, func(t *testing.T) {
			proxy, dsn := startCancelProxy(t, "cancel_timeout", "250ms")
			db, err := sql.Open("pgadapt", dsn)
			require.NoError(t, err)
			defer db.Close()
			db.SetMaxOpenConns(1)
			proxy.blocked.Store(blocked)
			for range 3 {
				var before, after int
				require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&before))
				ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
				start := time.Now()
				_, err := db.ExecContext(ctx, waitsForever)
				stop()
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Less(t, time.Since(start), 10*time.Second)
				require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&after))
				require.NotEqual(t, before, after)
			}
			require.Positive(t, proxy.cancels.Load())
			requireBackendsEnd(t, waitsForever)
		})
	}
}

// requireBackendsEnd stops what blocked cancel requests have left running.
func requireBackendsEnd(t *testing.T, query string) {
	t.Helper()
	_, err := open(t).Exec("select pg_terminate_backend(pid, 5000) from pg_stat_activity where query = $1 and state = 'active'", query)
	require.NoError(t, err)
}

// A statement that ends by itself while its CancelRequest is nowhere to be seen must not be struck later on.
func TestSwallowedCancelRequestMakesTheConnectionDoubtful(t *testing.T) {
	proxy, dsn := startCancelProxy(t, "cancel_timeout", "500ms")
	proxy.blocked.Store("swallowed")
	db, err := sql.Open("pgadapt", dsn)
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	var before, after int
	require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&before))
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	_, _ = db.ExecContext(ctx, "select pg_sleep(0.1)")
	require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&after))
	require.NotEqual(t, before, after)
}

// A dead network stops everything, and each call ends after cancel_timeout.
func TestCancelOnADeadNetwork(t *testing.T) {
	big := strings.Repeat("x", 32<<20)
	for name, work := range map[string]func(context.Context, *sql.Conn) error{
		"Exec": func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, "select 1")
			return err
		},
		"sending": func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, "select length($1)", big)
			return err
		},
		"Query": func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.QueryContext(ctx, "select $1::int", 1)
			return err
		},
		"Prepare": func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.PrepareContext(ctx, "select 1")
			return err
		},
		"Begin": func(ctx context.Context, conn *sql.Conn) error { _, err := conn.BeginTx(ctx, nil); return err },
		"Ping":  func(ctx context.Context, conn *sql.Conn) error { return conn.PingContext(ctx) },
		"COPY FROM": func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, "copy nowhere from stdin", strings.NewReader(big))
			return err
		},
		"COPY TO": func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, "copy pg_type to stdout", io.Discard)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			proxy, dsn := startCancelProxy(t, "cancel_timeout", "250ms")
			db, err := sql.Open("pgadapt", dsn)
			require.NoError(t, err)
			defer db.Close()
			conn := session(t, db)
			pid := backendPID(t, conn)
			proxy.paused.Store(true)
			ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer stop()
			start := time.Now()
			require.ErrorIs(t, work(ctx, conn), context.DeadlineExceeded)
			require.Less(t, time.Since(start), 10*time.Second)
			proxy.paused.Store(false)
			_ = conn.Close()
			require.NotEqual(t, pid, backendPID(t, session(t, db)), "the connection is given up")
		})
	}
}

// A statement that is still on its way when the CancelRequest strikes an idle server is cancelled by the next one.
func TestCancelRequestThatOvertakesItsStatement(t *testing.T) {
	proxy, dsn := startCancelProxy(t)
	db, err := sql.Open("pgadapt", dsn)
	require.NoError(t, err)
	defer db.Close()
	conn := session(t, db)
	pid := backendPID(t, conn)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	proxy.paused.Store(true)
	go func() {
		_, err := conn.ExecContext(ctx, waitsForever)
		ended <- err
	}()
	time.Sleep(20 * time.Millisecond)
	cancel()
	require.Eventually(t, func() bool { return proxy.cancels.Load() > 0 }, 10*time.Second, time.Millisecond)
	time.Sleep(20 * time.Millisecond)
	proxy.paused.Store(false)
	err = <-ended
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, pgerr.QueryCanceled)
	require.Equal(t, pid, backendPID(t, conn))
}
