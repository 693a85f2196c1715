package pgadapt_test

import (
	"database/sql"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr"
)

// untypedQueries are those that psycopg2 runs, since it sends literals, and that plain binding refuses.
var untypedQueries = []struct {
	name, query string
	arguments   []any
	want        string
}{
	{"concat of an int and a string", "select concat($1, $2)", []any{1, "a"}, "1a"},
	{"concat of strings", "select concat($1, $2, $3)", []any{"a", "b", "c"}, "abc"},
	{"concat of NULLs", "select concat($1, $2) || 'x'", []any{nil, nil}, "x"},
	{"format", "select format('%s-%s', $1, $2)", []any{true, 1.5}, "t-1.5"},
	{"jsonb_build_object", "select jsonb_build_object($1, $2)", []any{"a", 1}, `{"a": 1}`},
	{"jsonb_build_object with JSON", "select jsonb_build_object('a', $1)", []any{json.RawMessage(`[1]`)}, `{"a": [1]}`},
	{"json_build_array", "select json_build_array($1, $2)", []any{"a", false}, `["a", false]`},
	{"is null", "select ($1 is null)::text", []any{nil}, "true"},
	{"is null of an int", "select ($1 is null)::text", []any{5}, "false"},
	{"without a type in one of two places", "select $1::text where $1 is not null", []any{"a"}, "a"},
	{"a number, without a type", "select $1 where $1 is not null", []any{5}, "5"},
	{"a string, without a type", "select $1 where $1 is not null", []any{"a"}, "a"},
	{"pg_typeof", "select pg_typeof($1)::text", []any{5}, "integer"},
	{"pg_typeof of a large int", "select pg_typeof($1)::text", []any{int64(5_000_000_000)}, "bigint"},
	{"pg_typeof of the largest", "select pg_typeof($1)::text", []any{uint64(math.MaxUint64)}, "numeric"},
	{"pg_typeof of a float", "select pg_typeof($1)::text", []any{1.5}, "numeric"},
	{"pg_typeof of NaN", "select pg_typeof($1)::text", []any{math.NaN()}, "double precision"},
	{"pg_typeof of a string", "select pg_typeof($1)::text", []any{"x"}, "text"},
	{"pg_typeof of bytes", "select pg_typeof($1)::text", []any{[]byte{1}}, "bytea"},
	{"pg_typeof of a time", "select pg_typeof($1)::text", []any{time.Now()}, "timestamp with time zone"},
	{"pg_typeof of a duration", "select pg_typeof($1)::text", []any{time.Second}, "interval"},
	{"pg_typeof of a uuid", "select pg_typeof($1)::text", []any{[16]byte{}}, "uuid"},
	{"row", "select ($1, $2)::text", []any{1, "a"}, "(1,a)"},
	{"to_json", "select to_json($1)", []any{"a"}, `"a"`},
	{"plus", "select ($1 + $2)::text", []any{1, 2}, "3"},
	{"minus", "select (-$1)::text", []any{-10}, "10"},
	{"now minus a duration", "select ('2024-01-02 00:00+00'::timestamptz - $1 = '2024-01-01 23:00+00'::timestamptz)::text", []any{time.Hour}, "true"},
	{"timestamp plus a duration", "select ('2024-01-02'::timestamp + $1)::text", []any{time.Hour}, "2024-01-02 01:00:00"},
	{"date minus an int", "select (date '2024-01-02' - $1)::text", []any{1}, "2024-01-01"},
	{"date plus an int", "select (date '2024-01-02' + $1)::text", []any{1}, "2024-01-03"},
	{"interval plus a time", "select (interval '1 day' + $1 = '2024-01-02 00:00+00'::timestamptz)::text",
		[]any{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, "true"},
	{"half of an int", "select (3 / $1)::text", []any{1.5}, "2.0000000000000000"},
	{"int and fraction", "select (5 > $1)::text", []any{4.5}, "true"},
	{"int4 and large", "select (5 = $1)::text", []any{int64(5_000_000_000)}, "false"},
	{"element of an array", "select '[\"a\", \"b\"]'::jsonb ->> $1", []any{1}, "b"},
	{"key of an object", "select '{\"1\": \"x\"}'::jsonb ->> $1", []any{"1"}, "x"},
	{"substring by position", "select substring('abc', $1)", []any{2}, "bc"},
	{"text equals a number", "select ('5'::text = $1)::text", []any{5}, "true"},
	{"round of a float", "select round($1, $2)::text", []any{2.567, 2}, "2.57"},
	{"left", "select left($1, $2)", []any{"abc", 2}, "ab"},
	{"a date that stays one", "select concat($1) || (date '2024-01-01' = $2)::text", []any{"x", "2024-01-01"}, "xtrue"},
	{"array", "select pg_typeof($1)::text", []any{[]int{1, 2}}, "integer[]"},
	{"a list of values that is joined", "select c.relname::text from (values ($1, $2)) v (id, x) join pg_class c on c.oid = v.id", []any{1259, "x"}, "pg_class"},
	{"two rows of values that are joined", "select string_agg(x || g, ',') from (values ($1, $2), ($3, $4)) v (id, x) join generate_series(1, 2) g on g = v.id",
		[]any{1, "a", 2, "b"}, "a1,b2"},
	{"array of strings", "select array_to_string(array_append($1, 'c'), '')", []any{[]string{"a", "b"}}, "abc"},
}

func TestParametersThatTheServerDoesNotType(t *testing.T) {
	for _, test := range untypedQueries {
		t.Run(test.name, func(t *testing.T) {
			for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec"} {
				conn := session(t, open(t, "default_query_exec_mode", mode))
				for range 3 {
					var got string
					require.NoError(t, conn.QueryRowContext(t.Context(), test.query, test.arguments...).Scan(&got), mode)
					require.Equal(t, test.want, got, mode)
				}
			}
		})
	}
}

