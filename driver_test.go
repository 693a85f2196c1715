package pgadapt_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestDriverIsRegistered(t *testing.T) {
	require.Contains(t, sql.Drivers(), "pgadapt")
}

func TestOpenByName(t *testing.T) {
	db, err := sql.Open("pgadapt", pgtest.DSN(t))
	require.NoError(t, err)
	defer db.Close()

	require.NoError(t, db.PingContext(t.Context()))
	require.IsType(t, pgadapt.Driver{}, db.Driver())
}

func TestOpenReportsABadDSNAtOnce(t *testing.T) {
	_, err := sql.Open("pgadapt", "host=localhost port=many password=canary")

	require.ErrorContains(t, err, "port")
	require.NotContains(t, err.Error(), "canary")
}

func TestDriverOpenConnectsOnce(t *testing.T) {
	conn, err := pgadapt.Driver{}.Open(pgtest.DSN(t))
	require.NoError(t, err)

	require.NoError(t, conn.(driver.Pinger).Ping(t.Context()))
	require.NoError(t, conn.Close())
	require.ErrorIs(t, conn.(driver.Pinger).Ping(t.Context()), driver.ErrBadConn)
}

func TestRawGivesTheSession(t *testing.T) {
	conn := session(t, open(t))
	want := backendPID(t, conn)

	err := conn.Raw(func(driverConn any) error {
		pg := driverConn.(pgadapt.Conn).PgConn()
		require.EqualValues(t, want, pg.PID())
		return nil
	})

	require.NoError(t, err)
}

func ExampleDriver() {
	dsn := pgtest.ExampleDSN()
	db, err := sql.Open("pgadapt", dsn)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()

	var answer int
	err = db.QueryRowContext(context.Background(), "select $1::int * 2", 21).Scan(&answer)
	fmt.Println(answer, err)
	// Output: 42 <nil>
}
