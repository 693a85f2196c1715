package sqlc_test

import (
	"database/sql"
	_ "embed"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

//go:embed schema.sql
var tables string

// open gives a pool whose tables are those of schema.sql, in a schema of the test's own.
func open(t *testing.T) *sql.DB {
	t.Helper()
	schema := strings.ToLower(t.Name())
	params, err := dsn.Make(pgtest.DSN(t), "search_path", schema)
	require.NoError(t, err)
	db, err := sql.Open("pgadapt", params.String())
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("drop schema " + schema + " cascade")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	_, err = db.Exec("create schema " + schema)
	require.NoError(t, err)
	_, err = db.Exec(tables)
	require.NoError(t, err)
	return db
}
