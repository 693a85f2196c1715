// Package ownschema gives the tests of libraries a schema that nobody else uses.
package ownschema

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// Open gives a pool whose tables are in a new schema, which is dropped after the test.
func Open(t *testing.T, schema string) *sql.DB {
	t.Helper()
	params, err := dsn.Make(pgtest.DSN(t), "search_path", schema)
	require.NoError(t, err)
	db, err := sql.Open(pgadapt.DriverName, params.String())
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("drop schema " + schema + " cascade")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	_, err = db.Exec("create schema " + schema)
	require.NoError(t, err)
	return db
}
