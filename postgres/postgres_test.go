package postgres_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/postgres"
	_ "github.com/pgadapt/pgadapt/postgres/pgx"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestNames(t *testing.T) {
	require.Subset(t, sql.Drivers(), []string{"pgadapt", "pgx", "postgres"})
	for _, name := range []string{"pgadapt", "pgx", "postgres"} {
		t.Run(name, func(t *testing.T) {
			db, err := sql.Open(name, pgtest.DSN(t))
			require.NoError(t, err)
			defer db.Close()
			require.IsType(t, pgadapt.Driver{}, db.Driver())
			var sum int
			require.NoError(t, db.QueryRow("select $1::int4 + 1", 41).Scan(&sum))
			require.Equal(t, 42, sum)
		})
	}
}

// TestConnectionStrings opens with what programs have in their configuration for the other two drivers.
func TestConnectionStrings(t *testing.T) {
	for _, test := range []struct {
		name, driver string
		settings     []string
	}{
		{"lib/pq's own settings", "postgres", []string{"binary_parameters", "yes", "fallback_application_name", "billing",
			"connect_timeout", "10", "sslmode", "disable", "search_path", "pg_catalog"}},
		{"pgx's own settings", "pgx", []string{"default_query_exec_mode", "exec", "statement_cache_capacity", "100",
			"description_cache_capacity", "100", "sslmode", "disable", "search_path", "pg_catalog"}},
	} {
		params, err := dsn.Make(pgtest.DSN(t), test.settings...)
		require.NoError(t, err)
		for form, connString := range map[string]string{"keywords": params.String(), "URI": params.URL()} {
			t.Run(test.name+" as "+form, func(t *testing.T) {
				db, err := sql.Open(test.driver, connString)
				require.NoError(t, err)
				defer db.Close()
				var path string
				require.NoError(t, db.QueryRow("show search_path").Scan(&path))
				require.Equal(t, "pg_catalog", path)
			})
		}
	}
}
