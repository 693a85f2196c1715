package scany_test

import (
	"database/sql"
	"os"
	"testing"
	"time"

	"github.com/georgysavva/scany/v2/sqlscan"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgadapt", pgtest.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

type address struct {
	City string
	Zip  *string
}

type person struct {
	ID      int64
	Name    string
	Email   sql.NullString
	Born    time.Time
	Tags    pq.StringArray
	Data    []byte
	Home    address
	Ignored string `db:"-"`
}

const people = `select * from (values
	(1, 'Ada', 'ada@example.com', date '1815-12-10', array['math'], '{"a": 1}'::jsonb, 'London', 'SW1'),
	(2, 'Ben', null, '1900-01-02', '{}', null, 'Bonn', null)
	) p (id, name, email, born, tags, data, "home.city", "home.zip")`

func TestSelectIntoStructs(t *testing.T) {
	zip := "SW1"
	var have []person
	require.NoError(t, sqlscan.Select(t.Context(), open(t), &have, people+" where id < $1 order by id", 10))
	require.Equal(t, []person{
		{
			ID: 1, Name: "Ada", Email: sql.NullString{String: "ada@example.com", Valid: true}, Born: time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC),
			Tags: pq.StringArray{"math"}, Data: []byte(`{"a": 1}`), Home: address{City: "London", Zip: &zip},
		},
		{ID: 2, Name: "Ben", Born: time.Date(1900, 1, 2, 0, 0, 0, 0, time.UTC), Tags: pq.StringArray{}, Home: address{City: "Bonn"}},
	}, have)
}

func TestGet(t *testing.T) {
	db := open(t)
	var name string
	require.NoError(t, sqlscan.Get(t.Context(), db, &name, "select name from ("+people+") p where id = $1", 2))
	require.Equal(t, "Ben", name)
	var row map[string]any
	require.NoError(t, sqlscan.Get(t.Context(), db, &row, "select 7::int2 as i, 'x' as s, null as n, 1.50::numeric as d"))
	require.Equal(t, map[string]any{"i": int64(7), "s": "x", "n": nil, "d": "1.50"}, row)
	err := sqlscan.Get(t.Context(), db, &name, "select name from ("+people+") p where id = $1", 3)
	require.True(t, sqlscan.NotFound(err))
	require.Error(t, sqlscan.Get(t.Context(), db, &name, "select name from ("+people+") p"), "two rows")
}

// TestRowScanner runs a statement of the same transaction for each row.
func TestRowScanner(t *testing.T) {
	tx, err := open(t).Begin()
	require.NoError(t, err)
	defer tx.Rollback()
	rows, err := tx.QueryContext(t.Context(), people+" order by id")
	require.NoError(t, err)
	defer rows.Close()
	scanner := sqlscan.NewRowScanner(rows)
	var names []string
	for rows.Next() {
		var row person
		require.NoError(t, scanner.Scan(&row))
		var upper string
		require.NoError(t, sqlscan.Get(t.Context(), tx, &upper, "select upper($1)", row.Name))
		names = append(names, upper)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []string{"ADA", "BEN"}, names)
}
