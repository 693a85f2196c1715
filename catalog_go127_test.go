//go:build go1.27

package pgadapt_test

import (
	"database/sql"
	"math/big"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

func requireOwn[T any](t *testing.T, conn *sql.Conn, expression string, want T) {
	t.Helper()
	t.Run(expression, func(t *testing.T) {
		var got T
		require.NoError(t, conn.QueryRowContext(t.Context(), "select "+expression).Scan(&got))
		require.Equal(t, want, got)
	})
}

func TestOwnTypesIntoGoTypes(t *testing.T) {
	conn := ownTypes(t, open(t))
	requireOwn(t, conn, "'sad'::mood", mood("sad"))
	requireOwn(t, conn, "'{sad,\"so happy\"}'::mood[]", []mood{"sad", "so happy"})
	requireOwn(t, conn, "'{sad,NULL}'::mood[]", []*string{pointerTo("sad"), nil})
	requireOwn(t, conn, "5::positive", 5)
	requireOwn(t, conn, "'{1,2}'::positive[]", []int{1, 2})
	requireOwn(t, conn, "'{ok}'::moods", []mood{"ok"})
	requireOwn(t, conn, "row('a b', 1)::street", street{Name: "a b", Number: pointerTo(1)})
	requireOwn(t, conn, "row('a b', null)::street", street{Name: "a b"})
	requireOwn(t, conn, "row('a', 1)::street", &street{Name: "a", Number: pointerTo(1)})
	requireOwn(t, conn, "null::street", (*street)(nil))
	requireOwn(t, conn, "null::street", sql.Null[street]{})
	requireOwn(t, conn, "row('a', 1)::street", sql.Null[street]{V: street{Name: "a", Number: pointerTo(1)}, Valid: true})
	requireOwn(t, conn, "row('a', 1)::street", map[string]any{"street_name": "a", "number": int64(1)})
	requireOwn(t, conn, "row('a', null)::street", []any{"a", nil})
	requireOwn(t, conn, "array[row('a', 1)::street, null]", []*street{{Name: "a", Number: pointerTo(1)}, nil})
	requireOwn(t, conn, "'[a,\"b c\")'::text_range", closedOpen("a", "b c"))
	requireOwn(t, conn, "'{[a,b)}'::text_multirange", pgtype.Multirange[pgtype.Range[string]]{closedOpen("a", "b")})
	requireOwn(t, conn, "row('{}', 'ok', null)::address", struct {
		Streets  []street
		Feeling  mood
		PostCode sql.NullString
	}{Streets: []street{}, Feeling: "ok"})

	_, err := conn.ExecContext(t.Context(), "insert into people values ($1, $2)", 1, home)
	require.NoError(t, err)
	requireOwn(t, conn, "home from people", home)
	requireOwn(t, conn, "people from people", struct {
		ID   int
		Home address
	}{1, home})
	requireOwn(t, conn, "row('x', 1)::street", "(x,1)")
	requireOwn[any](t, conn, "row('x', 1)::street", "(x,1)")
}

func TestOwnTypesAreLookedUpWhileRowsAreOpen(t *testing.T) {
	conn := ownTypes(t, open(t))
	rows, err := conn.QueryContext(t.Context(), "select row(repeat('x', i), i)::street, array['ok'::mood] from generate_series(1, 1000) i")
	require.NoError(t, err)
	defer rows.Close()
	count := 0
	for rows.Next() {
		count++
		var got street
		var feelings []mood
		require.NoError(t, rows.Scan(&got, &feelings))
		require.Len(t, got.Name, count)
		require.Equal(t, count, *got.Number)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 1000, count)
}

func TestTypesThatChange(t *testing.T) {
	db := open(t)
	conn := ownTypes(t, db)
	requireOwn(t, conn, "row('a', 1)::street", street{Name: "a", Number: pointerTo(1)})
	_, err := conn.ExecContext(t.Context(), "alter type street add attribute more bool")
	require.NoError(t, err)
	type wider struct {
		street
		Name   string `db:"street_name"`
		Number int
		More   bool
	}
	var got wider
	require.NoError(t, conn.QueryRowContext(t.Context(), "select row('a', 1, true)::street").Scan(&got))
	require.True(t, got.More)
	_, err = conn.ExecContext(t.Context(), "alter type street add attribute most int")
	require.NoError(t, err)
	require.ErrorContains(t, conn.QueryRowContext(t.Context(), "select row('a', 1, true, 4)::street").Scan(&got), "most")
	type widest struct {
		wider
		Most int
	}
	var all []widest
	require.NoError(t, conn.QueryRowContext(t.Context(), "select array[row('a', 1, true, 4)::street]").Scan(&all))
	require.Equal(t, 4, all[0].Most)

	_, err = conn.ExecContext(t.Context(), "alter type street add attribute last text")
	require.NoError(t, err)
	type last struct {
		widest
		Last string
	}
	var text string
	require.NoError(t, conn.QueryRowContext(t.Context(), "select $1::street::text", last{widest: all[0], Last: "x"}).Scan(&text))
	require.Equal(t, "(a,1,t,4,x)", text)

	_, err = conn.ExecContext(t.Context(), "drop type mood cascade; create type mood as enum ('new')")
	require.NoError(t, err)
	requireOwn(t, conn, "'{new}'::mood[]", []mood{"new"})
}

func TestDestinationErrorsNameTheTypes(t *testing.T) {
	conn := ownTypes(t, open(t))
	for _, test := range []struct {
		name, expression string
		destination      any
		says             []string
	}{
		{"NULL element", "'{1,NULL}'::int4[]", new([]int), []string{"element 2", "NULL does not fit int"}},
		{"NULL element in text", "'{01:00:00,NULL}'::interval[]", new([]string), []string{"element 2", "NULL"}},
		{"overflow of an element", "'{300}'::int4[]", new([]int8), []string{"element 1", "300 is out of range for int8"}},
		{"two dimensions", "'{{1}}'::int4[]", new([]int), []string{"2 dimensions", "[]int"}},
		{"one dimension", "'{1}'::int4[]", new([][]int), []string{"1 dimensions", "[][]int"}},
		{"fixed array", "'{1,2}'::int4[]", new([3]int), []string{"2 elements", "[3]int"}},
		{"field unknown to the struct", "row('a', 1)::street", new(struct{ Number int }), []string{"street_name", "own.street"}},
		{"NULL field", "row('a', null)::street", new(struct {
			Name   string `db:"street_name"`
			Number int
		}), []string{`field "number"`, "NULL does not fit int"}},
		{"NULL composite", "null::street", new(street), []string{"NULL does not fit", "street"}},
		{"not JSON", "'[1]'::jsonb", new(map[string]int), []string{"jsonb", "map[string]int"}},
		{"fraction in an int range", "'[1.5,2)'::numrange", new(pgtype.Range[int]), []string{"lower bound", "1.5"}},
		{"long interval", "'300 years'::interval", new(time.Duration), []string{"interval", "more than a time.Duration holds"}},
		{"text into a struct", "'a'::text", new(struct{ A int }), []string{"text", "struct"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := conn.QueryRowContext(t.Context(), "select "+test.expression+" as the_column").Scan(test.destination)
			require.ErrorContains(t, err, "the_column")
			for _, part := range test.says {
				require.ErrorContains(t, err, part)
			}
		})
	}
	var sum int
	require.NoError(t, conn.QueryRowContext(t.Context(), "select 42").Scan(&sum))
}

func TestHstoreIntoMaps(t *testing.T) {
	conn := session(t, open(t))
	if _, err := conn.ExecContext(t.Context(), "create extension if not exists hstore"); err != nil {
		t.Skipf("the server does not have hstore: %v", err)
	}
	requireOwn(t, conn, `'a=>1, b=>"x\"y"'::hstore`, map[string]string{"a": "1", "b": `x"y`})
	requireOwn(t, conn, `'a=>1, b=>NULL'::hstore`, map[string]*string{"a": pointerTo("1"), "b": nil})
	requireOwn(t, conn, `'a=>NULL'::hstore`, map[string]sql.Null[string]{"a": {}})
	requireOwn(t, conn, `'a=>NULL'::hstore`, map[string]any{"a": nil})
	requireOwn(t, conn, `''::hstore`, map[string]string{})
	requireOwn(t, conn, `null::hstore`, map[string]string(nil))
	requireOwn(t, conn, `array['a=>1'::hstore]`, []map[string]string{{"a": "1"}})
}

// The memory that one value was decoded in must not show in the next.
func TestNestedValuesKeepApart(t *testing.T) {
	conn := ownTypes(t, open(t))
	for range 3 {
		var number big.Int
		var homes []address
		require.NoError(t, conn.QueryRowContext(t.Context(), "select 1234567890123456789::int8, array[$1::address, $1]", home).
			Scan(&number, &homes))
		require.Equal(t, "1234567890123456789", number.String())
		require.Equal(t, []address{home, home}, homes)
	}
}
