package pgadapt_test

import (
	"database/sql"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

type (
	mood   string
	street struct {
		Name   string `db:"street_name"`
		Number *int
	}
	address struct {
		Streets  []street
		Feeling  mood
		PostCode string
	}
)

// ownTypes makes the types of these tests in a schema of their own, and gives a session that finds them.
func ownTypes(t *testing.T, db *sql.DB) *sql.Conn {
	t.Helper()
	conn := session(t, db)
	_, err := conn.ExecContext(t.Context(), `
		drop schema if exists own cascade;
		create schema own;
		set search_path = own, public;
		create type mood as enum ('sad', 'ok', 'so happy');
		create domain positive as int check (value > 0);
		create domain moods as mood[];
		create type gone as (a int);
		create type street as (dropped gone, street_name text, number positive);
		alter type street drop attribute dropped;
		create type address as (streets street[], feeling mood, post_code text);
		create type text_range as range (subtype = text);
		create table people (id int, home address);`)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("drop schema if exists own cascade")
		require.NoError(t, err)
	})
	return conn
}

var home = address{
	Streets:  []street{{Name: `Main "St", (a\b)`, Number: pointerTo(5)}, {Name: "", Number: nil}},
	Feeling:  "so happy",
	PostCode: "X 1",
}

func TestOwnTypesAsParameters(t *testing.T) {
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec"} {
		conn := ownTypes(t, open(t, "default_query_exec_mode", mode))
		for _, test := range []struct {
			name, typeName string
			argument       any
			want           string
		}{
			{"enum", "mood", mood("sad"), "sad"},
			{"enum array", "mood[]", []mood{"sad", "so happy"}, `{sad,"so happy"}`},
			{"enum array of strings", "mood[]", []string{"ok"}, "{ok}"},
			{"domain", "positive", 5, "5"},
			{"domain over an array", "moods", []mood{"ok"}, "{ok}"},
			{"domain array", "positive[]", []int{1, 2}, "{1,2}"},
			{"composite", "street", street{Name: "a b", Number: pointerTo(1)}, `("a b",1)`},
			{"pointer to a composite", "street", &street{Name: "x"}, "(x,)"},
			{"composite of a map", "street", map[string]any{"street_name": "x", "number": 2}, "(x,2)"},
			{"composite in order", "street", []any{"x", nil}, "(x,)"},
			{"nested composite", "address", home, `("{""(\\""Main \\""\\""St\\""\\"", (a\\\\\\\\b)\\"",5)"",""(\\""\\"",)""}","so happy","X 1")`},
			{"own range", "text_range", closedOpen("a", "b c"), `[a,"b c")`},
		} {
			t.Run(mode+"/"+test.name, func(t *testing.T) {
				var got string
				require.NoError(t, conn.QueryRowContext(t.Context(),
					"select $1::"+test.typeName+"::text", test.argument).Scan(&got))
				require.Equal(t, test.want, got)
			})
		}
		_, err := conn.ExecContext(t.Context(), "insert into people values ($1, $2)", 1, home)
		require.NoError(t, err)
		var feeling string
		require.NoError(t, conn.QueryRowContext(t.Context(), "select (home).feeling from people").Scan(&feeling))
		require.Equal(t, "so happy", feeling)
	}
}

func TestOwnTypesThatDoNotFit(t *testing.T) {
	conn := ownTypes(t, open(t))
	for _, test := range []struct {
		name, typeName string
		argument       any
		says           string
	}{
		{"missing field", "street", struct{ Number int }{1}, `no field for "street_name" of own.street`},
		{"field too many", "street", struct {
			Name   string `db:"street_name"`
			Number int
			More   bool
		}{}, "has more fields than own.street"},
		{"unknown key", "street", map[string]any{"streat": 1}, `no field "streat"`},
		{"too few in order", "street", []any{1}, "1 values for the 2 fields"},
		{"slice for an enum", "mood", []int{1}, "own.mood"},
		{"ragged", "int[]", [][]int{{1, 2}, {3}}, "rectangular"},
		{"bound without a type", "int4range", pgtype.Range[int]{Valid: true}, "pgtype.BoundType"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got string
			err := conn.QueryRowContext(t.Context(), "select $1::"+test.typeName+"::text", test.argument).Scan(&got)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "$1")
		})
	}
}

func TestExtensionTypesAsParameters(t *testing.T) {
	db := open(t)
	for _, test := range []struct {
		extension string
		argument  any
		want      string
	}{
		{"hstore", map[string]string{`a "b"`: `\`}, `"a \"b\""=>"\\"`},
		{"hstore", map[string]*string{"a": nil}, `"a"=>NULL`},
		{"hstore", map[string]sql.Null[string]{"a": {V: "x", Valid: true}}, `"a"=>"x"`},
		{"hstore", map[string]string{}, ""},
		{"citext", "Abc", "Abc"},
		{"ltree", "a.b", "a.b"},
		{"cube", "(1, 2)", "(1, 2)"},
	} {
		t.Run(test.extension, func(t *testing.T) {
			if _, err := db.Exec("create extension if not exists " + test.extension); err != nil {
				t.Skipf("the server does not have the extension: %v", err)
			}
			var got string
			require.NoError(t, db.QueryRow("select $1::"+test.extension+"::text", test.argument).Scan(&got))
			require.Equal(t, test.want, got)
		})
	}
}
