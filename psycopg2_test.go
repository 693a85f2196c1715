package pgadapt_test

import (
	"database/sql"
	"encoding/json"
	"math"
	"math/big"
	"net/netip"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// The rows of docs/psycopg2-values.md: what psycopg2's adapters make of a Python value, made of the Go value for it. The
// server says what it has got.
func TestWhatPsycopg2Adapts(t *testing.T) {
	utc := time.UTC
	for _, test := range []struct {
		name, typeName string
		argument       any
		want           string
	}{
		{"None", "int4", nil, "NULL"},
		{"True", "bool", true, "true"},
		{"int", "int4", -10, "-10"},
		{"large int", "numeric", bigInt("1000000000000000000000000000000"), "1000000000000000000000000000000"},
		{"float", "float8", 1e16, "1e+16"},
		{"negative zero", "float8", math.Copysign(0, -1), "-0"},
		{"nan", "float8", math.NaN(), "NaN"},
		{"inf", "numeric", math.Inf(-1), "-Infinity"},
		{"Decimal", "numeric", pgtype.Numeric{Int: big.NewInt(110), Exp: -2, Valid: true}, "1.10"},
		{"Decimal infinity", "numeric", pgtype.Numeric{InfinityModifier: pgtype.Infinity, Valid: true}, "Infinity"},
		{"str", "text", `a'b\c`, `a'b\c`},
		{"bytes", "bytea", []byte{0, 255}, `\x00ff`},
		{"no bytes", "bytea", []byte{}, `\x`},
		{"Binary(None)", "bytea", []byte(nil), "NULL"},
		{"date", "date", pgtype.Date{Time: day(2011, 1, 2), Valid: true}, "2011-01-02"},
		{"date BC", "date", day(-43, 3, 15), "0044-03-15 BC"},
		{"time", "time", pgtype.Time{Microseconds: 3723_004_000, Valid: true}, "01:02:03.004"},
		{"time with tz", "timetz", time.Date(2024, 1, 1, 1, 2, 3, 0, time.FixedZone("", -19800)), "01:02:03-05:30"},
		{"naive datetime", "timestamp", time.Date(2011, 1, 2, 3, 4, 5, 600_000, utc), "2011-01-02 03:04:05.0006"},
		{"aware datetime", "timestamptz", time.Date(2011, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3610)), "2011-01-02 02:03:55+00"},
		{"timedelta", "interval", -time.Second, "-00:00:01"},
		{"half a second back", "interval", -500 * time.Millisecond, "-00:00:00.5"},
		{"UUID", "uuid", [16]byte{15: 1}, "00000000-0000-0000-0000-000000000001"},
		{"list", "int4[]", []int{1, 2}, "{1,2}"},
		{"nested list", "int4[]", [][]int{{1, 2}, {3, 4}}, "{{1,2},{3,4}}"},
		{"empty list", "int4[]", []int{}, "{}"},
		{"list of None", "int4[]", []*int{nil}, "{NULL}"},
		{"list of an empty list", "int4[]", [][]int{{}}, "{}"},
		{"nested lists of None", "int4[]", [][]*int{{nil}, {pointerTo(1)}}, "{{NULL},{1}}"},
		{"Json", "jsonb", pgadapt.JSON(map[string]string{"a": "b'c<&>"}), `{"a": "b'c<&>"}`},
		{"Json of a str", "jsonb", pgadapt.JSON("a"), `"a"`},
		{"NumericRange", "int4range", closedOpen(1, 10), "[1,10)"},
		{"unbounded", "int4range", pgtype.Range[int]{LowerType: pgtype.Unbounded, UpperType: pgtype.Unbounded, Valid: true}, "(,)"},
		{"empty range", "int4range", pgtype.Range[int]{LowerType: pgtype.Empty, UpperType: pgtype.Empty, Valid: true}, "empty"},
		{"infinite bound", "numrange", closedOpen(1, math.Inf(1)), "[1,Infinity)"},
		{"DateRange", "daterange", closedOpen(day(2024, 1, 1), day(2024, 2, 1)), "[2024-01-01,2024-02-01)"},
		{"Inet", "inet", prefix("127.0.0.1/24"), "127.0.0.1/24"},
		{"ip_address", "inet", netip.MustParseAddr("127.0.0.1"), "127.0.0.1/32"},
		{"IntEnum", "int4", time.March, "3"},
		{"str enum", "text", namedText("x"), "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, mode := range modes {
				db := open(t, "default_query_exec_mode", mode, "TimeZone", "UTC")
				var got string
				require.NoError(t, db.QueryRow("select coalesce($1::"+test.typeName+"::text, 'NULL')", test.argument).Scan(&got), mode)
				require.Equal(t, test.want, got, mode)
			}
		})
	}
}

func TestWhatPsycopg2CannotAdapt(t *testing.T) {
	db := open(t)
	for _, test := range []struct {
		name, typeName string
		argument       any
		says           string
	}{
		{"NUL in a str", "text", "a\x00b", "NUL"},
		{"complex", "text", complex(1, 2), "complex128"},
		{"function", "text", func() {}, "func()"},
		{"ragged list", "int4[]", [][]int{{1}, {}}, "rectangular"},
		{"bad bounds", "int4range", pgtype.Range[int]{Lower: 1, LowerType: '[', UpperType: pgtype.Unbounded, Valid: true}, "pgtype.BoundType"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := db.Exec("select $1::"+test.typeName, test.argument)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "$1")
			requireWorking(t, db)
		})
	}
}

