package pgtest_test

import (
	"context"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// startOn starts a server from one source and skips the test where the source cannot serve.
func startOn(t *testing.T, source pgtest.Source, settings map[string]string) *pgtest.Server {
	t.Helper()
	server, err := source.Start(t.Context(), pgtest.Options{Settings: settings, Logf: t.Logf})
	if pgtest.IsUnavailable(err) {
		t.Skipf("%s: %v", source.Name, err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

func show(t *testing.T, dsn, setting string) string {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	result := conn.ExecParams(t.Context(), "select current_setting($1)", [][]byte{[]byte(setting)}, nil, nil, nil).Read()
	require.NoError(t, result.Err)
	return string(result.Rows[0][0])
}

func localSources() []pgtest.Source {
	return []pgtest.Source{pgtest.FromBinaries(), pgtest.FromNPM()}
}

func TestServerRunsUntilStop(t *testing.T) {
	for _, source := range localSources() {
		t.Run(source.Name, func(t *testing.T) {
			server := startOn(t, source, map[string]string{"cluster_name": `it's a \ test`})

			require.Equal(t, `it's a \ test`, show(t, server.DSN(), "cluster_name"))
			require.Equal(t, "logical", show(t, server.DSN(), "wal_level"))
			require.Equal(t, "20", show(t, server.DSN(), "max_prepared_transactions"))
			require.Equal(t, "UTF8", show(t, server.DSN(), "server_encoding"))
			require.Contains(t, server.Log(), "ready to accept connections")
			require.NotZero(t, server.Version())

			require.NoError(t, server.Stop())
			require.Contains(t, server.Log(), "database system is shut down")
			_, err := net.Dial("tcp", net.JoinHostPort(server.Host(), server.Port()))
			require.Error(t, err, "the port is closed")
			require.NoDirExists(t, server.SocketDir())
			require.NoError(t, server.Stop(), "a second Stop")
		})
	}
}

func TestServerListensOnUnixSocket(t *testing.T) {
	server := pgtest.New(t, pgtest.Options{Sources: localSources()})
	if server.SocketDir() == "" {
		t.Skip("no Unix socket here")
	}
	dsn := "host=" + server.SocketDir() + " port=" + server.Port() + " user=postgres dbname=postgres"
	require.Equal(t, "on", show(t, dsn, "is_superuser"))
}

func TestFailedStartShowsServerLog(t *testing.T) {
	_, err := pgtest.Start(t.Context(), pgtest.Options{
		Settings: map[string]string{"max_connections": "many"},
		Sources:  localSources(),
	})
	if pgtest.IsUnavailable(err) {
		t.Skip(err)
	}
	require.ErrorContains(t, err, `invalid value for parameter "max_connections": "many"`)
}

// ownServer starts a server that a test may end or restart.
func ownServer(t *testing.T) *pgtest.Server {
	return pgtest.New(t, pgtest.Options{Sources: localSources()})
}

func TestCrash(t *testing.T) {
	server := ownServer(t)
	conn, err := pgconn.Connect(t.Context(), server.DSN())
	require.NoError(t, err)
	defer conn.Close(t.Context())

	require.NoError(t, server.Crash())

	require.Error(t, conn.Ping(t.Context()))
	_, err = net.Dial("tcp", net.JoinHostPort(server.Host(), server.Port()))
	require.Error(t, err, "the port is closed")
	require.NoError(t, server.Stop(), "there is nothing left to stop")
}

func TestRestart(t *testing.T) {
	server := ownServer(t)
	conn, err := pgconn.Connect(t.Context(), server.DSN())
	require.NoError(t, err)
	defer conn.Close(t.Context())

	require.NoError(t, server.Restart(t.Context()))

	require.Error(t, conn.Ping(t.Context()))
	require.Equal(t, server.Port(), show(t, server.DSN(), "port"))
}
