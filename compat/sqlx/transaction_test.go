package sqlx_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

func TestTransaction(t *testing.T) {
	db := connectWithPeople(t)
	for _, c := range []struct {
		name string
		end  func(*sqlx.Tx) error
		want int
	}{
		{"Rollback", func(tx *sqlx.Tx) error { return tx.Rollback() }, 3},
		{"Commit", func(tx *sqlx.Tx) error { return tx.Commit() }, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			tx, err := db.Beginx()
			require.NoError(t, err)
			defer tx.Rollback()
			_, err = tx.NamedExec("insert into person (name) values (:name)", person{Name: "Dan"})
			require.NoError(t, err)
			var count int
			require.NoError(t, tx.Get(&count, "select count(*) from person"))
			require.Equal(t, 4, count)
			require.NoError(t, c.end(tx))
			require.NoError(t, db.Get(&count, "select count(*) from person"))
			require.Equal(t, c.want, count)
		})
	}
}

func TestTransactionWithOptions(t *testing.T) {
	db := connect(t)
	tx, err := db.BeginTxx(t.Context(), &sql.TxOptions{Isolation: sql.LevelSerializable, ReadOnly: true})
	require.NoError(t, err)
	defer tx.Rollback()
	var level string
	require.NoError(t, tx.Get(&level, "show transaction_isolation"))
	require.Equal(t, "serializable", level)
}

func TestStatementsInATransaction(t *testing.T) {
	db := connectWithPeople(t)
	tx, err := db.Beginx()
	require.NoError(t, err)
	defer tx.Rollback()
	stmt, err := tx.Preparex("select name from person where id = $1")
	require.NoError(t, err)
	var name string
	require.NoError(t, stmt.Get(&name, 1))
	require.Equal(t, "Ada", name)
	named, err := tx.PrepareNamed("select name from person where id = :id")
	require.NoError(t, err)
	require.NoError(t, named.Get(&name, person{ID: 2}))
	require.Equal(t, "Ben", name)
}

// TestQueriesWhileRowsAreOpen runs statements of a transaction for each row of another.
func TestQueriesWhileRowsAreOpen(t *testing.T) {
	db := connectWithPeople(t)
	tx, err := db.Beginx()
	require.NoError(t, err)
	defer tx.Rollback()
	rows, err := tx.Queryx("select * from person order by id")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var row person
		require.NoError(t, rows.StructScan(&row))
		_, err := tx.NamedExec("update person set name = upper(name) where id = :id", row)
		require.NoError(t, err)
	}
	require.NoError(t, rows.Err())
	var names []string
	require.NoError(t, tx.Select(&names, "select name from person order by id"))
	require.Equal(t, []string{"ADA", "BEN", "CLEO"}, names)
}

func TestErrorsPassThrough(t *testing.T) {
	db := connectWithPeople(t)
	_, err := db.NamedExec("insert into person (id, name) values (:id, :name)", person{ID: 1, Name: "again"})
	var server *pgconn.PgError
	require.True(t, errors.As(err, &server))
	require.Equal(t, "23505", server.Code)
	require.Equal(t, "person_pkey", server.ConstraintName)
}
