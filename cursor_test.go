package pgadapt_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// declared gives a scrollable cursor over the numbers from 1 to 10.
func declared(t *testing.T, session pgadapt.Session, name string, options pgadapt.CursorOptions) *pgadapt.Cursor {
	t.Helper()
	cursor, err := pgadapt.DeclareCursor(t.Context(), session, name, options, "select i from generate_series(1, $1) i", 10)
	require.NoError(t, err)
	return cursor
}

func requireFetched(t *testing.T, want ...int) func(*sql.Rows, error) {
	t.Helper()
	return func(rows *sql.Rows, err error) {
		t.Helper()
		got, err := pgadapt.Collect[int](rows, err)
		require.NoError(t, err)
		require.Equal(t, append([]int{}, want...), got)
	}
}

func TestCursor(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		tx, err := db.Begin()
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		ctx := t.Context()
		for _, name := range []string{"c", "C", `with "quotes" and %s ? :a @a $1 ; --`, strings.Repeat("é", 31)} {
			cursor := declared(t, tx, name, pgadapt.CursorOptions{Scroll: pgadapt.ScrollBoth})
			require.Equal(t, name, cursor.Name())

			requireFetched(t, 1, 2, 3)(cursor.Fetch(ctx, 3))
			requireFetched(t, 3)(cursor.Fetch(ctx, 0))
			requireFetched(t, 2, 1)(cursor.Fetch(ctx, -5))
			moved, err := cursor.Move(ctx, 4)
			require.NoError(t, err)
			require.EqualValues(t, 4, moved)
			requireFetched(t, 5)(cursor.Fetch(ctx, 1))
			found, err := cursor.MoveAbsolute(ctx, 8)
			require.NoError(t, err)
			require.True(t, found)
			requireFetched(t, 9, 10)(cursor.FetchAll(ctx))
			requireFetched(t)(cursor.Fetch(ctx, math.MaxInt))
			found, err = cursor.MoveAbsolute(ctx, 11)
			require.NoError(t, err)
			require.False(t, found)
			requireFetched(t, 10)(cursor.FetchAbsolute(ctx, -1))
			requireFetched(t, 3)(cursor.FetchAbsolute(ctx, 3))
			requireFetched(t, 4, 5, 6, 7, 8, 9, 10)(cursor.Rows(ctx, 2))
			moved, err = cursor.Move(ctx, math.MinInt)
			require.NoError(t, err)
			require.EqualValues(t, 10, moved)
			rows, err := cursor.Rows(ctx, 4)
			require.NoError(t, err)
			require.NoError(t, rows.Close())
			requireFetched(t, 5)(cursor.Fetch(ctx, 1))

			require.NoError(t, cursor.Close(ctx))
			require.NoError(t, cursor.Close(ctx), "a second time")
			requireNoCursor(t, tx)
		}
		require.NoError(t, tx.Commit())
	})
}

func TestCursorWithHold(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		cursor := declared(t, conn, "held", pgadapt.CursorOptions{Hold: true})
		tx, err := conn.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		requireFetched(t, 1, 2)(cursor.Fetch(t.Context(), 2))
		require.NoError(t, tx.Rollback())
		requireFetched(t, 3, 4, 5, 6, 7, 8, 9, 10)(cursor.Rows(t.Context(), 3))
		require.NoError(t, cursor.Close(t.Context()))
		requireNoCursor(t, conn)
	})
}

func TestCursorInterleaves(t *testing.T) {
	tx, err := open(t, "max_buffered_bytes", "1kB").Begin()
	require.NoError(t, err)
	cursor := declared(t, tx, "c", pgadapt.CursorOptions{})
	rows, err := cursor.Rows(t.Context(), 3)
	require.NoError(t, err)
	read := 0
	for rows.Next() {
		read++
		requireWorking(t, tx)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 10, read)
	require.NoError(t, tx.Commit())
}

