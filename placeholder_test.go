package pgadapt_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// inEachModeAnd runs a test in every execution mode, with one more parameter of the connection string.
func inEachModeAnd(t *testing.T, name, value string, test func(t *testing.T, db *sql.DB)) {
	for _, mode := range modes {
		t.Run(mode+" "+value, func(t *testing.T) {
			test(t, open(t, "default_query_exec_mode", mode, name, value))
		})
	}
}

type styleCase struct {
	name, query string
	args        []any
	want        string
}

var styleCases = map[string][]styleCase{
	"numeric": {
		{"positional", "select $1::text || $2", []any{"a", "b"}, "ab"},
		{"named", "select @a::text || @b || @a", []any{sql.Named("b", 2), sql.Named("a", "x")}, "x2x"},
		{"map", "select @a::text || @b", []any{pgadapt.NamedArgs{"b": "y", "a": "x"}}, "xy"},
		{"operators", "select (array[1, 2] @> array[@a::int])::text || @ -3", []any{sql.Named("a", 1)}, "true3"},
	},
	"pyformat": {
		{"positional", "select %s::text||%s", []any{"a", "b"}, "ab"},
		{"percent", "select 7 %% %s::int || '%%'", []any{4}, "3%"},
		{"named", "select %(a)s::text || %(b)s || %(a)s", []any{sql.Named("b", 2), sql.Named("a", "x")}, "x2x"},
		{"map with more", "select %(a b)s::text", []any{pgadapt.NamedArgs{"a b": "x", "c": nil}}, "x"},
		{"at", "select @a::text", []any{sql.Named("a", "x")}, "x"},
		{"verbatim", "select 7 % 4 || '%s'", nil, "3%s"},
	},
	"qmark": {
		{"positional", "select ?::text || ?", []any{"a", "b"}, "ab"},
		{"operator", `select ('{"a": 1}'::jsonb ?? ?)::text`, []any{"a"}, "true"},
		{"any of", `select ('{"a": 1}'::jsonb ??| ?)::text`, []any{[]string{"a", "b"}}, "true"},
		{"named", "select @a::text || @b", []any{sql.Named("b", 2), sql.Named("a", "x")}, "x2"},
	},
	"named": {
		{"named", "select :a::text || :b || :a", []any{sql.Named("b", 2), sql.Named("a", "x")}, "x2x"},
		{"map with more", "select :a::text", []any{pgadapt.NamedArgs{"a": "x", "c": 1}}, "x"},
		{"verbatim", "select ((array[1, 2, 3])[1:2])::text", nil, "{1,2}"},
	},
}

func TestParamStyles(t *testing.T) {
	for style, cases := range styleCases {
		inEachModeAnd(t, "paramstyle", style, func(t *testing.T, db *sql.DB) {
			for _, test := range cases {
				t.Run(test.name, func(t *testing.T) { requireStyle(t, db, test) })
			}
		})
	}
}

// requireStyle runs a case as Query, Exec and prepared statement, each twice.
func requireStyle(t *testing.T, db *sql.DB, test styleCase) {
	t.Helper()
	statement, err := db.Prepare(test.query)
	require.NoError(t, err)
	defer statement.Close()
	for range 2 {
		var got string
		require.NoError(t, db.QueryRow(test.query, test.args...).Scan(&got))
		require.Equal(t, test.want, got)
		result, err := db.Exec(test.query, test.args...)
		require.NoError(t, err)
		affected, err := result.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 1, affected)
		require.NoError(t, statement.QueryRow(test.args...).Scan(&got))
		require.Equal(t, test.want, got)
		_, err = statement.Exec(test.args...)
		require.NoError(t, err)
	}
}

func TestWithoutArgumentsATextIsSentAsItIs(t *testing.T) {
	inEachModeAnd(t, "paramstyle", "qmark", func(t *testing.T, db *sql.DB) {
		for _, args := range [][]any{nil, {pgadapt.NamedArgs{}}} {
			var has bool
			require.NoError(t, db.QueryRow(`select '{"a": 1}'::jsonb ? 'a'`, args...).Scan(&has))
			require.True(t, has)
		}
	})
}

