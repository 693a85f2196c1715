package dropin_test

import (
	"database/sql"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// columnOf gives the type of the only column of "select expr".
func columnOf(t *testing.T, db queryer, expr string) *sql.ColumnType {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "select "+expr)
	require.NoError(t, err)
	defer rows.Close()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	require.Len(t, types, 1)
	return types[0]
}

func TestDatabaseTypeName(t *testing.T) {
	number := func(text string) answers { return answers{pgxDriver: text} }
	cases := []struct {
		expr    string
		want    string
		instead answers
	}{
		{expr: "true", want: "BOOL"},
		{expr: "1::int2", want: "INT2"},
		{expr: "1::int4", want: "INT4"},
		{expr: "1::int8", want: "INT8"},
		{expr: "1::float4", want: "FLOAT4"},
		{expr: "1::float8", want: "FLOAT8"},
		{expr: "1::numeric", want: "NUMERIC"},
		{expr: "1::numeric(9,2)", want: "NUMERIC"},
		{expr: "'x'::text", want: "TEXT"},
		{expr: "'x'::varchar(5)", want: "VARCHAR"},
		{expr: "'x'::char(5)", want: "BPCHAR"},
		{expr: `'x'::"char"`, want: "CHAR"},
		{expr: "'x'::name", want: "NAME"},
		{expr: "'x'", want: "TEXT"},
		{expr: "'x'::bytea", want: "BYTEA"},
		{expr: "'{}'::json", want: "JSON"},
		{expr: "'{}'::jsonb", want: "JSONB"},
		{expr: "'<a/>'::xml", want: "XML"},
		{expr: "null::uuid", want: "UUID"},
		{expr: "null::date", want: "DATE"},
		{expr: "null::time", want: "TIME"},
		{expr: "null::timetz", want: "TIMETZ", instead: number("1266")},
		{expr: "null::timestamp", want: "TIMESTAMP"},
		{expr: "null::timestamptz", want: "TIMESTAMPTZ"},
		{expr: "null::interval", want: "INTERVAL"},
		{expr: "null::oid", want: "OID"},
		{expr: "null::inet", want: "INET"},
		{expr: "null::cidr", want: "CIDR"},
		{expr: "null::money", want: "MONEY", instead: number("790")},
		{expr: "null::pg_lsn", want: "PG_LSN", instead: number("3220")},
		{expr: "null::point", want: "POINT"},
		{expr: "null::bit(3)", want: "BIT"},
		{expr: "null::varbit", want: "VARBIT"},
		{expr: "null::tsvector", want: "TSVECTOR"},
		{expr: "null::int4range", want: "INT4RANGE"},
		{expr: "null::int4multirange", want: "INT4MULTIRANGE", instead: answers{libpqDriver: ""}},
		{expr: "null::int4[]", want: "_INT4"},
		{expr: "null::text[]", want: "_TEXT"},
		{expr: "null::uuid[]", want: "_UUID"},
		{expr: "row(1, 2)", want: "RECORD"},
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range cases {
			t.Run(c.expr, func(t *testing.T) {
				require.Equal(t, expected(driver, c.want, c.instead), columnOf(t, db, c.expr).DatabaseTypeName())
			})
		}
	})
}

func TestDatabaseTypeNameOfTheDatabasesTypes(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver != pgadaptDriver {
			t.Skip("gives an empty name or a number")
		}
		tx := begin(t, db)
		exec(t, tx, "create type mood as enum ('sad', 'ok')", "create type pair as (number int4, words text)")
		for expr, want := range map[string]string{
			"'ok'::mood": "MOOD", "null::mood[]": "_MOOD", "null::pair": "PAIR",
		} {
			require.Equal(t, want, columnOf(t, tx, expr).DatabaseTypeName(), expr)
		}
	})
}

func TestScanType(t *testing.T) {
	cases := []struct {
		expr    string
		want    any
		instead answers
	}{
		{expr: "true", want: false},
		{expr: "1::int2", want: int16(0)},
		{expr: "1::int4", want: int32(0)},
		{expr: "1::int8", want: int64(0)},
		{expr: "1::float4", want: float32(0)},
		{expr: "1::float8", want: float64(0)},
		{expr: "'x'::text", want: ""},
		{expr: "'x'::varchar", want: ""},
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range cases {
			t.Run(c.expr, func(t *testing.T) {
				require.Equal(t, reflect.TypeOf(expected(driver, c.want, c.instead)), columnOf(t, db, c.expr).ScanType())
			})
		}
	})
}

