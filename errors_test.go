package pgadapt_test

import (
	"context"
	"database/sql/driver"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// database/sql runs a statement again, on another connection, when the driver says driver.ErrBadConn. A
// statement whose answer was lost may have been executed, so that it must be sent exactly once.
func TestLostAnswerIsNotRetried(t *testing.T) {
	server := startScriptedServer(t, func(_ *pgproto3.Backend, message pgproto3.FrontendMessage) bool {
		_, query := message.(*pgproto3.Query)
		return !query
	})
	db := server.open(t)

	_, err := db.Exec("insert into accounts values (1)")

	require.Error(t, err)
	require.NotErrorIs(t, err, driver.ErrBadConn)
	require.ErrorContains(t, err, "whether the statement took effect is not known")
	require.EqualValues(t, 1, server.messages.Load())
}

func TestLostAnswerOfAPreparedStatementIsNotRetried(t *testing.T) {
	server := startScriptedServer(t, func(backend *pgproto3.Backend, message pgproto3.FrontendMessage) bool {
		switch message.(type) {
		case *pgproto3.Describe:
			backend.Send(&pgproto3.ParseComplete{})
			backend.Send(&pgproto3.ParameterDescription{ParameterOIDs: []uint32{23}})
			backend.Send(&pgproto3.NoData{})
		case *pgproto3.Sync:
			backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		case *pgproto3.Execute:
			return false
		}
		return true
	})
	db := server.open(t)

	_, err := db.Exec("insert into accounts values ($1)", 1)

	require.Error(t, err)
	require.NotErrorIs(t, err, driver.ErrBadConn)
	require.EqualValues(t, 1, server.messages.Load())
}

// Where nothing was sent, the retry is right, and the program never sees the broken connection.
func TestUnsentStatementIsRetried(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	conn := session(t, db)
	require.NoError(t, conn.Raw(func(driverConn any) error {
		return driverConn.(pgadapt.Conn).PgConn().Conn().Close()
	}))
	require.NoError(t, conn.Close())
	requireWorking(t, db)
}

func TestFatalErrorOfTheServerIsReported(t *testing.T) {
	db := open(t)
	conn := session(t, db)
	_, err := conn.ExecContext(t.Context(), "select pg_terminate_backend(pg_backend_pid())")
	var pgErr *pgconn.PgError
	require.ErrorAs(t, err, &pgErr)
	require.Equal(t, "57P01", pgErr.Code)
	require.NoError(t, conn.Close())
	requireWorking(t, db)
}

func TestServerThatDoesNotObeyACancelRequest(t *testing.T) {
	server := startScriptedServer(t, func(_ *pgproto3.Backend, _ pgproto3.FrontendMessage) bool { return true })
	config, err := pgadapt.ParseConfig("postgres://user@" + server.address + "/db?sslmode=disable&cancel_timeout=50ms")
	require.NoError(t, err)
	conn, err := pgadapt.NewConnector(config).Connect(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := make(chan struct{})
	go func() {
		defer close(cancelled)
		for server.messages.Load() == 0 {
		}
		cancel()
	}()

	_, err = conn.(driver.ExecerContext).ExecContext(ctx, "select 1", nil)

	<-cancelled
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, conn.(driver.Validator).IsValid(), "the connection is given up")
	_, err = conn.(driver.ExecerContext).ExecContext(t.Context(), "select 1", nil)
	require.ErrorIs(t, err, driver.ErrBadConn)
	require.ErrorContains(t, err, "the session was lost: ", "the next statement says why")
	require.NotErrorIs(t, err, context.Canceled)
}

func TestErrorsOfConnectKeepTheServersCode(t *testing.T) {
	config, err := pgadapt.ParseConfig(dsnWith(t, "dbname", "there_is_none"))
	require.NoError(t, err)
	_, err = pgadapt.NewConnector(config).Connect(t.Context())
	var pgErr *pgconn.PgError
	require.ErrorAs(t, err, &pgErr)
	require.Equal(t, "3D000", pgErr.Code)
}
