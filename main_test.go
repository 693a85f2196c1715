package pgadapt_test

import (
	"database/sql"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// dsnWith gives the test server's connection string with further parameters: name, value, name, value, …
func dsnWith(t testing.TB, parameters ...string) string {
	t.Helper()
	target, err := url.Parse(pgtest.DSN(t))
	require.NoError(t, err)
	query := target.Query()
	for i := 0; i < len(parameters); i += 2 {
		query.Set(parameters[i], parameters[i+1])
	}
	target.RawQuery = query.Encode()
	return target.String()
}

// open gives a pool on the test server, closed at the end of the test.
func open(t testing.TB, parameters ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open(pgadapt.DriverName, dsnWith(t, parameters...))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// openExample is open for Example functions, which have no testing.TB.
func openExample() *sql.DB {
	db, err := sql.Open(pgadapt.DriverName, pgtest.ExampleDSN())
	if err != nil {
		panic(err)
	}
	return db
}

// openConfig is open for a test that changes the Config.
func openConfig(t testing.TB, change func(*pgadapt.Config)) *sql.DB {
	t.Helper()
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	change(config)
	db := sql.OpenDB(pgadapt.NewConnector(config))
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// session gives one connection of a pool, for tests that need several statements on the same session.
func session(t testing.TB, db *sql.DB) *sql.Conn {
	t.Helper()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

var modes = []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"}

// inEachMode runs a test in every execution mode and looks afterwards whether the pool still works.
func inEachMode(t *testing.T, test func(t *testing.T, db *sql.DB)) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			db := open(t, "default_query_exec_mode", mode)
			test(t, db)
			requireWorking(t, db)
		})
	}
}

// querier is what *sql.DB, *sql.Conn and *sql.Tx have in common for requireWorking.
type querier interface {
	QueryRow(query string, args ...any) *sql.Row
}

func requireWorking(t testing.TB, db querier) {
	t.Helper()
	var sum int
	require.NoError(t, db.QueryRow("select $1::int4 + $2::int4", 19, 23).Scan(&sum))
	require.Equal(t, 42, sum)
}

// backendPID tells sessions apart.
func backendPID(t testing.TB, conn *sql.Conn) (pid int) {
	t.Helper()
	require.NoError(t, conn.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&pid))
	return pid
}
