package pgadapt_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

// firstUses are the ways in which a program can meet a connection of the pool that has died since.
var firstUses = map[string]func(db *sql.DB) error{
	"Query": func(db *sql.DB) error {
		var got int
		return db.QueryRow("select $1::int", 1).Scan(&got)
	},
	"Query without arguments": func(db *sql.DB) error {
		var got int
		return db.QueryRow("select 1").Scan(&got)
	},
	"Exec": func(db *sql.DB) error {
		_, err := db.Exec("select $1::int", 1)
		return err
	},
	"Exec without arguments": func(db *sql.DB) error {
		_, err := db.Exec("select 1")
		return err
	},
	"Begin": func(db *sql.DB) error {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		return tx.Commit()
	},
	"Prepare": func(db *sql.DB) error {
		prepared, err := db.Prepare("select $1::text")
		if err != nil {
			return err
		}
		return prepared.Close()
	},
	"Ping": (*sql.DB).Ping,
	"Conn": func(db *sql.DB) error {
		conn, err := db.Conn(context.Background())
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = conn.ExecContext(context.Background(), "select 1")
		return err
	},
}

// startServerWithTLS starts a server that a test may restart, and gives connection strings with and without TLS.
func startServerWithTLS(t *testing.T) (server *pgtest.Server, dsns map[string]string) {
	t.Helper()
	ours := newAuthority(t)
	certificate, key := ours.issue(t, "127.0.0.1")
	server = pgtest.New(t, pgtest.Options{Settings: map[string]string{
		"ssl":           "on",
		"ssl_cert_file": pgtest.ServerFile(t, "server.crt", certificate),
		"ssl_key_file":  pgtest.ServerFile(t, "server.key", key),
	}})
	base := "host=127.0.0.1 user=postgres dbname=postgres port=" + server.Port()
	return server, map[string]string{"TLS": base + " sslmode=require", "plain": base + " sslmode=disable"}
}

// A connection that has died while it was idle is replaced before anything is sent on it: the program sees nothing.
func TestConnectionThatDiedWhileIdleIsReplaced(t *testing.T) {
	server, dsns := startServerWithTLS(t)
	for death, kill := range map[string]func(t *testing.T){
		"backend killed": func(t *testing.T) {
			admin := openOn(t, server.DSN())
			_, err := admin.Exec("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'idle'")
			require.NoError(t, err)
			require.Eventually(t, func() bool {
				var left int
				err := admin.QueryRow("select count(*) from pg_stat_activity where application_name = 'idle'").Scan(&left)
				return err == nil && left == 0
			}, 10*time.Second, time.Millisecond)
		},
		"server restarted": func(t *testing.T) { require.NoError(t, server.Restart(t.Context())) },
	} {
		for security, dsn := range dsns {
			t.Run(death+", "+security, func(t *testing.T) {
				pools := map[string]*sql.DB{}
				for use := range firstUses {
					pools[use] = openOn(t, dsn+" application_name=idle")
					fillPool(t, pools[use], 4)
				}
				kill(t)
				for use, first := range firstUses {
					for range 5 {
						require.NoError(t, first(pools[use]), use)
					}
				}
			})
		}
	}
}

// A prepared statement finds its way to the new connection.
func TestStmtOutlivesItsConnection(t *testing.T) {
	server, dsns := startServerWithTLS(t)
	for security, dsn := range dsns {
		t.Run(security, func(t *testing.T) {
			db := openOn(t, dsn)
			prepared, err := db.Prepare("select $1::int + 1")
			require.NoError(t, err)
			defer prepared.Close()
			for range 3 {
				var got int
				require.NoError(t, prepared.QueryRow(41).Scan(&got))
				require.Equal(t, 42, got)
				require.NoError(t, server.Restart(t.Context()))
			}
		})
	}
}

// A statement that was sent is never sent again: a sequence, which no rollback takes back, counts the executions.
func TestStatementKilledInFlightRunsOnce(t *testing.T) {
	server, dsns := startServerWithTLS(t)
	admin := openOn(t, server.DSN())
	_, err := admin.Exec("create sequence executions")
	require.NoError(t, err)
	const counting = "select nextval('executions'), pg_sleep(60)"
	for security, dsn := range dsns {
		for name, run := range map[string]func(db *sql.DB) error{
			"Exec without arguments": func(db *sql.DB) error { _, err := db.Exec(counting); return err },
			"Exec":                   func(db *sql.DB) error { _, err := db.Exec(counting+" where $1", true); return err },
			"Query":                  func(db *sql.DB) error { return db.QueryRow(counting+" where $1", true).Scan(new(int), new(string)) },
		} {
			t.Run(name+", "+security, func(t *testing.T) {
				db := openOn(t, dsn+" application_name=flying")
				var before, after int
				require.NoError(t, admin.QueryRow("select nextval('executions')").Scan(&before))
				done := make(chan error)
				go func() { done <- run(db) }()
				require.Eventually(t, func() bool {
					var killed int
					require.NoError(t, admin.QueryRow("select count(pg_terminate_backend(pid)) from pg_stat_activity "+
						"where application_name = 'flying' and wait_event = 'PgSleep'").Scan(&killed))
					return killed == 1
				}, 10*time.Second, 5*time.Millisecond)

				require.ErrorIs(t, <-done, pgerr.AdminShutdown)

				require.NoError(t, admin.QueryRow("select nextval('executions')").Scan(&after))
				require.Equal(t, before+2, after, "one execution, and the one that asks")
				requireWorking(t, db)
			})
		}
	}
}

// What has arrived on an idle connection need not be its end.
func TestNotificationKeepsTheIdleConnection(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	conn := session(t, db)
	before := backendPID(t, conn)
	_, err := conn.ExecContext(t.Context(), "listen idle_connections")
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	for range 3 {
		_, err = open(t).Exec("notify idle_connections")
		require.NoError(t, err)
		time.Sleep(10 * time.Millisecond)
		conn = session(t, db)
		require.Equal(t, before, backendPID(t, conn))
		require.NoError(t, conn.Close())
	}
	_, err = db.Exec("unlisten *")
	require.NoError(t, err)
}
