package sqlx_test

import (
	"database/sql"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
)

func TestBindType(t *testing.T) {
	require.Equal(t, sqlx.DOLLAR, sqlx.BindType("pgadapt"))
}

func TestNamedExec(t *testing.T) {
	db := connectWithPeople(t)
	result, err := db.NamedExec("insert into person (name, email) values (:name, :email)",
		person{Name: "Dan", Email: sql.NullString{String: "dan@example.com", Valid: true}})
	require.NoError(t, err)
	affected, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 1, affected)

	_, err = db.NamedExec("update person set email = :email where name = :name",
		map[string]any{"name": "Dan", "email": nil})
	require.NoError(t, err)
	var email sql.NullString
	require.NoError(t, db.Get(&email, "select email from person where name = 'Dan'"))
	require.False(t, email.Valid)
}

// TestNamedExecOfSeveralRows writes one INSERT of all rows.
func TestNamedExecOfSeveralRows(t *testing.T) {
	db := connectWithPeople(t)
	result, err := db.NamedExec("insert into person (name, email) values (:name, :email)", []person{
		{Name: "Dan"}, {Name: "Eve", Email: sql.NullString{String: "eve@example.com", Valid: true}}, {Name: "Finn"},
	})
	require.NoError(t, err)
	affected, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 3, affected)
	var names []string
	require.NoError(t, db.Select(&names, "select name from person where id > 3 order by id"))
	require.Equal(t, []string{"Dan", "Eve", "Finn"}, names)
}

func TestNamedQuery(t *testing.T) {
	db := connectWithPeople(t)
	rows, err := db.NamedQuery("select * from person where name = :name or id = :id order by id", person{ID: 3, Name: "Ada"})
	require.NoError(t, err)
	defer rows.Close()
	var names []string
	for rows.Next() {
		var row person
		require.NoError(t, rows.StructScan(&row))
		names = append(names, row.Name)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []string{"Ada", "Cleo"}, names)
}

// TestNamedQueryWithReturning reads the key that an INSERT has made.
func TestNamedQueryWithReturning(t *testing.T) {
	db := connectWithPeople(t)
	rows, err := db.NamedQuery("insert into person (name) values (:name) returning id", map[string]any{"name": "Dan"})
	require.NoError(t, err)
	defer rows.Close()
	require.True(t, rows.Next())
	var id int
	require.NoError(t, rows.Scan(&id))
	require.Equal(t, 4, id)
}

// TestNamedQueryWithCast writes PostgreSQL's cast with two escaped colons, as sqlx wants them, and in standard SQL.
func TestNamedQueryWithCast(t *testing.T) {
	db := connect(t)
	rows, err := db.NamedQuery("select '1'::::int4 + cast(:number as int4)", map[string]any{"number": "41"})
	require.NoError(t, err)
	defer rows.Close()
	require.True(t, rows.Next())
	var sum int
	require.NoError(t, rows.Scan(&sum))
	require.Equal(t, 42, sum)
}

func TestPrepareNamed(t *testing.T) {
	db := connectWithPeople(t)
	stmt, err := db.PrepareNamed("select * from person where id = :id")
	require.NoError(t, err)
	defer stmt.Close()
	for id, name := range map[int]string{1: "Ada", 3: "Cleo"} {
		var row person
		require.NoError(t, stmt.Get(&row, map[string]any{"id": id}))
		require.Equal(t, name, row.Name)
	}
}

func TestNamedWithIn(t *testing.T) {
	db := connectWithPeople(t)
	query, args, err := sqlx.Named("select name from person where id in (:ids) order by id", map[string]any{"ids": []int{1, 3}})
	require.NoError(t, err)
	query, args, err = sqlx.In(query, args...)
	require.NoError(t, err)
	var names []string
	require.NoError(t, db.Select(&names, db.Rebind(query), args...))
	require.Equal(t, []string{"Ada", "Cleo"}, names)
}
