package adapt_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/adapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// open gives a pool whose connections know the types of a registry, on a database with the types of these tests.
func open(t *testing.T, registry *adapt.Registry) *sql.DB {
	t.Helper()
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	config.Types = registry
	db := sql.OpenDB(pgadapt.NewConnector(config))
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.Exec(ownTypes)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec(`drop schema "App" cascade`)
		require.NoError(t, err)
	})
	return db
}

const ownTypes = `
	drop schema if exists "App" cascade;
	create schema "App";
	create type "App"."Mood" as enum ('sad', 'happy');
	create type "App".place as (city text, zip int);
	create type "App".visit as (place "App".place, mood "App"."Mood");
	create type "App".spell as range (subtype = float8);
	create domain "App".score as int check (value >= 0);`

// scan reads an expression, with the wrapper that Go 1.26 needs.
func scan[T any](t *testing.T, db *sql.DB, expression string, args ...any) T {
	t.Helper()
	var got T
	require.NoError(t, db.QueryRow("select "+expression, args...).Scan(pgadapt.Scan(&got)), expression)
	return got
}

// typeOf gives the type that the server sees in an argument of which the statement says nothing.
func typeOf(t *testing.T, db *sql.DB, argument any) (name string) {
	t.Helper()
	require.NoError(t, db.QueryRow("select pg_typeof($1)::text", argument).Scan(&name))
	return name
}
