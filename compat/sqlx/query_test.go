package sqlx_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
)

// person is a row, with the ways to hold what may be NULL.
type person struct {
	ID    int
	Name  string
	Email sql.NullString
	Born  *time.Time
	Tags  pq.StringArray
	Data  *json.RawMessage
}

var born = time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC)

func TestGetIntoStruct(t *testing.T) {
	db := connectWithPeople(t)
	var ada, ben person
	require.NoError(t, db.Get(&ada, "select * from person where name = $1", "Ada"))
	require.Equal(t, 1, ada.ID)
	require.Equal(t, sql.NullString{String: "ada@example.com", Valid: true}, ada.Email)
	require.True(t, born.Equal(*ada.Born))
	require.Equal(t, pq.StringArray{"math", "first one"}, ada.Tags)
	require.JSONEq(t, `{"admin": false}`, string(*ada.Data))

	require.NoError(t, db.Get(&ben, "select * from person where id = $1", 2))
	require.Equal(t, person{ID: 2, Name: "Ben"}, ben)
	require.ErrorIs(t, db.Get(&ben, "select * from person where id = $1", 99), sql.ErrNoRows)
}

func TestGetIntoScalar(t *testing.T) {
	db := connectWithPeople(t)
	var count int
	require.NoError(t, db.Get(&count, "select count(*) from person"))
	require.Equal(t, 3, count)
	var name string
	require.NoError(t, db.Get(&name, "select name from person where id = $1", 3))
	require.Equal(t, "Cleo", name)
	var moment time.Time
	require.NoError(t, db.Get(&moment, "select born from person where id = 1"))
	require.True(t, born.Equal(moment))
	var email *string
	require.NoError(t, db.Get(&email, "select email from person where id = 2"))
	require.Nil(t, email)
}

func TestSelect(t *testing.T) {
	db := connectWithPeople(t)
	var people []person
	require.NoError(t, db.Select(&people, "select * from person where id > $1 order by id", 1))
	require.Len(t, people, 2)
	require.Equal(t, "Cleo", people[1].Name)

	var pointers []*person
	require.NoError(t, db.Select(&pointers, "select * from person order by id desc"))
	require.Equal(t, "Ada", pointers[2].Name)

	var names []string
	require.NoError(t, db.Select(&names, "select name from person order by name"))
	require.Equal(t, []string{"Ada", "Ben", "Cleo"}, names)
	require.NoError(t, db.Select(&names, "select name from person where false"))
	require.Empty(t, names)
}

func TestMissingFieldIsAnError(t *testing.T) {
	db := connectWithPeople(t)
	var small struct{ Name string }
	require.ErrorContains(t, db.Get(&small, "select * from person where id = 1"), "missing destination name id")
	require.NoError(t, db.Unsafe().Get(&small, "select * from person where id = 1"))
	require.Equal(t, "Ada", small.Name)
}

// TestEmbeddedStructs fills nested structs from columns with dots in their names.
func TestEmbeddedStructs(t *testing.T) {
	db := connectWithPeople(t)
	var pair struct {
		Elder   struct{ Name string }
		Younger struct{ Name string }
	}
	require.NoError(t, db.Get(&pair, `select a.name as "elder.name", b.name as "younger.name"
		from person a, person b where a.id = $1 and b.id = $2`, 1, 3))
	require.Equal(t, "Ada", pair.Elder.Name)
	require.Equal(t, "Cleo", pair.Younger.Name)
}

func TestStructScan(t *testing.T) {
	db := connectWithPeople(t)
	rows, err := db.Queryx("select * from person order by id")
	require.NoError(t, err)
	defer rows.Close()
	var names []string
	for rows.Next() {
		var row person
		require.NoError(t, rows.StructScan(&row))
		names = append(names, row.Name)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []string{"Ada", "Ben", "Cleo"}, names)

	var row person
	require.NoError(t, db.QueryRowx("select * from person where id = $1", 3).StructScan(&row))
	require.Equal(t, "Cleo", row.Name)
}

func TestMapScan(t *testing.T) {
	db := connectWithPeople(t)
	row := map[string]any{}
	require.NoError(t, db.QueryRowx("select id, name, email, born, tags, data from person where id = $1", 1).MapScan(row))
	require.Equal(t, int64(1), row["id"])
	require.Equal(t, "Ada", row["name"])
	require.Equal(t, "ada@example.com", row["email"])
	require.Equal(t, `{math,"first one"}`, row["tags"])
	require.Equal(t, []byte(`{"admin": false}`), row["data"])
	require.True(t, born.Equal(row["born"].(time.Time)))

	require.NoError(t, db.QueryRowx("select email from person where id = 2").MapScan(row))
	require.Nil(t, row["email"])
}

func TestSliceScan(t *testing.T) {
	db := connectWithPeople(t)
	rows, err := db.Queryx("select id, name, email from person where id < $1 order by id", 3)
	require.NoError(t, err)
	defer rows.Close()
	var have [][]any
	for rows.Next() {
		row, err := rows.SliceScan()
		require.NoError(t, err)
		have = append(have, row)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, [][]any{{int64(1), "Ada", "ada@example.com"}, {int64(2), "Ben", nil}}, have)
}

func TestInAndRebind(t *testing.T) {
	db := connectWithPeople(t)
	query, args, err := sqlx.In("select name from person where id in (?) and name <> ? order by id", []int{1, 2, 3}, "Ben")
	require.NoError(t, err)
	query = db.Rebind(query)
	require.Equal(t, "select name from person where id in ($1, $2, $3) and name <> $4 order by id", query)
	var names []string
	require.NoError(t, db.Select(&names, query, args...))
	require.Equal(t, []string{"Ada", "Cleo"}, names)
}

func TestPreparex(t *testing.T) {
	db := connectWithPeople(t)
	stmt, err := db.Preparex("select * from person where id = $1")
	require.NoError(t, err)
	defer stmt.Close()
	for id, name := range map[int]string{1: "Ada", 2: "Ben", 3: "Cleo"} {
		var row person
		require.NoError(t, stmt.Get(&row, id))
		require.Equal(t, name, row.Name)
	}
	var rows []person
	require.NoError(t, stmt.Select(&rows, 2))
	require.Len(t, rows, 1)
	require.NoError(t, stmt.QueryRowx(1).StructScan(&rows[0]))
	require.Equal(t, "Ada", rows[0].Name)
}

func TestContextCalls(t *testing.T) {
	db := connectWithPeople(t)
	ctx := t.Context()
	var names []string
	require.NoError(t, db.SelectContext(ctx, &names, "select name from person where id = $1", 1))
	var name string
	require.NoError(t, db.GetContext(ctx, &name, "select name from person where id = $1", 2))
	require.Equal(t, []string{"Ada", "Ben"}, append(names, name))
	conn, err := db.Connx(ctx)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.GetContext(ctx, &name, conn.Rebind("select name from person where id = ?"), 3))
	require.Equal(t, "Cleo", name)
}
