package pgadapt_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

func TestQueryReturnsTheErrorOfTheFirstRow(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		_, err := db.Query("select 1 / (i - 1) from generate_series(1, 3) i")
		require.ErrorContains(t, err, "division by zero")
		_, err = db.Query("select 1 / (i - $1::int) from generate_series(1, 3) i", 1)
		require.ErrorContains(t, err, "division by zero")
	})
}

func TestErrorInMidResultIsInErr(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		rows, err := db.Query("select 6 / (4 - i) from generate_series(1, 10) i")
		require.NoError(t, err)
		var got []int
		for rows.Next() {
			var i int
			require.NoError(t, rows.Scan(&i))
			got = append(got, i)
		}
		require.Equal(t, []int{2, 3, 6}, got)
		var pgErr *pgconn.PgError
		require.ErrorAs(t, rows.Err(), &pgErr)
		require.Equal(t, "22012", pgErr.Code)
	})
}

func TestErrorOfADeferredConstraint(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(),
		"create temp table late (i int unique deferrable initially deferred); insert into late values (1)")
	require.NoError(t, err)
	var i int

	err = conn.QueryRowContext(t.Context(), "insert into late values ($1) returning i", 1).Scan(&i)

	require.ErrorContains(t, err, "duplicate key value violates unique constraint",
		"the error comes with the commit, after the row")
}

func TestQueryOfStatementsWithoutRows(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		for _, query := range []string{
			"create temp table silent (i int)", "insert into silent values (1)", "", "-- nothing", ";", "  ",
			"select 1 where false", "set application_name = 'x'",
		} {
			rows, err := conn.QueryContext(t.Context(), query)
			require.NoError(t, err, query)
			require.False(t, rows.Next(), query)
			require.NoError(t, rows.Err(), query)
			require.NoError(t, rows.Close(), query)
		}
	})
}

func TestQueryReturning(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		_, err := conn.ExecContext(t.Context(), "create temp table kept (id serial, name text)")
		require.NoError(t, err)
		var id int
		var name string
		require.NoError(t, conn.QueryRowContext(t.Context(),
			"insert into kept (name) values ($1) returning id, name", "x").Scan(&id, &name))
		require.Equal(t, 1, id)
		require.Equal(t, "x", name)
	})
}

func TestRowsWithoutColumns(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		rows, err := db.Query("select from generate_series(1, 3)")
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		require.Empty(t, columns)
		count := 0
		for rows.Next() {
			require.NoError(t, rows.Scan())
			count++
		}
		require.NoError(t, rows.Err())
		require.Equal(t, 3, count)
	})
}

func TestQueryRowWithoutRows(t *testing.T) {
	var i int
	require.ErrorIs(t, open(t).QueryRow("select 1 where false").Scan(&i), sql.ErrNoRows)
}

func TestResultOfACursor(t *testing.T) {
	tx, err := open(t).Begin()
	require.NoError(t, err)
	defer tx.Rollback()
	_, err = tx.Exec("declare pages cursor for select i, i::text from generate_series(1, 3) i")
	require.NoError(t, err)
	var got []string
	for range 3 {
		rows, err := tx.Query("fetch 2 from pages")
		require.NoError(t, err)
		for rows.Next() {
			var i int
			var s string
			require.NoError(t, rows.Scan(&i, &s))
			got = append(got, fmt.Sprint(i, " ", s))
		}
		require.NoError(t, rows.Err())
	}
	require.Equal(t, []string{"1 1", "2 2", "3 3"}, got)
}

func TestNextResultSet(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		rows, err := db.Query(`
			create temp table between_results (i int);
			select 1 as a, 'x' as b union all select 2, 'y';
			insert into between_results values (1);
			select 3 as c where false;
			select 4 as d;`)
		require.NoError(t, err)
		defer rows.Close()

		require.Equal(t, [][]string{{"a", "b"}, {"1", "x"}, {"2", "y"}}, readSet(t, rows))
		require.True(t, rows.NextResultSet())
		require.Equal(t, [][]string{{"c"}}, readSet(t, rows))
		require.True(t, rows.NextResultSet())
		require.Equal(t, [][]string{{"d"}, {"4"}}, readSet(t, rows))
		require.False(t, rows.NextResultSet())
		require.NoError(t, rows.Err())
	})
}

