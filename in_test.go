package pgadapt_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

type color string

func TestIn(t *testing.T) {
	pointer := 2
	cases := map[string]struct {
		query string
		list  any
		want  string
	}{
		"integers":          {"select array_agg(i)::text from generate_series(1, 5) i where i in $1", []int{2, 4}, "{2,4}"},
		"one":               {"select array_agg(i)::text from generate_series(1, 5) i where i in $1", []int64{3}, "{3}"},
		"an array":          {"select array_agg(i)::text from generate_series(1, 5) i where i in $1", [2]int{1, 5}, "{1,5}"},
		"pointer to a list": {"select array_agg(i)::text from generate_series(1, 5) i where i in $1", &[]int{1, 5}, "{1,5}"},
		"not in":            {"select array_agg(i)::text from generate_series(1, 5) i where i not in $1", []int{2, 4}, "{1,3,5}"},
		"many":              {"select count(*)::text from generate_series(1, 5000) i where i in $1", make([]int, 3000), "0"},
		"strings":           {"select array_agg(s)::text from unnest('{a,b,c}'::text[]) s where s in $1", []string{"a", "c'"}, "{a}"},
		"a defined type":    {"select array_agg(s)::text from unnest('{a,b,c}'::text[]) s where s in $1", []color{"b"}, "{b}"},
		"byte slices":       {"select ('\\x01'::bytea in $1)::text", [][]byte{{1}, {2}}, "true"},
		"uuids":             {"select ('00000000-0000-0000-0000-000000000000'::uuid in $1)::text", [][16]byte{{}}, "true"},
		"any":               {"select array_agg(i)::text from generate_series(1, 5) i where i in $1", []any{1, &pointer, nil}, "{1,2}"},
		"NULL":              {"select count(*)::text from generate_series(1, 5) i where i not in $1", []any{1, nil}, "0"},
		"Valuers":           {"select (7 in $1)::text", []sql.NullInt64{{Int64: 7, Valid: true}, {}}, "true"},
		"rows":              {"select array_agg(i)::text from generate_series(1, 5) i where (i, i::text) in $1", [][]any{{1, "1"}, {2, "3"}}, "{1}"},
		"rows of arrays":    {"select ((1, 2) in $1)::text", [][2]int{{3, 4}, {1, 2}}, "true"},
		"a row of itself":   {"select ((1, 2) = $1)::text", []int{1, 2}, "true"},
		"nine in a row":     {"select ((1,2,3,4,5,6,7,8,9) = $1)::text", []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, "true"},
		"twice":             {"select (1 in $1 and 2 not in $1)::text", []int{1}, "true"},
		"in upper case":     {"select (1 IN $1 and 2 Not /* at all */ In\n$1)::text", []int{1}, "true"},
		"empty":             {"select (1 in $1)::text", []int{}, "false"},
		"empty, not in":     {"select (1 not in $1)::text", []int{}, "true"},
		"nil":               {"select (1 in $1 or 'a'::text in $1 or now() in $1)::text", []int(nil), "false"},
		"empty and NULL":    {"select (null::int not in $1)::text", []int{}, "true"},
		"empty of rows":     {"select ((1, 2) not in $1)::text", [][]int{}, "true"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				for range 2 {
					var have string
					require.NoError(t, db.QueryRowContext(t.Context(), c.query, pgadapt.In(c.list)).Scan(&have))
					require.Equal(t, c.want, have)
				}
			})
		})
	}
}

