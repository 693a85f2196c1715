package sqlc_test

import (
	"database/sql"
	_ "embed"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compat/internal/ownschema"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

//go:embed schema.sql
var tables string

// open gives a pool whose tables are those of schema.sql, in a schema of the test's own.
func open(t *testing.T) *sql.DB {
	t.Helper()
	db := ownschema.Open(t, strings.ToLower(t.Name()))
	_, err := db.Exec(tables)
	require.NoError(t, err)
	return db
}
