package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestStandbyFollows(t *testing.T) {
	t.Parallel()
	primary, standby := pgtest.NewWithStandby(t, pgtest.Options{})

	require.Equal(t, "f", inRecovery(t, primary))
	require.Equal(t, "t", inRecovery(t, standby))
}

func inRecovery(t *testing.T, server *pgtest.Server) string {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), server.DSN())
	require.NoError(t, err)
	defer conn.Close(t.Context())
	results, err := conn.Exec(t.Context(), "select pg_is_in_recovery()").ReadAll()
	require.NoError(t, err)
	return string(results[0].Rows[0][0])
}