// sqlx leaves ? as it is for a driver whose name it does not know.
func TestQuestionMarksAsSqlxLeavesThem(t *testing.T) {
	inEachModeAnd(t, "paramstyle", "qmark", func(t *testing.T, db *sql.DB) {
		tx, err := db.Begin()
		require.NoError(t, err)
		_, err = tx.Exec("create temp table person (id int, name text)")
		require.NoError(t, err)
		_, err = tx.Exec("insert into person (id, name) values (?, ?), (?, ?)", 1, "Ann's", 2, nil)
		require.NoError(t, err)
		insert, err := tx.Prepare("insert into person (id, name) values (?, ?)")
		require.NoError(t, err)
		_, err = insert.Exec(3, "?")
		require.NoError(t, err)
		ids := []any{1, 3}
		in := "(?" + strings.Repeat(", ?", len(ids)-1) + ")"
		rows, err := tx.Query("select name from person where id in "+in+" and name <> '?' -- or ?", ids...)
		require.NoError(t, err)
		require.True(t, rows.Next())
		var name string
		require.NoError(t, rows.Scan(&name))
		require.Equal(t, "Ann's", name)
		require.False(t, rows.Next())
		require.NoError(t, rows.Close())
		require.NoError(t, tx.Rollback())
	})
}

func TestPlaceholderErrors(t *testing.T) {
	one, named := []any{1}, []any{sql.Named("a", 1)}
	for _, test := range []struct {
		name, style, query string
		args               []any
		want               string
	}{
		{"mixed arguments", "numeric", "select @a, $1", []any{1, sql.Named("a", 1)}, "mixed"},
		{"number with name", "numeric", "select @a, $1", named, "mixed"},
		{"unused", "numeric", "select 1", named, `"a"`},
		{"same name twice", "numeric", "select @a", []any{named[0], named[0]}, "two arguments"},
		{"number in another style", "qmark", "select $1", one, "mixed"},
		{"too many", "qmark", "select ?", []any{1, 2}, "1 placeholder for 2 arguments"},
		{"too few", "qmark", "select ?, ?", one, "2 placeholders for 1 argument"},
		{"in quotes", "pyformat", "select '%s'", one, "character 9"},
		{"unknown conversion", "pyformat", "select %d", one, "%s"},
		{"missing name", "pyformat", "select %(b)s", named, `"b"`},
		{"missing name", "named", "select :b, :c", named, `"b", "c"`},
		{"named without names", "named", "select :a", one, "mixed"},
		{"map with others", "numeric", "select @a", []any{pgadapt.NamedArgs{"a": 1}, 2}, "pass it alone"},
		{"named map", "numeric", "select @a", []any{sql.Named("a", pgadapt.NamedArgs{"a": 1})}, "pass it alone"},
		{"map in a map", "numeric", "select @a", []any{pgadapt.NamedArgs{"a": pgadapt.NamedArgs{}}}, "cannot be a value"},
		{"map without a name", "numeric", "select @a", []any{pgadapt.NamedArgs{"": 1}}, "without a name"},
		{"output", "numeric", "select @a", []any{pgadapt.NamedArgs{"a": sql.Out{}}}, "sql.Out"},
		{"value that does not fit", "numeric", "select @b::int2, @a::int2", []any{sql.Named("a", 1<<20), sql.Named("b", 1)}, `argument "a"`},
	} {
		t.Run(test.style+" "+test.name, func(t *testing.T) {
			db := open(t, "paramstyle", test.style)
			_, err := db.Exec(test.query, test.args...)
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, "pgadapt: ")
			_, err = db.Query(test.query, test.args...)
			require.ErrorContains(t, err, test.want)
			var answer int
			require.NoError(t, db.QueryRow("select 42").Scan(&answer))
		})
	}
}

func TestPreparedPlaceholdersAreCounted(t *testing.T) {
	db := open(t, "paramstyle", "qmark")
	statement, err := db.Prepare("select ?::int + ?::int")
	require.NoError(t, err)
	defer statement.Close()

	_, err = statement.Exec(1)

	require.ErrorContains(t, err, "expected 2 arguments, got 1")
	_, err = db.Prepare("select ?::int, nosuch")
	require.ErrorContains(t, err, "nosuch")
}

