package pgadapt_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// However much of a session the program has seen, the server is told that it ends, lest it count it as abandoned.
func TestClosingSaysGoodbye(t *testing.T) {
	for name, use := range map[string]func(t *testing.T, conn *sql.Conn){
		"unused":    func(*testing.T, *sql.Conn) {},
		"after use": func(t *testing.T, conn *sql.Conn) { require.NoError(t, conn.PingContext(t.Context())) },
		"lent":      func(t *testing.T, conn *sql.Conn) { pgConnOf(t, conn) },
	} {
		t.Run(name, func(t *testing.T) {
			goodbyes := make(chan struct{}, 1)
			server := startScriptedServer(t, func(backend *pgproto3.Backend, message pgproto3.FrontendMessage) bool {
				if _, ends := message.(*pgproto3.Terminate); ends {
					goodbyes <- struct{}{}
					return false
				}
				backend.Send(&pgproto3.EmptyQueryResponse{})
				backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
				return true
			})
			db := server.open(t)
			conn := session(t, db)
			use(t, conn)
			require.NoError(t, conn.Close())

			require.NoError(t, db.Close())

			waitFor(t, goodbyes, "Terminate")
		})
	}
}

// A program that has had hold of a session may wait for its end.
func TestEndOfALentSession(t *testing.T) {
	for name, lend := range map[string]func(t *testing.T, config *pgadapt.Config, lent func(*pgconn.PgConn)) func(*sql.Conn){
		"by Raw": func(t *testing.T, _ *pgadapt.Config, lent func(*pgconn.PgConn)) func(*sql.Conn) {
			return func(conn *sql.Conn) { lent(pgConnOf(t, conn)) }
		},
		"to AfterConnect": func(_ *testing.T, config *pgadapt.Config, lent func(*pgconn.PgConn)) func(*sql.Conn) {
			config.AfterConnect = func(_ context.Context, pg *pgconn.PgConn) error {
				lent(pg)
				return nil
			}
			return func(*sql.Conn) {}
		},
		"to BeforeConnect's AfterConnect": func(_ *testing.T, config *pgadapt.Config, lent func(*pgconn.PgConn)) func(*sql.Conn) {
			config.BeforeConnect = func(_ context.Context, settings *pgconn.Config) error {
				settings.AfterConnect = func(_ context.Context, pg *pgconn.PgConn) error {
					lent(pg)
					return nil
				}
				return nil
			}
			return func(*sql.Conn) {}
		},
		"to OnNotice": func(t *testing.T, config *pgadapt.Config, lent func(*pgconn.PgConn)) func(*sql.Conn) {
			config.OnNotice = func(pg *pgconn.PgConn, _ *pgconn.Notice) { lent(pg) }
			return func(conn *sql.Conn) {
				_, err := conn.ExecContext(t.Context(), "do $$ begin raise notice 'here'; end $$")
				require.NoError(t, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := pgadapt.ParseConfig(dsnWith(t))
			require.NoError(t, err)
			var pg *pgconn.PgConn
			use := lend(t, config, func(lent *pgconn.PgConn) { pg = lent })
			db := sql.OpenDB(pgadapt.NewConnector(config))
			t.Cleanup(func() { _ = db.Close() })
			conn := session(t, db)
			use(conn)
			require.NoError(t, conn.Close())

			require.NoError(t, db.Close())

			require.NotNil(t, pg)
			require.True(t, pg.IsClosed())
			waitFor(t, pg.CleanupDone(), "CleanupDone")
		})
	}
}

func pgConnOf(t *testing.T, conn *sql.Conn) (pg *pgconn.PgConn) {
	t.Helper()
	require.NoError(t, conn.Raw(func(driverConn any) error {
		pg = driverConn.(pgadapt.Conn).PgConn()
		return nil
	}))
	return pg
}

func waitFor(t *testing.T, event <-chan struct{}, name string) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(30 * time.Second):
		require.Fail(t, "never came: "+name)
	}
}