// TestScanTypeScans makes a destination of the ScanType, as generic programs do, and scans into it.
func TestScanTypeScans(t *testing.T) {
	exprs := []string{
		"true", "1::int2", "1::int4", "1::int8", "1.5::float4", "1.5::float8", "1.5::numeric", "'x'::text",
		"'x'::varchar", "'x'::char(3)", `'x'::"char"`, "'x'::name", "'x'::bytea", "'{}'::json", "'{}'::jsonb",
		"'<a/>'::xml", "gen_random_uuid()", "current_date", "now()", "now()::timestamp", "'12:34:56'::time",
		"'12:34:56+02'::timetz", "'1 day'::interval", "'5'::oid", "'5'::xid", "'10.0.0.1'::inet", "'1'::money",
		"'(1,2)'::point", "B'101'", "'a'::tsvector", "'16/B374D848'::pg_lsn", "'[1,5)'::int4range",
		"'{[1,5)}'::int4multirange", "array[1,2]", "array['a']", "row(1,2)", "'x'",
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver == libpqDriver {
			t.Skip("gives a ScanType of any where it does not know one")
		}
		for _, expr := range exprs {
			t.Run(expr, func(t *testing.T) {
				destination := reflect.New(columnOf(t, db, expr).ScanType())
				require.NoError(t, db.QueryRow("select "+expr).Scan(destination.Interface()))
			})
		}
	})
}

func TestLength(t *testing.T) {
	cases := []struct {
		expr   string
		length int64
		ok     bool
	}{
		{"'x'::varchar(5)", 5, true},
		{"'x'::char(7)", 7, true},
		{"'x'::text", math.MaxInt64, true},
		{"'x'::bytea", math.MaxInt64, true},
		{"1::int4", 0, false},
		{"true", 0, false},
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range cases {
			t.Run(c.expr, func(t *testing.T) {
				length, ok := columnOf(t, db, c.expr).Length()
				require.Equal(t, c.ok, ok)
				require.Equal(t, c.length, length)
			})
		}
	})
}

func TestDecimalSize(t *testing.T) {
	cases := []struct {
		expr             string
		precision, scale int64
		ok               bool
	}{
		{"1::numeric(9,2)", 9, 2, true},
		{"1::numeric(5)", 5, 0, true},
		{"1::numeric(1000,1000)", 1000, 1000, true},
		{"1::int4", 0, 0, false},
		{"1::float8", 0, 0, false},
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range cases {
			t.Run(c.expr, func(t *testing.T) {
				precision, scale, ok := columnOf(t, db, "null::"+c.expr[len("1::"):]).DecimalSize()
				require.Equal(t, c.ok, ok)
				require.Equal(t, []int64{c.precision, c.scale}, []int64{precision, scale})
			})
		}
	})
}

func TestNullable(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		_, ok := columnOf(t, db, "1").Nullable()
		require.False(t, ok, "PostgreSQL does not say")
	})
}

func TestColumns(t *testing.T) {
	cases := []struct {
		query string
		want  []string
	}{
		{"select 1", []string{"?column?"}},
		{"select 1 as a, 2 as a, 3 as \"B c\"", []string{"a", "a", "B c"}},
		{"select now()", []string{"now"}},
		{"select 1::int4, 'x'::text", []string{"int4", "text"}},
		{"values (1, 2)", []string{"column1", "column2"}},
		{"select 1 as ä where false", []string{"ä"}},
		{"select", nil},
		{"show TimeZone", []string{"TimeZone"}},
		{"explain select 1", []string{"QUERY PLAN"}},
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range cases {
			t.Run(c.query, func(t *testing.T) {
				rows, err := db.Query(c.query)
				require.NoError(t, err)
				defer rows.Close()
				columns, err := rows.Columns()
				require.NoError(t, err)
				require.ElementsMatch(t, c.want, columns)
				types, err := rows.ColumnTypes()
				require.NoError(t, err)
				require.Len(t, types, len(columns))
				for i := range types {
					require.Equal(t, columns[i], types[i].Name())
				}
			})
		}
	})
}

// TestColumnsOfAPreparedStatement asks for the columns of results with rows and without.
func TestColumnsOfAPreparedStatement(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		stmt, err := db.Prepare("select 1::int4 as number, 'x'::varchar(9) as word where $1::bool")
		require.NoError(t, err)
		defer stmt.Close()
		for _, found := range []bool{true, false, true} {
			rows, err := stmt.Query(found)
			require.NoError(t, err)
			columns, err := rows.Columns()
			require.NoError(t, err)
			require.Equal(t, []string{"number", "word"}, columns)
			types, err := rows.ColumnTypes()
			require.NoError(t, err)
			require.Equal(t, "VARCHAR", types[1].DatabaseTypeName())
			require.Equal(t, found, rows.Next())
			require.NoError(t, rows.Close())
		}
	})
}

// TestColumnsAreTheCallers changes the slice that Columns gave.
func TestColumnsAreTheCallers(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver == libpqDriver {
			t.Skip("hands out its own slice")
		}
		db.SetMaxOpenConns(1)
		for range 2 {
			rows, err := db.Query("select 1 as number where $1", true)
			require.NoError(t, err)
			columns, err := rows.Columns()
			require.NoError(t, err)
			require.Equal(t, []string{"number"}, columns)
			columns[0] = "changed"
			require.NoError(t, rows.Close())
		}
	})
}
