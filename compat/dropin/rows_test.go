package dropin_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRowsWithoutColumns reads "select" without a target list, which PostgreSQL allows.
func TestRowsWithoutColumns(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range []struct {
			query string
			args  []any
			want  int
		}{
			{query: "select", want: 1},
			{query: "select from generate_series(1, 3)", want: 3},
			{query: "select from generate_series(1, $1::int4)", args: []any{4}, want: 4},
			{query: "select where false", want: 0},
		} {
			rows, err := db.Query(c.query, c.args...)
			require.NoError(t, err, c.query)
			have := 0
			for rows.Next() {
				require.NoError(t, rows.Scan())
				have++
			}
			require.NoError(t, rows.Err())
			require.Equal(t, c.want, have, c.query)
		}
	})
}

func TestNextResultSet(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver == pgxDriver {
			_, err := db.Query("select 1; select 2")
			require.Error(t, err)
			return
		}
		conn := singleConn(t, db)
		rows, err := conn.QueryContext(t.Context(),
			"select 1 as a; select 'x' as b, 2.5::float8 as c where false; select i as d from generate_series(1, 3) i")
		require.NoError(t, err)
		var have []string
		for {
			columns, err := rows.Columns()
			require.NoError(t, err)
			values := make([]any, len(columns))
			destinations := make([]any, len(columns))
			for i := range values {
				destinations[i] = &values[i]
			}
			have = append(have, fmt.Sprint(columns))
			for rows.Next() {
				require.NoError(t, rows.Scan(destinations...))
				have = append(have, fmt.Sprint(values))
			}
			if !rows.NextResultSet() {
				break
			}
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		require.Equal(t, []string{"[a]", "[1]", "[b c]", "[d]", "[1]", "[2]", "[3]"}, have)
		requireUsable(t, conn)
	})
}

// TestResultSetsThatNobodyReads skips rows, result sets, and both.
func TestResultSetsThatNobodyReads(t *testing.T) {
	const query = "select i from generate_series(1, 1000) i; select 'second'; select 'third'"
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver != pgadaptDriver {
			t.Skip("refuses several statements, or cannot skip rows")
		}
		conn := singleConn(t, db)
		for reads := range 4 {
			rows, err := conn.QueryContext(t.Context(), query)
			require.NoError(t, err)
			if reads > 0 {
				require.True(t, rows.Next())
			}
			if reads > 1 {
				require.True(t, rows.NextResultSet())
				require.True(t, rows.Next())
			}
			if reads > 2 {
				require.True(t, rows.NextResultSet())
			}
			require.NoError(t, rows.Close())
			requireUsable(t, conn)
		}
		require.Equal(t, "1", queryValue[string](t, conn, query))
	})
}

// TestErrorInALaterStatement has a text whose second statement fails.
func TestErrorInALaterStatement(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver == pgxDriver {
			t.Skip("refuses several statements")
		}
		conn := singleConn(t, db)
		rows, err := conn.QueryContext(t.Context(), "select 1; select 1 / 0; select 3")
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.False(t, rows.Next())
		require.False(t, rows.NextResultSet())
		require.ErrorContains(t, errors.Join(rows.Err(), rows.Close()), "division by zero")
		requireUsable(t, conn)
	})
}

func TestErrorOfTheFirstRowIsThatOfQuery(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		for _, c := range []struct {
			query string
			args  []any
		}{
			{query: "selec 1"},
			{query: "select * from no_such_table"},
			{query: "select 1 / 0"},
			{query: "select 1 / $1::int4", args: []any{0}},
			{query: "select $1::text::int4", args: []any{"x"}},
		} {
			rows, err := conn.QueryContext(t.Context(), c.query, c.args...)
			require.Error(t, err, c.query)
			require.Nil(t, rows)
			requireUsable(t, conn)
		}
	})
}

// TestErrorInMidResult has a row that fails after others were given.
func TestErrorInMidResult(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		for name, args := range map[string][]any{"select 100 / (i - 5) from generate_series(1, 9) i": nil,
			"select 100 / (i - $1::int4) from generate_series(1, 9) i": {5}} {
			rows, err := conn.QueryContext(t.Context(), name, args...)
			require.NoError(t, err)
			count := 0
			for rows.Next() {
				require.NoError(t, rows.Scan(new(int)))
				count++
			}
			require.Equal(t, 4, count)
			require.ErrorContains(t, rows.Err(), "division by zero")
			require.Equal(t, "22012", sqlStateOf(rows.Err()))
			_ = rows.Close()
			requireUsable(t, conn)
		}
	})
}

// TestQueryRow reads one row, none and more than one, and an error that comes after the row.
func TestQueryRow(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		require.ErrorIs(t, conn.QueryRowContext(t.Context(), "select 1 where false").Scan(new(int)), sql.ErrNoRows)
		require.ErrorIs(t, conn.QueryRowContext(t.Context(), "select 1 where $1", false).Scan(new(int)), sql.ErrNoRows)
		require.Equal(t, 1, queryValue[int](t, conn, "select i from generate_series(1, 10000) i"))
		require.ErrorContains(t, conn.QueryRowContext(t.Context(), "select 1, 2").Scan(new(int)), "expected 2 destination arguments in Scan, not 1")
		require.ErrorContains(t, conn.QueryRowContext(t.Context(), "select 100 / (2 - i) from generate_series(1, 9) i").Scan(new(int)), "division by zero")
		requireUsable(t, conn)
	})
}

// TestClosedEarly closes rows after the first of many.
func TestClosedEarly(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		pid := queryValue[int](t, db, "select pg_backend_pid()")
		for range 3 {
			rows, err := db.Query("select i, repeat('x', 100) from generate_series(1, 20000) i")
			require.NoError(t, err)
			require.True(t, rows.Next())
			require.NoError(t, rows.Close())
			require.False(t, rows.Next())
			require.NoError(t, rows.Err())
			require.NoError(t, rows.Close(), "closing twice is no error")
		}
		require.Equal(t, pid, queryValue[int](t, db, "select pg_backend_pid()"), "the connection was lost")
	})
}

// TestManyRows reads a result that is larger than any buffer.
func TestManyRows(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		rows, err := db.Query("select i::int8, 'row ' || i, i::float8 / 2 from generate_series(1, 50000) i")
		require.NoError(t, err)
		defer rows.Close()
		count := int64(0)
		for rows.Next() {
			var number int64
			var text string
			var half float64
			require.NoError(t, rows.Scan(&number, &text, &half))
			count++
			if number != count || half != float64(count)/2 || text != fmt.Sprint("row ", count) {
				t.Fatalf("row %d is %d, %q, %v", count, number, text, half)
			}
		}
		require.NoError(t, rows.Err())
		require.EqualValues(t, 50000, count)
	})
}

// TestManyColumns reads as many columns as PostgreSQL allows.
func TestManyColumns(t *testing.T) {
	const columns = 1664
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		values := make([]int, columns)
		destinations := make([]any, columns)
		for i := range values {
			destinations[i] = &values[i]
		}
		require.NoError(t, db.QueryRow("select 1"+strings.Repeat(", 1", columns-1)).Scan(destinations...))
		require.Equal(t, 1, values[columns-1])
	})
}