func TestCursorRefuses(t *testing.T) {
	db := open(t)
	conn := session(t, db)
	ctx := t.Context()
	for _, test := range []struct {
		name    string
		session pgadapt.Session
		cursor  string
		options pgadapt.CursorOptions
		query   string
		want    string
	}{
		{"a pool", db, "c", pgadapt.CursorOptions{}, "select 1", "one session"},
		{"nothing", nil, "c", pgadapt.CursorOptions{}, "select 1", "one session"},
		{"no name", conn, "", pgadapt.CursorOptions{}, "select 1", "needs a name"},
		{"a long name", conn, strings.Repeat("x", 64), pgadapt.CursorOptions{}, "select 1", "63 bytes"},
		{"NUL", conn, "a\x00b", pgadapt.CursorOptions{}, "select 1", "NUL"},
		{"an unknown direction", conn, "c", pgadapt.CursorOptions{Scroll: "x; drop table t"}, "select 1", "ScrollBoth"},
		{"no transaction", conn, "c", pgadapt.CursorOptions{}, "select 1", "transaction"},
		{"a command", conn, "c", pgadapt.CursorOptions{Hold: true}, "vacuum", "SELECT, VALUES and TABLE"},
		{"two statements", conn, "c", pgadapt.CursorOptions{Hold: true}, "select 1; drop table t", "has 2"},
		{"an error of the query", conn, "c", pgadapt.CursorOptions{Hold: true}, "select nosuch", "nosuch"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := pgadapt.DeclareCursor(ctx, test.session, test.cursor, test.options, test.query)
			require.ErrorContains(t, err, test.want)
			requireWorkingSession(t, conn)
		})
	}
	_, err := pgadapt.DeclareCursor(ctx, conn, "c", pgadapt.CursorOptions{}, "select 1")
	require.ErrorIs(t, err, pgerr.NoActiveSQLTransaction)
	declared(t, conn, "kept", pgadapt.CursorOptions{Hold: true})
	_, err = pgadapt.DeclareCursor(ctx, conn, "kept", pgadapt.CursorOptions{Hold: true}, "select 1")
	require.ErrorIs(t, err, pgerr.DuplicateCursor)

	var told *pgadapt.Error
	_, err = pgadapt.DeclareCursor(ctx, conn, "é", pgadapt.CursorOptions{Hold: true}, "select nosuch")
	require.ErrorAs(t, err, &told)
	require.EqualValues(t, len("select n"), told.Position)

	cursor, err := pgadapt.OpenCursor(conn, "nosuch")
	require.NoError(t, err)
	_, err = cursor.Fetch(ctx, 1)
	require.ErrorIs(t, err, pgerr.InvalidCursorName)
	_, err = cursor.Rows(ctx, 0)
	require.ErrorContains(t, err, "at least 1")
	require.NoError(t, cursor.Close(ctx))
}

func TestCursorThatCannotScroll(t *testing.T) {
	tx, err := open(t).Begin()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	cursor := declared(t, tx, "c", pgadapt.CursorOptions{Scroll: pgadapt.ScrollForward})
	requireFetched(t, 1, 2)(cursor.Fetch(t.Context(), 2))
	_, err = cursor.Move(t.Context(), -1)
	require.ErrorIs(t, err, pgerr.ObjectNotInPrerequisiteState)
	require.NoError(t, cursor.Close(t.Context()), "in a failed transaction")
	require.NoError(t, tx.Rollback())
	require.NoError(t, cursor.Close(t.Context()), "after the transaction")
}

// A cursor of the same name with other columns is either read as what it is or refused.
func TestCursorDeclaredAnew(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		tx, err := db.Begin()
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		cursor := declared(t, tx, "c", pgadapt.CursorOptions{})
		requireFetched(t, 1)(cursor.Fetch(t.Context(), 1))
		_, err = tx.Exec("close c; declare c cursor for select 1.5 from generate_series(1, 3)")
		require.NoError(t, err)
		values, err := pgadapt.Collect[string](cursor.Fetch(t.Context(), 1))
		if err != nil {
			require.ErrorContains(t, err, "other columns")
			values, err = pgadapt.Collect[string](cursor.Fetch(t.Context(), 1))
		}
		require.NoError(t, err)
		require.Equal(t, []string{"1.5"}, values)
	})
}

