package sqlx_test

import (
	"os"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// connect gives a pool with one connection, for temporary tables.
func connect(t *testing.T) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Connect("pgadapt", pgtest.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1)
	return db
}

// connectWithPeople has a table of three people, one without an email address.
func connectWithPeople(t *testing.T) *sqlx.DB {
	t.Helper()
	db := connect(t)
	db.MustExec(`create temp table person (id serial primary key, name text not null, email text, born date, tags text[], data jsonb)`)
	db.MustExec(`insert into person (name, email, born, tags, data) values ($1, $2, $3, $4, $5), ('Ben', null, null, null, null),
		('Cleo', 'cleo@example.com', '1990-05-06', '{}', '{"admin": true}')`,
		"Ada", "ada@example.com", "1815-12-10", `{math,"first one"}`, `{"admin": false}`)
	return db
}