// readSet gives the present result set: its column names, then its rows.
func readSet(t *testing.T, rows *sql.Rows) [][]string {
	t.Helper()
	columns, err := rows.Columns()
	require.NoError(t, err)
	set := [][]string{columns}
	for rows.Next() {
		row, destinations := make([]string, len(columns)), make([]any, len(columns))
		for i := range row {
			destinations[i] = &row[i]
		}
		require.NoError(t, rows.Scan(destinations...))
		set = append(set, row)
	}
	return set
}

func TestNextResultSetPassesOverUnreadRows(t *testing.T) {
	rows, err := open(t).Query("select i from generate_series(1, 1000) i; select 'second'")
	require.NoError(t, err)
	defer rows.Close()
	require.True(t, rows.Next())

	require.True(t, rows.NextResultSet())

	require.Equal(t, [][]string{{"?column?"}, {"second"}}, readSet(t, rows))
}

func TestErrorInALaterResultSet(t *testing.T) {
	db := open(t)
	rows, err := db.Query("select 1; select 1/0; select 2")
	require.NoError(t, err)
	require.Equal(t, [][]string{{"?column?"}, {"1"}}, readSet(t, rows))
	require.False(t, rows.NextResultSet())
	require.ErrorContains(t, rows.Err(), "division by zero")
	requireWorking(t, db)
}

func TestErrorInTheFirstOfSeveralStatements(t *testing.T) {
	db := open(t)
	_, err := db.Query("select 1/0; select 2")
	require.ErrorContains(t, err, "division by zero")
	_, err = db.Query("select 1; selec 2")
	require.ErrorContains(t, err, "syntax error")
	requireWorking(t, db)
}

func TestStatementsBetweenOpenRows(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		tx, err := db.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		_, err = tx.Exec("create temp table seen (outer_i int, inner_i int) on commit drop")
		require.NoError(t, err)
		outer, err := tx.Query("select i, repeat('o', i) from generate_series(1, 20) i")
		require.NoError(t, err)
		defer outer.Close()
		for outer.Next() {
			inner, err := tx.Query("select j from generate_series(1, 5) j")
			require.NoError(t, err)
			for inner.Next() {
				var i, j int
				var text string
				require.NoError(t, inner.Scan(&j))
				_, err = tx.Exec("insert into seen values (1, $1)", j)
				require.NoError(t, err)
				require.NoError(t, outer.Scan(&i, &text), "the current row outlives what ran in between")
				require.Equal(t, strings.Repeat("o", i), text)
			}
			require.NoError(t, inner.Err())
		}
		require.NoError(t, outer.Err())
		var count int
		require.NoError(t, tx.QueryRow("select count(*) from seen").Scan(&count))
		require.Equal(t, 100, count)
		require.NoError(t, tx.Commit())
	})
}

func TestErrorInRowsThatWereReadAhead(t *testing.T) {
	conn := session(t, open(t))
	rows, err := conn.QueryContext(t.Context(), "select 6 / (4 - i) from generate_series(1, 10) i")
	require.NoError(t, err)
	defer rows.Close()
	requireWorkingSession(t, conn)
	var got []int
	for rows.Next() {
		var i int
		require.NoError(t, rows.Scan(&i))
		got = append(got, i)
	}
	require.Equal(t, []int{2, 3, 6}, got)
	require.ErrorContains(t, rows.Err(), "division by zero")
}