func TestUntypedParametersInATransaction(t *testing.T) {
	for _, test := range untypedQueries {
		t.Run(test.name, func(t *testing.T) {
			db := open(t)
			tx, err := db.Begin()
			require.NoError(t, err)
			var got string
			if err := tx.QueryRow(test.query, test.arguments...).Scan(&got); err == nil {
				requireWorking(t, tx)
			} else {
				require.ErrorContains(t, err, "as in $1::text")
				require.Regexp(t, "42P08|42P18|42804|42725|42883", err.Error())
			}
			require.NoError(t, tx.Rollback())

			tx, err = db.Begin()
			require.NoError(t, err)
			require.NoError(t, tx.QueryRow(test.query, test.arguments...).Scan(&got))
			require.Equal(t, test.want, got)
			requireWorking(t, tx)
			require.NoError(t, tx.Commit())
		})
	}
}

// What one connection has learnt, the others know.
func TestUntypedTextsAreKnownToTheConnector(t *testing.T) {
	db := open(t)
	first, second := session(t, db), session(t, db)
	var got string
	require.NoError(t, first.QueryRowContext(t.Context(), "select concat($1, $2)", "a", 1).Scan(&got))
	tx, err := second.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, tx.QueryRow("select concat($1, $2)", "b", 2).Scan(&got))
	require.Equal(t, "b2", got)
	require.NoError(t, tx.Rollback())
}

// The number of prepared statements says how many more Parses there were.
func TestUntypedStatementsAreParsedOnce(t *testing.T) {
	conn := session(t, open(t))
	for _, query := range []string{"select concat($1)", "select now() - $1"} {
		argument := any(time.Second)
		for range 5 {
			rows, err := conn.QueryContext(t.Context(), query, argument)
			require.NoError(t, err)
			require.NoError(t, rows.Close())
		}
		var statements, calls int
		require.NoError(t, conn.QueryRowContext(t.Context(), `select count(*), sum(generic_plans + custom_plans)
			from pg_prepared_statements where statement = '`+query+`' and parameter_types = '{interval}'`).
			Scan(&statements, &calls))
		require.Equal(t, 1, statements, query)
		require.Equal(t, 5, calls, query)
	}
}

func TestOneTextWithArgumentsOfManyTypes(t *testing.T) {
	conn := session(t, open(t))
	for range 3 {
		for i := range 40 {
			var got string
			arguments := []any{1, "x", nil, 1.5, true, int64(5_000_000_000), []byte("y"), time.Second}
			one, two := arguments[i%8], arguments[i/8%8]
			require.NoError(t, conn.QueryRowContext(t.Context(), "select concat($1, $2)", one, two).Scan(&got))
		}
	}
	var kept int
	require.NoError(t, conn.QueryRowContext(t.Context(),
		"select count(*) from pg_prepared_statements where statement like 'select concat%'").Scan(&kept))
	require.LessOrEqual(t, kept, 17)
}

func TestPreparedUntypedStatement(t *testing.T) {
	for _, parameters := range [][]string{nil, {"statement_cache_capacity", "0"}} {
		db := open(t, parameters...)
		statement, err := db.Prepare("select concat($1, $2)")
		require.NoError(t, err)
		defer statement.Close()
		for range 3 {
			var got string
			require.NoError(t, statement.QueryRow("a", 1).Scan(&got))
			require.Equal(t, "a1", got)
		}
		_, err = statement.Query(1)
		require.ErrorContains(t, err, "expected 2 arguments, got 1")
	}
}