func TestProcedures(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		ctx := t.Context()
		for _, statement := range []string{
			`create procedure pg_temp.divide(dividend int, divisor int, out quotient int, inout remainder int)
				language plpgsql as $$ begin quotient := dividend / divisor; remainder := dividend % divisor; end $$`,
			`create function pg_temp.both() returns setof refcursor language plpgsql as $$
				declare numbers refcursor := 'numbers "1"'; letters refcursor;
				begin
					open numbers for select 1 as n union all select 2; return next numbers;
					open letters for select 'a' as letter; return next letters;
				end $$`,
			`create function pg_temp.pairs(n int, prefix text default 'p') returns table (id int, name text)
				language sql as 'select i, prefix || i from generate_series(1, n) i'`,
		} {
			_, err := conn.ExecContext(ctx, statement)
			require.NoError(t, err)
		}

		type division struct{ Quotient, Remainder int }
		divided, err := pgadapt.One[division](conn.QueryContext(ctx, "call pg_temp.divide($1, $2, null, $3)", 17, 5, 0))
		require.NoError(t, err)
		require.Equal(t, division{3, 2}, divided)
		_, err = conn.ExecContext(ctx, "call pg_temp.divide($1, $2, null, $3)", 17, 0, 0)
		require.ErrorIs(t, err, pgerr.DivisionByZero)

		type pair struct {
			ID   int
			Name string
		}
		pairs, err := pgadapt.Collect[pair](conn.QueryContext(ctx,
			"select * from pg_temp.pairs(n => @n, prefix => @prefix)", pgadapt.NamedArgs{"n": 2, "prefix": "q"}))
		require.NoError(t, err)
		require.Equal(t, []pair{{1, "q1"}, {2, "q2"}}, pairs)

		tx, err := conn.BeginTx(ctx, nil)
		require.NoError(t, err)
		names, err := pgadapt.Collect[string](tx.QueryContext(ctx, "select * from pg_temp.both()"))
		require.NoError(t, err)
		require.Len(t, names, 2)
		var results []string
		for _, name := range names {
			cursor, err := pgadapt.OpenCursor(tx, name)
			require.NoError(t, err)
			rows, err := pgadapt.Collect[map[string]any](cursor.FetchAll(ctx))
			require.NoError(t, err)
			results = append(results, fmt.Sprint(rows))
		}
		require.Equal(t, []string{"[map[n:1] map[n:2]]", "[map[letter:a]]"}, results)
		require.NoError(t, tx.Commit())
	})
}

// A procedure may end transactions, where it is called outside of one.
func TestProcedureWithTransactions(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		for _, statement := range []string{
			"create temp table t (i int)",
			`create procedure pg_temp.fill(n int) language plpgsql as $$ begin
				for i in 1 .. n loop insert into t values (i); commit; end loop; perform 1 / 0; end $$`,
		} {
			_, err := conn.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		_, err := conn.ExecContext(t.Context(), "call pg_temp.fill($1)", 3)
		require.ErrorIs(t, err, pgerr.DivisionByZero)
		stored, err := pgadapt.One[int](conn.QueryContext(t.Context(), "select count(*) from t"))
		require.NoError(t, err)
		require.Equal(t, 3, stored)
	})
}

func ExampleDeclareCursor() {
	db := openExample()
	defer db.Close()
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = tx.Rollback() }()

	cursor, err := pgadapt.DeclareCursor(ctx, tx, "numbers", pgadapt.CursorOptions{Scroll: pgadapt.ScrollBoth},
		"select n from generate_series(1, $1) n", 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pgadapt.Collect[int](cursor.Fetch(ctx, 3)))
	fmt.Println(cursor.MoveAbsolute(ctx, 50))
	fmt.Println(pgadapt.Collect[int](cursor.Fetch(ctx, -2)))
	fmt.Println(pgadapt.One[int](cursor.FetchAbsolute(ctx, -1)))
	// Output:
	// [1 2 3] <nil>
	// true <nil>
	// [49 48] <nil>
	// 100 <nil>
}

func ExampleOpenCursor() {
	db := openExample()
	defer db.Close()
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(ctx, `create function pg_temp.planets() returns refcursor language plpgsql as $$
		declare found refcursor;
		begin open found for select * from (values ('Earth'), ('Mars')) planets (name); return found; end $$`)
	if err != nil {
		fmt.Println(err)
		return
	}

	name, err := pgadapt.One[string](tx.QueryContext(ctx, "select pg_temp.planets()"))
	if err != nil {
		fmt.Println(err)
		return
	}
	cursor, err := pgadapt.OpenCursor(tx, name)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pgadapt.Collect[string](cursor.FetchAll(ctx)))
	// Output: [Earth Mars] <nil>
}
