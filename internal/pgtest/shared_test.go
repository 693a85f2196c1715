package pgtest_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestSharedServerHasDatabaseOfThisProcess(t *testing.T) {
	conn, err := pgconn.Connect(t.Context(), pgtest.DSN(t))
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	result := conn.ExecParams(t.Context(), "select current_database(), current_setting('application_name')", nil, nil, nil, nil).Read()
	require.NoError(t, result.Err)
	require.Equal(t, string(result.Rows[0][0]), string(result.Rows[0][1]))
	require.Contains(t, string(result.Rows[0][0]), "pgtest_pgtest_")

	require.Same(t, pgtest.Shared(t), pgtest.Shared(t))
}
