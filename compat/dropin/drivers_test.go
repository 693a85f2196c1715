package dropin_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// The drivers, as the subtests call them.
const (
	pgadaptDriver = "pgadapt"
	libpqDriver   = "libpq"
	pgxDriver     = "pgx"
)

// registeredNames has the names under which database/sql knows them.
var registeredNames = map[string]string{
	pgadaptDriver: "pgadapt",
	libpqDriver:   "postgres",
	pgxDriver:     "pgx",
}

// sessionZone is the TimeZone of every session. It is neither UTC nor, in most places, time.Local.
const sessionZone = "America/New_York"

// eachDriver runs test once for every driver, on a pool of its own.
func eachDriver(t *testing.T, test func(t *testing.T, db *sql.DB, driver string)) {
	t.Helper()
	for _, driver := range []string{pgadaptDriver, libpqDriver, pgxDriver} {
		t.Run(driver, func(t *testing.T) { test(t, open(t, driver), driver) })
	}
}

// open gives a pool of connections through driver. Each of settings is a keyword followed by its value.
func open(t *testing.T, driver string, settings ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open(registeredNames[driver], connString(t, settings...))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// connString gives the test server's connection string in the keyword/value form, which all drivers read alike.
func connString(t *testing.T, settings ...string) string {
	t.Helper()
	params, err := dsn.Make(pgtest.DSN(t), append([]string{"TimeZone", sessionZone}, settings...)...)
	require.NoError(t, err)
	return params.String()
}

// singleConn gives one connection of db for the whole test: for temporary tables and session settings.
func singleConn(t *testing.T, db *sql.DB) *sql.Conn {
	t.Helper()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// begin gives a transaction that the test's end rolls back.
func begin(t *testing.T, db *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(context.WithoutCancel(t.Context()), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

// execer is what *sql.DB, *sql.Conn and *sql.Tx have in common for statements without rows.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// queryer is what they have in common for queries.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// exec runs statements that have to succeed.
func exec(t *testing.T, db execer, queries ...string) {
	t.Helper()
	for _, query := range queries {
		_, err := db.ExecContext(t.Context(), query)
		require.NoError(t, err, query)
	}
}

// queryValue gives the only column of the only row of a query that has to succeed.
func queryValue[T any](t *testing.T, db queryer, query string, args ...any) T {
	t.Helper()
	var value T
	require.NoError(t, db.QueryRowContext(t.Context(), query, args...).Scan(&value), query)
	return value
}

// queryColumn gives the only column of all rows of a query that has to succeed.
func queryColumn[T any](t *testing.T, db queryer, query string, args ...any) []T {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err, query)
	defer rows.Close()
	var values []T
	for rows.Next() {
		var value T
		require.NoError(t, rows.Scan(&value))
		values = append(values, value)
	}
	require.NoError(t, rows.Err())
	return values
}

// requireUsable says that whatever happened before has left the connection in order.
func requireUsable(t *testing.T, db queryer) {
	t.Helper()
	require.Equal(t, 42, queryValue[int](t, db, "select $1::int4 + 1", 41), "the connection is no longer usable")
}

// eventually waits until condition holds, at most for a generous while.
func eventually(t *testing.T, condition func() bool, message string) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, 5*time.Millisecond, message)
}
