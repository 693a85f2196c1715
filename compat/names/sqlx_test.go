package names_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/postgres"
)

// TestSqlx opens pgadapt by the names that sqlx knows: no BindDriver is needed.
func TestSqlx(t *testing.T) {
	for _, name := range []string{"postgres", "pgx"} {
		db, err := sqlx.Connect(name, pgtest.DSN(t))
		require.NoError(t, err)
		require.Equal(t, "select $1", db.Rebind("select ?"))
		query, args, err := db.BindNamed("select cast(:a as int4) + :b", map[string]any{"a": 1, "b": 2})
		require.NoError(t, err)
		var sum int
		require.NoError(t, db.Get(&sum, query, args...))
		require.Equal(t, 3, sum)
		require.NoError(t, db.Close())
	}
}