func TestErrorPositionsAreInTheUsersText(t *testing.T) {
	for style, query := range map[string]string{
		"numeric":  "select 'é', $1::text, $2::int, $1,\n nosuch",
		"pyformat": "select 'é', %s::text, %s::int, %s::text, '%%',\n nosuch",
		"qmark":    "select 'é', ?::text, ?::int, ?::text,\n nosuch",
		"named":    "select 'é', :a::text, :long_name::int, :a,\n nosuch",
	} {
		args := []any{"some long value ü", 12345, "b"}
		switch style {
		case "numeric":
			args = args[:2]
		case "named":
			args = []any{sql.Named("a", "some long value ü"), sql.Named("long_name", 1)}
		}
		inEachModeAnd(t, "paramstyle", style, func(t *testing.T, db *sql.DB) {
			_, execErr := db.Exec(query, args...)
			_, queryErr := db.Query(query, args...)
			for _, err := range []error{execErr, queryErr} {
				var told *pgadapt.Error
				require.ErrorAs(t, err, &told)
				excerpt := told.Excerpt(query)
				require.Equal(t, "LINE 2:  nosuch\n         ^", excerpt)
			}
		})
	}
}

// The text that a placeholder stands for is not the user's: the place of an error in it is the placeholder's.
func TestErrorPositionInAPlaceholder(t *testing.T) {
	inEachModeAnd(t, "paramstyle", "qmark", func(t *testing.T, db *sql.DB) {
		_, err := db.Exec("select 'abc', ?::text from ? where true", "x", "y")
		var told *pgadapt.Error
		require.ErrorAs(t, err, &told)
		require.EqualValues(t, 28, told.Position)
	})
}

func TestManyNamesAndTexts(t *testing.T) {
	conn := session(t, open(t))
	for i := range 600 {
		query := fmt.Sprintf("select @a::int + %d", i)
		var got int
		require.NoError(t, conn.QueryRowContext(t.Context(), query, sql.Named("a", 1)).Scan(&got))
		require.Equal(t, i+1, got)
	}
}

// A cached text must not be taken for other names than its own, however they are joined.
func TestNamesWithBlanks(t *testing.T) {
	conn := session(t, open(t, "paramstyle", "pyformat"))
	const query = "select %(a)s::text || %(c)s::text"
	_, err := conn.ExecContext(t.Context(), query, pgadapt.NamedArgs{"a": 1, "a b": 2, "c": 3})
	require.NoError(t, err)

	_, err = conn.ExecContext(t.Context(), query, pgadapt.NamedArgs{"a": 1, "a b c": 2})

	require.ErrorContains(t, err, `"c"`)
}

func TestParamStyleNames(t *testing.T) {
	for name, want := range map[string]pgadapt.ParamStyle{
		"numeric": pgadapt.ParamStyleNumeric, "pyformat": pgadapt.ParamStylePyformat,
		"format": pgadapt.ParamStylePyformat, "qmark": pgadapt.ParamStyleQmark, "named": pgadapt.ParamStyleNamed,
	} {
		config, err := pgadapt.ParseConfig("postgres://db/app?paramstyle=" + name)
		require.NoError(t, err)
		require.Equal(t, want, config.ParamStyle)
		if name != "format" {
			require.Equal(t, name, want.String())
		}
	}
	_, err := pgadapt.ParseConfig("postgres://db/app?paramstyle=dollar")
	require.ErrorContains(t, err, `"dollar" is none of numeric`)
	require.Equal(t, "ParamStyle(9)", pgadapt.ParamStyle(9).String())
}

func ExampleNamedArgs() {
	db := openExample()
	defer db.Close()

	var total int
	err := db.QueryRow("select @price::int * @count::int", pgadapt.NamedArgs{"price": 7, "count": 3}).Scan(&total)
	fmt.Println(total, err)

	err = db.QueryRow("select @price::int * @count::int", sql.Named("price", 7), sql.Named("count", 4)).Scan(&total)
	fmt.Println(total, err)
	// Output:
	// 21 <nil>
	// 28 <nil>
}

func ExampleParamStyle() {
	config, err := pgadapt.ParseConfig(pgtest.ExampleDSN())
	if err != nil {
		fmt.Println(err)
		return
	}
	config.ParamStyle = pgadapt.ParamStylePyformat
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()

	var name string
	err = db.QueryRow("select initcap(%s) || ' %%'", "ann").Scan(&name)
	fmt.Println(name, err)
	// Output: Ann % <nil>
}