// What psycopg2's typecasters give, in the Go type that holds it.
func TestWhatPsycopg2Casts(t *testing.T) {
	db := open(t, "TimeZone", "Asia/Kolkata", "lc_monetary", "C")
	requireCast(t, db, "'1.10'::numeric", "1.10")
	requireCast(t, db, "'NaN'::numeric", pgtype.Numeric{NaN: true, Valid: true})
	requireCast(t, db, "'Infinity'::float8", math.Inf(1))
	requireCast(t, db, "'ab'::char(3)", "ab ")
	requireCast(t, db, "'x'::text", []byte("x"))
	requireCast(t, db, `'\x'::bytea`, []byte{})
	requireCast(t, db, "'0044-03-15 BC'::date", day(-43, 3, 15))
	requireCast(t, db, "'20000-01-01'::date", day(20000, 1, 1))
	requireCast(t, db, "'{infinity}'::date[]", []pgtype.Date{{InfinityModifier: pgtype.Infinity, Valid: true}})
	requireCast(t, db, "'24:00'::time", pgtype.Time{Microseconds: 24 * 3600e6, Valid: true})
	requireCast(t, db, "'24:00'::time", "24:00:00")
	requireCast(t, db, "interval '1 year 2 mons 3 days'", 428*24*time.Hour)
	requireCast(t, db, "interval '12 mons'", 365*24*time.Hour)
	requireCast(t, db, "interval '-00:00:01'", -time.Second)
	requireCast(t, db, "interval '1 mon'", pgtype.Interval{Months: 1, Valid: true})
	requireCast(t, db, "'1234.5'::money", "$1,234.50")
	requireCast(t, db, `'{"a": 12345678901234567890}'::jsonb`, map[string]json.Number{"a": "12345678901234567890"})
	requireCast(t, db, "'null'::jsonb", json.RawMessage("null"))
	requireCast(t, db, "null::jsonb", (*json.RawMessage)(nil))
	requireCast(t, db, "'127.0.0.1/24'::inet", prefix("127.0.0.1/24"))
	requireCast(t, db, "'{1,null,NULL}'::int4[]", []*int{pointerTo(1), nil, nil})
	requireCast(t, db, `'{"NULL","",a b,"a,b","\""}'::text[]`, []string{"NULL", "", "a b", "a,b", `"`})
	requireCast(t, db, "'[2:3]={1,2}'::int4[]", []int{1, 2})
	requireCast(t, db, "'[0:1][1:2]={{1,2},{3,4}}'::int4[]", [][]int{{1, 2}, {3, 4}})
	requireCast(t, db, "'{(1,1),(0,0);(2,2),(1,1)}'::box[]", []string{"(1,1),(0,0)", "(2,2),(1,1)"})
	requireCast(t, db, "array[point '(1,2)']", []string{"(1,2)"})
	requireCast(t, db, "null::int4[]", []int(nil))
	requireCast(t, db, "'{}'::int4[]", []int{})
	requireCast(t, db, "'[1,5]'::int4range", closedOpen(1, 6))
	requireCast(t, db, "'[,5]'::numrange", pgtype.Range[int]{Upper: 5, LowerType: pgtype.Unbounded, UpperType: pgtype.Inclusive, Valid: true})

	var moment time.Time
	require.NoError(t, db.QueryRow("select '1900-01-01'::timestamptz").Scan(&moment))
	_, offset := moment.Zone()
	require.Equal(t, 5*3600+21*60+10, offset, "the offset of Calcutta had seconds")
	for style, interval := range map[string]string{"postgres_verbose": "-1 sec", "sql_standard": "-1 sec", "iso_8601": "-1 sec"} {
		styled := open(t, "IntervalStyle", style)
		var got time.Duration
		err := styled.QueryRow("select $1::interval", interval).Scan(pgadapt.Scan(&got))
		require.True(t, err != nil || got == -time.Second, "%s: %v", style, got)
	}
}

func requireCast[T any](t *testing.T, db *sql.DB, expression string, want T) {
	t.Helper()
	t.Run(expression, func(t *testing.T) {
		for _, wrap := range scanningWays {
			var got T
			require.NoError(t, db.QueryRow("select "+expression).Scan(wrap(&got)))
			requireSame(t, want, got)
		}
	})
}

// What psycopg2 can do because it writes literals, and server-side parameters cannot: the error says what to do.
func TestWhatOnlyLiteralsCan(t *testing.T) {
	db := open(t)
	for _, test := range []struct {
		name, query string
		arguments   []any
		says        string
	}{
		{"several statements", "select 1; select $1", []any{1}, "several statements"},
		{"value of a setting", "set work_mem to $1", []any{"1MB"}, "parameters"},
		{"DO", "do $1", []any{"begin end"}, "parameters"},
		{"password", "alter role postgres password $1", []any{"x"}, "parameters"},
		{"typed literal", "select date $1", []any{"2024-01-01"}, "$1::date"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := db.Query(test.query, test.arguments...)
			require.ErrorContains(t, err, test.says)
			requireWorking(t, db)
		})
	}
	var sum int
	require.NoError(t, db.QueryRow("select sum(x * $1) from (values ($2::int)) v (x) group by x * $1", 2, 3).Scan(&sum),
		"one number for one value, so that the expressions are the same")
	require.Equal(t, 6, sum)
}