func TestUntypedInExecMode(t *testing.T) {
	db := open(t, "default_query_exec_mode", "exec")
	var got string
	require.NoError(t, db.QueryRow("select concat($1, $2, $3)", "a", 1, "b").Scan(&got))
	require.Equal(t, "a1b", got)
}

func TestUntypedStatementWithTheWrongNumberOfArguments(t *testing.T) {
	db := open(t)
	_, err := db.Query("select concat($1)", 1, 2)
	require.ErrorContains(t, err, "1 parameters, but 2 arguments")
	requireWorking(t, db)
}

// A parameter that is cast or assigned keeps its type: the other reading would change the value silently.
func TestNoSilentChangeByAnotherType(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), "create temp table kept (i int4, t time)")
	require.NoError(t, err)
	for _, test := range []struct {
		name, query string
		argument    any
		says        string
	}{
		{"cast", "select $1::int4", 1.5, "1.5 does not fit"},
		{"cast in parentheses", "select ($1)::int4", 1.5, "1.5 does not fit"},
		{"cast by its long form", "select cast($1 as int4)", 1.5, "1.5 does not fit"},
		{"insert", "insert into kept (i) values ($1)", 1.5, "1.5 does not fit"},
		{"update", "update kept set i = $1", 1.5, "1.5 does not fit"},
		{"in a with", "with a as (insert into kept (i) values ($1) returning i) select * from a", 1.5, "1.5 does not fit"},
		{"out of range", "insert into kept (i) values ($1)", int64(5_000_000_000), "out of range"},
		{"more than a day", "insert into kept (t) values ($1)", 25 * time.Hour, "25h0m0s"},
		{"slice for an element", "select 1 where 5 = $1", []int{1, 2}, "int4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := conn.ExecContext(t.Context(), test.query, test.argument)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "$1")
			var sum int
			require.NoError(t, conn.QueryRowContext(t.Context(), "select $1::int4", 42).Scan(&sum))
		})
	}
	var count int
	require.NoError(t, conn.QueryRowContext(t.Context(), "select count(*) from kept").Scan(&count))
	require.Zero(t, count)
	require.NoError(t, conn.QueryRowContext(t.Context(), "select count(*) from (select from kept where i < $1 for update) k", 1.5).Err())
}

func TestHintsForWhatParametersCannotDo(t *testing.T) {
	db := open(t)
	for _, test := range []struct {
		name, query string
		arguments   []any
		says        string
		refusal     error
	}{
		{"in", "select 1 where 1 in $1", []any{1}, "= any($1)", pgerr.SyntaxError},
		{"typed literal", "select interval $1", []any{1}, "$1::interval", pgerr.SyntaxError},
		{"group by", "select left(c, $1) from (values ('é')) v(c) group by left(c, $2)", []any{1, 1}, "use one $n for both", pgerr.GroupingError},
		{"notify", "notify c, $1", []any{1}, "no parameters", pgerr.SyntaxError},
		{"set", "set work_mem to $1", []any{1}, "no parameters", pgerr.SyntaxError},
		{"do", "do $1", []any{"begin end"}, "no parameters", pgerr.SyntaxError},
		{"role", "alter role postgres password $1", []any{"x"}, "no parameters", pgerr.SyntaxError},
		// The server takes these, and says that they have no parameters.
		{"default", "create temp table d (i int default $1)", []any{1}, "no parameters", nil},
		{"view", "create temp view v as select $1::int", []any{1}, "no parameters", nil},
		{"prepare", "prepare p as select $1::int", []any{1}, "no parameters", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := db.Query(test.query, test.arguments...)
			require.ErrorContains(t, err, test.says)
			if test.refusal != nil {
				require.ErrorIs(t, err, test.refusal)
			}
			requireWorking(t, db)
		})
	}
}

func TestExplicitTypesCostNothing(t *testing.T) {
	conn := session(t, open(t))
	requireWorkingSession(t, conn)
	var got sql.NullString
	require.NoError(t, conn.QueryRowContext(t.Context(), "select $1::text", 5).Scan(&got))
	require.Equal(t, "5", got.String)
	var statements int
	require.NoError(t, conn.QueryRowContext(t.Context(),
		"select count(*) from pg_prepared_statements where statement = 'select $1::text'").Scan(&statements))
	require.Equal(t, 1, statements)
}
