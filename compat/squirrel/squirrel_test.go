package squirrel_test

import (
	"database/sql"
	"os"
	"testing"

	sq "github.com/Masterminds/squirrel"
	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// eachPlaceholder runs test with the placeholders of PostgreSQL, and with squirrel's own, which paramstyle=qmark reads.
func eachPlaceholder(t *testing.T, test func(t *testing.T, db *sql.DB, builder sq.StatementBuilderType)) {
	t.Helper()
	for _, way := range []struct {
		paramstyle string
		format     sq.PlaceholderFormat
	}{{"numeric", sq.Dollar}, {"qmark", sq.Question}} {
		t.Run(way.paramstyle, func(t *testing.T) {
			params, err := dsn.Make(pgtest.DSN(t), "paramstyle", way.paramstyle)
			require.NoError(t, err)
			db, err := sql.Open("pgadapt", params.String())
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			db.SetMaxOpenConns(1) // for the temporary table
			_, err = db.Exec(`create temp table item (id int generated always as identity, name text unique, price numeric, tags text[], data jsonb)`)
			require.NoError(t, err)
			test(t, db, sq.StatementBuilder.PlaceholderFormat(way.format).RunWith(db))
		})
	}
}

func TestInsertSelectUpdateDelete(t *testing.T) {
	eachPlaceholder(t, func(t *testing.T, db *sql.DB, builder sq.StatementBuilderType) {
		var id int
		require.NoError(t, builder.Insert("item").Columns("name", "price", "tags", "data").
			Values("pen", "1.20", `{blue,"two words"}`, `{"stock": 3}`).Suffix("returning id").QueryRow().Scan(&id))
		require.Equal(t, 1, id)
		result, err := builder.Insert("item").Columns("name", "price").
			Values("ink", 3).Values("pad", sq.Expr("? + 0.5", 2)).Exec()
		require.NoError(t, err)
		count, err := result.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 2, count)

		rows, err := builder.Select("name").From("item").Where(sq.And{
			sq.Eq{"name": []string{"pen", "pad", "none"}}, sq.GtOrEq{"price": 1}, sq.NotEq{"id": nil},
		}).OrderBy("name").Query()
		require.NoError(t, err)
		var names []string
		for rows.Next() {
			var name string
			require.NoError(t, rows.Scan(&name))
			names = append(names, name)
		}
		require.NoError(t, rows.Err())
		require.Equal(t, []string{"pad", "pen"}, names)

		_, err = builder.Update("item").SetMap(map[string]any{"price": 9.5, "data": `{"stock": 0}`}).Where(sq.Eq{"id": id}).Exec()
		require.NoError(t, err)
		var stock string
		require.NoError(t, builder.Select("data ->> 'stock'").From("item").
			Where(sq.Expr("? = any(tags)", "two words")).QueryRow().Scan(&stock))
		require.Equal(t, "0", stock)
		_, err = builder.Delete("item").Where(sq.Like{"name": "p%"}).Exec()
		require.NoError(t, err)
		var left int
		require.NoError(t, builder.Select("count(*)").From("item").QueryRow().Scan(&left))
		require.Equal(t, 1, left)
	})
}

// TestJSONOperator writes the operator ? of jsonb twice, as squirrel wants it.
func TestJSONOperator(t *testing.T) {
	eachPlaceholder(t, func(t *testing.T, db *sql.DB, builder sq.StatementBuilderType) {
		_, err := builder.Insert("item").Columns("name", "data").Values("pen", `{"stock": 3}`).Exec()
		require.NoError(t, err)
		var name string
		require.NoError(t, builder.Select("name").From("item").Where("data ?? ?", "stock").QueryRow().Scan(&name))
		require.Equal(t, "pen", name)
	})
}

// TestStatementCache has squirrel prepare each text once.
func TestStatementCache(t *testing.T) {
	eachPlaceholder(t, func(t *testing.T, db *sql.DB, builder sq.StatementBuilderType) {
		cache := sq.NewStmtCache(db)
		defer func() { require.NoError(t, cache.Clear()) }()
		insert := builder.RunWith(cache).Insert("item").Columns("name")
		for _, name := range []string{"a", "b"} {
			_, err := insert.Values(name).Exec()
			require.NoError(t, err)
		}
		_, err := insert.Values("a").Exec()
		require.ErrorIs(t, err, pgerr.UniqueViolation)
	})
}