func TestSeveralResultSetsReadAhead(t *testing.T) {
	conn := session(t, open(t))
	rows, err := conn.QueryContext(t.Context(),
		"select i from generate_series(1, 3) i; select from generate_series(1, 2); select null::int, ''")
	require.NoError(t, err)
	defer rows.Close()
	require.True(t, rows.Next())
	requireWorkingSession(t, conn)

	require.Equal(t, [][]string{{"i"}, {"2"}, {"3"}}, readSet(t, rows))
	require.True(t, rows.NextResultSet())
	require.Equal(t, [][]string{{}, {}, {}}, readSet(t, rows))
	require.True(t, rows.NextResultSet())
	require.True(t, rows.Next())
	var i sql.NullInt64
	var s sql.NullString
	require.NoError(t, rows.Scan(&i, &s))
	require.False(t, i.Valid)
	require.Equal(t, sql.NullString{Valid: true}, s, "empty is not NULL")
	require.False(t, rows.NextResultSet())
}

func TestReadingAheadIsBounded(t *testing.T) {
	conn := session(t, open(t, "max_buffered_bytes", "10kB"))
	rows, err := conn.QueryContext(t.Context(), "select i, repeat('x', 100) from generate_series(1, 1000) i")
	require.NoError(t, err)
	defer rows.Close()

	_, err = conn.ExecContext(t.Context(), "select 1")
	require.ErrorContains(t, err, "max_buffered_bytes")

	for i := 1; rows.Next(); i++ {
		var got int
		var text string
		require.NoError(t, rows.Scan(&got, &text))
		require.Equal(t, i, got, "nothing is lost")
		if i == 1000 {
			break
		}
	}
	require.NoError(t, rows.Close())
	requireWorkingSession(t, conn)
}

func TestColumnNamesCannotBeSpoilt(t *testing.T) {
	conn := session(t, open(t))
	for range 3 {
		rows, err := conn.QueryContext(t.Context(), "select $1::int as a, 2 as b", 1)
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b"}, columns)
		columns[0] = "spoilt"
		require.NoError(t, rows.Close())
	}
}

func TestColumnTypes(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), "create type pg_temp.mood as enum ('sad', 'ok')")
	require.NoError(t, err)
	rows, err := conn.QueryContext(t.Context(), `
		select 1::int2 a, 1::int4 b, 1::int8 c, 1::float4 d, 1::float8 e, true f, 'x'::text g, 'x'::varchar(7) h,
			'x'::varchar i, 'x'::char(3) j, 1::numeric k, 1::numeric(10, 2) l, 1::numeric(3, 2) m, now() n,
			'{}'::int4[] o, '{}'::jsonb p, 'sad'::pg_temp.mood q, 1::oid r, '\x'::bytea s, '1'::money t, '{}'::int4multirange u`)
	require.NoError(t, err)
	defer rows.Close()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	var got []string
	for _, column := range types {
		line := fmt.Sprint(column.Name(), " ", column.DatabaseTypeName(), " ", column.ScanType())
		if length, ok := column.Length(); ok {
			line += fmt.Sprint(" length ", length)
		}
		if precision, scale, ok := column.DecimalSize(); ok {
			line += fmt.Sprint(" decimal ", precision, " ", scale)
		}
		_, known := column.Nullable()
		require.False(t, known)
		got = append(got, line)
	}
	require.Equal(t, []string{
		"a INT2 int16", "b INT4 int32", "c INT8 int64", "d FLOAT4 float32", "e FLOAT8 float64", "f BOOL bool",
		"g TEXT string length 9223372036854775807", "h VARCHAR string length 7",
		"i VARCHAR string length 9223372036854775807", "j BPCHAR string length 3",
		"k NUMERIC string", "l NUMERIC string decimal 10 2", "m NUMERIC string decimal 3 2",
		"n TIMESTAMPTZ time.Time", "o _INT4 string", "p JSONB []uint8 length 9223372036854775807",
		"q MOOD string", "r OID int64", "s BYTEA []uint8 length 9223372036854775807",
		"t MONEY string", "u INT4MULTIRANGE string",
	}, got)
	require.True(t, rows.Next(), "asking the catalog for a type's name does not end the rows")
}