func TestInBesideOthersAndInEachStyle(t *testing.T) {
	list := pgadapt.In([]int{2, 3, 4})
	cases := map[string]struct {
		style, query string
		args         []any
	}{
		"numeric":        {"numeric", "select $3::int + count(*) from generate_series(1, 9) i where i in $2 and i > $1", []any{2, list, 40}},
		"at names":       {"numeric", "select @c::int + count(*) from generate_series(1, 9) i where i in @b and i > @a", []any{sql.Named("a", 2), sql.Named("b", list), sql.Named("c", 40)}},
		"NamedArgs":      {"numeric", "select @c::int + count(*) from generate_series(1, 9) i where i in @b and i > @a", []any{pgadapt.NamedArgs{"a": 2, "b": list, "c": 40}}},
		"pyformat":       {"pyformat", "select %s::int + count(*) from generate_series(1, 9) i where i in %s and i > %s", []any{40, list, 2}},
		"pyformat names": {"pyformat", "select %(c)s::int + count(*) from generate_series(1, 9) i where i in %(b)s and i > %(a)s", []any{sql.Named("a", 2), sql.Named("b", list), sql.Named("c", 40)}},
		"qmark":          {"qmark", "select ?::int + count(*) from generate_series(1, 9) i where i in ? and i > ?", []any{40, list, 2}},
		"named":          {"named", "select :c::int + count(*) from generate_series(1, 9) i where i in :b and i > :a", []any{sql.Named("a", 2), sql.Named("b", list), sql.Named("c", 40)}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, mode := range modes {
				db := open(t, "paramstyle", c.style, "default_query_exec_mode", mode)
				var have int
				require.NoError(t, db.QueryRowContext(t.Context(), c.query, c.args...).Scan(&have))
				require.Equal(t, 42, have)
			}
		})
	}
}

func TestInRefused(t *testing.T) {
	db := open(t)
	cases := map[string]struct {
		query string
		args  []any
		want  string
	}{
		"no list":              {"select 1 in $1", []any{pgadapt.In(1)}, "not int"},
		"nothing":              {"select 1 in $1", []any{pgadapt.In(nil)}, "not <nil>"},
		"bytes":                {"select 1 in $1", []any{pgadapt.In([]byte("x"))}, "not []uint8"},
		"empty where no IN is": {"select (1, 2) = $1", []any{pgadapt.In([]int{})}, "after IN and NOT IN only"},
		"uneven rows":          {"select (1, 2) in $1", []any{pgadapt.In([][]int{{1, 2}, {3}})}, "element 2"},
		"mixed":                {"select (1, 2) in $1", []any{pgadapt.In([]any{[]int{1, 2}, 3})}, "mixes"},
		"empty row":            {"select (1, 2) in $1", []any{pgadapt.In([][]int{{}})}, "without values"},
		"too many":             {"select 1 in $1", []any{pgadapt.In(make([]int, 65_536))}, "65536 arguments are more than the 65535"},
		"not used":             {"select 1", []any{pgadapt.In([]int{1})}, "no parameter $1"},
		"too many used":        {"select 1 in $1 and 2 in $2", []any{pgadapt.In([]int{1})}, "$2, but 1 arguments"},
		"inside a slice":       {"select $1::int[]", []any{[]any{pgadapt.In([]int{1})}}, "is no value"},
		"wrong value":          {"select 1 in $1", []any{pgadapt.In([]any{1, "x"})}, "invalid input syntax"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var have bool
			require.ErrorContains(t, db.QueryRowContext(t.Context(), c.query, c.args...).Scan(&have), c.want)
			requireWorking(t, db)
		})
	}
}

func TestInGetsAFewTextsOnly(t *testing.T) {
	conn := session(t, open(t))
	for length := 1; length <= 200; length++ {
		list := make([]int, length)
		for i := range list {
			list[i] = i
		}
		var have int
		require.NoError(t, conn.QueryRowContext(t.Context(),
			"select count(*) from generate_series(0, 999) i where i in $1", pgadapt.In(list)).Scan(&have))
		require.Equal(t, length, have)
	}
	var texts int
	require.NoError(t, conn.QueryRowContext(t.Context(),
		"select count(*) from pg_prepared_statements where statement like '%where i in (%'").Scan(&texts))
	require.LessOrEqual(t, texts, 30)
}

func TestInErrorPointsIntoTheText(t *testing.T) {
	db := open(t)
	const query = "select 1 where 1 in $1 and nosuch = 2"
	_, err := db.QueryContext(t.Context(), query, pgadapt.In([]int{1, 2, 3}))
	require.ErrorIs(t, err, pgerr.UndefinedColumn)
	var told *pgadapt.Error
	require.ErrorAs(t, err, &told)
	require.Equal(t, "LINE 1: "+query+"\n"+fmt.Sprintf("%*s", len("LINE 1: select 1 where 1 in $1 and n"), "^"), told.Excerpt(query))
}
