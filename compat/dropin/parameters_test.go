package dropin_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
)

// parameterCase sends an argument to a query of one text column.
type parameterCase struct {
	query   string
	arg     any
	want    any
	instead answers
	// untyped is the answer of pgadapt's modes exec and simple_protocol where it is not want: they do not ask
	// the server for the parameter's type and declare that of a literal, bytea for a []byte.
	untyped any
}

func (c parameterCase) name() string {
	return fmt.Sprintf("%s with %T %.40s", c.query, c.arg, fmt.Sprint(c.arg))
}

// executionModes are pgadapt's ways to send a statement.
var executionModes = []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"}

// testParameters runs each case twice: as a query of its own, and over a prepared statement.
func testParameters(t *testing.T, cases []parameterCase) {
	t.Helper()
	for _, mode := range executionModes[1:] {
		t.Run(mode, func(t *testing.T) {
			db := open(t, pgadaptDriver, "default_query_exec_mode", mode)
			for _, c := range cases {
				t.Run(c.name(), func(t *testing.T) {
					var have string
					err := db.QueryRow(c.query, c.arg).Scan(&have)
					want := expected(pgadaptDriver, c.want, c.instead)
					if c.untyped != nil && (mode == "exec" || mode == "simple_protocol") {
						want = c.untyped
					}
					requireAnswer(t, want, have, err)
				})
			}
		})
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range cases {
			t.Run(c.name(), func(t *testing.T) {
				want := expected(driver, c.want, c.instead)
				var have string
				err := db.QueryRow(c.query, c.arg).Scan(&have)
				requireAnswer(t, want, have, err)

				stmt, err := db.Prepare(c.query)
				require.NoError(t, err)
				defer stmt.Close()
				err = stmt.QueryRow(c.arg).Scan(&have)
				requireAnswer(t, want, have, err)
			})
		}
	})
}

func TestIntegerParameters(t *testing.T) {
	testParameters(t, []parameterCase{
		{query: "select $1::int2::text", arg: int8(-5), want: "-5"},
		{query: "select $1::int2::text", arg: int16(-32768), want: "-32768"},
		{query: "select $1::int4::text", arg: int32(math.MinInt32), want: "-2147483648"},
		{query: "select $1::int4::text", arg: 42, want: "42"},
		{query: "select $1::int8::text", arg: int64(math.MinInt64), want: "-9223372036854775808"},
		{query: "select $1::int8::text", arg: uint8(255), want: "255"},
		{query: "select $1::int4::text", arg: uint16(65535), want: "65535"},
		{query: "select $1::int8::text", arg: uint32(math.MaxUint32), want: "4294967295"},
		{query: "select $1::int8::text", arg: uint(7), want: "7"},
		{query: "select $1::int8::text", arg: uint64(math.MaxInt64), want: "9223372036854775807"},
		{query: "select $1::oid::text", arg: uint32(math.MaxUint32), want: "4294967295"},
		{query: "select $1::numeric::text", arg: 42, want: "42"},
		{query: "select $1::numeric::text", arg: uint64(math.MaxInt64), want: "9223372036854775807"},
		{query: "select $1::float8::text", arg: 42, want: "42"},
		{query: "select $1::text", arg: 42, want: "42", instead: answers{pgxDriver: failure("unable to encode")}},
		{query: "select $1::varchar", arg: int64(-42), want: "-42", instead: answers{pgxDriver: failure("unable to encode")}},
		{query: "select ($1 + 1)::text", arg: 41, want: "42"},
		{query: "select $1::int4::text", arg: "42", want: "42"},
		{query: "select $1::int4::text", arg: pointerTo(42), want: "42"},
		{query: "select $1::int4::text", arg: pointerTo(pointerTo(int8(42))), want: "42"},
		{query: "select coalesce($1::int4::text, 'NULL')", arg: (*int)(nil), want: "NULL"},
		{query: "select $1::int4::text", arg: namedInt(42), want: "42"},
		{query: "select $1::int4::text", arg: time.March, want: "3"},
		{query: "select $1::int8::text", arg: 3 * time.Second, want: "3000000000", untyped: failure("cannot cast type interval to bigint")},
		{query: "select i::text from (values (1), (2)) v(i) where i = $1", arg: 2, want: "2"},
		{query: "select i::text from generate_series(1, 9) i limit 1 offset $1", arg: 2, want: "3"},

		{query: "select $1::int2::text", arg: 32768, want: failure("out of range"), instead: answers{pgxDriver: failure("is greater than maximum")}},
		{query: "select $1::int4::text", arg: int64(math.MaxInt32) + 1, want: failure("out of range"), instead: answers{pgxDriver: failure("is greater than maximum")}},
		{query: "select $1::int4::text", arg: "forty-two", want: failure("invalid input syntax for type integer"),
			instead: answers{pgxDriver: failure("forty-two")}},
		{query: "select $1::int4::text", arg: 1.5, want: failure("1.5"), instead: answers{pgxDriver: "1"}, untyped: "2"},
	})
}

func TestFloatAndBoolParameters(t *testing.T) {
	testParameters(t, []parameterCase{
		{query: "select $1::float4::text", arg: float32(0.1), want: "0.1"},
		{query: "select $1::float4::text", arg: 0.1, want: "0.1"},
		{query: "select $1::float8::text", arg: 0.1, want: "0.1"},
		{query: "select $1::float8::text", arg: math.MaxFloat64, want: "1.7976931348623157e+308"},
		{query: "select $1::float8::text", arg: math.SmallestNonzeroFloat64, want: "5e-324"},
		{query: "select $1::float8::text", arg: math.NaN(), want: "NaN"},
		{query: "select $1::float8::text", arg: math.Inf(1), want: "Infinity"},
		{query: "select $1::float4::text", arg: math.Inf(-1), want: "-Infinity"},
		{query: "select $1::float8::text", arg: math.Copysign(0, -1), want: "-0"},
		{query: "select $1::numeric::text", arg: 1.1, want: "1.1"},
		{query: "select $1::numeric::text", arg: math.NaN(), want: "NaN"},
		{query: "select $1::text", arg: 2.5, want: "2.5", instead: answers{pgxDriver: failure("unable to encode")}},
		{query: "select $1::int4::text", arg: 3.0, want: "3"},
		{query: "select $1::float8::text", arg: "1e10", want: "10000000000"},
		{query: "select $1::float8::text", arg: namedFloat(1.5), want: "1.5"},

		{query: "select $1::bool::text", arg: true, want: "true"},
		{query: "select $1::bool::text", arg: false, want: "false"},
		{query: "select $1::bool::text", arg: namedBool(true), want: "true"},
		{query: "select $1::bool::text", arg: pointerTo(true), want: "true"},
		{query: "select $1::bool::text", arg: "yes", want: "true"},
		{query: "select $1::text", arg: true, want: "true", instead: answers{pgxDriver: failure("unable to encode")}},
		{query: "select 'yes' where $1", arg: true, want: "yes"},
	})
}

func TestTextAndByteParameters(t *testing.T) {
	var nilBytes []byte
	testParameters(t, []parameterCase{
		{query: "select $1::text", arg: "", want: ""},
		{query: "select $1::text", arg: "quote ' backslash \\ dollar $1 ä € 😀\n", want: "quote ' backslash \\ dollar $1 ä € 😀\n"},
		{query: "select $1::varchar(3)", arg: "abcdef", want: "abc"},
		{query: "select $1::char(5) || '|'", arg: "ab", want: "ab|"},
		{query: "select $1", arg: "no type at all", want: "no type at all"},
		{query: "select 'x' || $1", arg: "y", want: "xy"},
		{query: "select upper($1)", arg: namedString("abc"), want: "ABC"},
		{query: "select $1::text", arg: pointerTo("pointed at"), want: "pointed at"},
		{query: "select coalesce($1, 'NULL')", arg: nil, want: "NULL"},
		{query: "select coalesce($1, 'NULL')", arg: (*string)(nil), want: "NULL"},
		{query: "select $1::text", arg: []byte("bytes as text"), want: "bytes as text", untyped: `\x62797465732061732074657874`},

		{query: "select encode($1::bytea, 'hex')", arg: []byte{0, 255, 16}, want: "00ff10"},
		{query: "select encode($1::bytea, 'hex')", arg: []byte{}, want: ""},
		{query: "select coalesce(encode($1::bytea, 'hex'), 'NULL')", arg: nilBytes, want: "NULL"},
		{query: "select encode($1::bytea, 'hex')", arg: namedBytes{1, 2}, want: "0102"},
		{query: "select encode($1::bytea, 'hex')", arg: pointerTo([]byte{1, 2}), want: "0102"},
		{query: "select encode($1::bytea, 'escape')", arg: "text", want: "text"},
		{query: "select encode($1::bytea, 'hex')", arg: `\x0aff`, want: "0aff", instead: answers{libpqDriver: "5c7830616666"}},

		{query: "select $1::json ->> 'a'", arg: `{"a": "b"}`, want: "b"},
		{query: "select $1::jsonb ->> 'a'", arg: []byte(`{"a": "b"}`), want: "b", untyped: failure("cannot cast type bytea to jsonb")},
		{query: "select $1::jsonb ->> 'a'", arg: json.RawMessage(`{"a": "b"}`), want: "b"},
		{query: "select $1::json ->> 'a'", arg: json.RawMessage(`{"a": "b"}`), want: "b"},
		{query: "select $1::text", arg: json.RawMessage(`{"a": "b"}`), want: `{"a": "b"}`},
		{query: "select coalesce($1::jsonb::text, 'NULL')", arg: json.RawMessage(nil), want: "NULL"},
	})
}

func TestTimeParameters(t *testing.T) {
	moment := utc(2024, 2, 29, 12, 34, 56, 789012)
	kolkata := time.FixedZone("", 19800)
	testParameters(t, []parameterCase{
		{query: "select $1::timestamptz::text", arg: moment, want: "2024-02-29 07:34:56.789012-05"},
		{query: "select $1::timestamptz::text", arg: moment.In(kolkata), want: "2024-02-29 07:34:56.789012-05"},
		{query: "select $1::timestamp::text", arg: moment, want: "2024-02-29 12:34:56.789012"},
		{query: "select $1::timestamp::text", arg: moment.In(kolkata), want: "2024-02-29 18:04:56.789012"},
		{query: "select $1::date::text", arg: moment, want: "2024-02-29"},
		{query: "select $1::date::text", arg: utc(2024, 2, 29, 23, 0, 0, 0).In(kolkata), want: "2024-03-01"},
		{query: "select $1::timestamptz::text", arg: utc(-43, 3, 15, 16, 0, 0, 0), want: "0044-03-15 11:03:58-04:56:02 BC"},
		{query: "select $1::timestamp::text", arg: utc(-43, 3, 15, 16, 0, 0, 0), want: "0044-03-15 16:00:00 BC"},
		{query: "select $1::date::text", arg: utc(0, 12, 31, 0, 0, 0, 0), want: "0001-12-31 BC"},
		{query: "select $1::date::text", arg: utc(12345, 1, 2, 0, 0, 0, 0), want: "12345-01-02"},
		{query: "select $1::timestamp::text", arg: utc(12345, 1, 2, 3, 4, 5, 600000), want: "12345-01-02 03:04:05.6"},
		{query: "select $1::timestamp::text", arg: time.Time{}, want: "0001-01-01 00:00:00"},
		{query: "select $1::timestamp::text", arg: time.Date(2024, 1, 1, 0, 0, 0, 1999, time.UTC), want: "2024-01-01 00:00:00.000001",
			instead: answers{libpqDriver: "2024-01-01 00:00:00.000002"}},
		{query: "select $1::timestamptz::text", arg: pointerTo(moment), want: "2024-02-29 07:34:56.789012-05"},
		{query: "select coalesce($1::timestamptz::text, 'NULL')", arg: (*time.Time)(nil), want: "NULL"},
		{query: "select $1::timestamptz::text", arg: "2024-02-29 12:00:00+00", want: "2024-02-29 07:00:00-05"},
		{query: "select $1::timestamptz::text", arg: "infinity", want: "infinity"},
		{query: "select $1::date::text", arg: "-infinity", want: "-infinity"},
		{query: "select $1::time::text", arg: "24:00:00", want: "24:00:00"},
		{query: "select $1::time::text", arg: moment, want: "12:34:56.789012"},
		{query: "select $1::timetz::text", arg: "12:34:56+05:30", want: "12:34:56+05:30"},
		{query: "select $1::interval::text", arg: "1 day 02:00:00", want: "1 day 02:00:00"},
		{query: "select ($1::timestamptz - interval '1 hour')::text", arg: moment, want: "2024-02-29 06:34:56.789012-05"},
	})
}

// TestTextForAnyType sends strings to types that the driver need not know.
func TestTextForAnyType(t *testing.T) {
	var cases []parameterCase
	for _, c := range []struct{ typeName, text string }{
		{"numeric", "123456789012345678901234567890.123456789"},
		{"numeric", "NaN"},
		{"uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
		{"inet", "10.1.2.3/8"}, {"cidr", "10.0.0.0/8"}, {"macaddr", "08:00:2b:01:02:03"},
		{"money", "$12.34"},
		{"int4[]", "{1,NULL,3}"}, {"text[]", `{a,"b c"}`}, {"uuid[]", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"},
		{"int4range", "[1,5)"}, {"numrange", "(,2.5]"}, {"tstzrange", "empty"}, {"int4multirange", "{[1,3),[5,7)}"},
		{"point", "(1.5,2)"}, {"bit(3)", "101"}, {"bit varying", "1011"},
		{"xml", "<a/>"}, {"tsvector", "'cat' 'fat'"}, {"pg_lsn", "16/B374D848"}, {"jsonpath", `$."a"[*]`},
		{"oid", "42"}, {"name", "pg_class"}, {`"char"`, "c"}, {"regclass", "pg_class"},
	} {
		cases = append(cases, parameterCase{query: "select $1::" + c.typeName + "::text", arg: c.text, want: c.text})
	}
	testParameters(t, cases)
}

// celsius is a Valuer with a value receiver.
type celsius float64

func (c celsius) Value() (driver.Value, error) { return fmt.Sprintf("%.1f", float64(c)), nil }

// optional is a Valuer with a pointer receiver that knows what nil means.
type optional struct{ text string }

func (o *optional) Value() (driver.Value, error) {
	if o == nil {
		return "nobody", nil
	}
	return o.text, nil
}

// failing is a Valuer that has no value.
type failing struct{}

func (failing) Value() (driver.Value, error) { return nil, errors.New("no value today") }

// code is a named type that is a Valuer: the Valuer counts, not the kind.
type code int

func (c code) Value() (driver.Value, error) { return fmt.Sprintf("code-%d", int(c)), nil }

func TestValuerParameters(t *testing.T) {
	id := uuid.MustParse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
	testParameters(t, []parameterCase{
		{query: "select $1::text", arg: celsius(36.65), want: "36.6"},
		{query: "select $1::numeric::text", arg: celsius(36.5), want: "36.5"},
		{query: "select $1::text", arg: pointerTo(celsius(36.5)), want: "36.5"},
		{query: "select coalesce($1::text, 'NULL')", arg: (*celsius)(nil), want: "NULL"},
		{query: "select coalesce($1::text, 'NULL')", arg: (*optional)(nil), want: "nobody"},
		{query: "select $1::text", arg: &optional{"somebody"}, want: "somebody"},
		{query: "select $1::text", arg: code(5), want: "code-5"},
		{query: "select $1::text", arg: failing{}, want: failure("no value today")},

		{query: "select coalesce($1::text, 'NULL')", arg: sql.NullString{}, want: "NULL"},
		{query: "select $1::text", arg: sql.NullString{String: "text", Valid: true}, want: "text"},
		{query: "select $1::int4::text", arg: sql.NullInt32{Int32: 42, Valid: true}, want: "42"},
		{query: "select $1::int8::text", arg: sql.NullInt64{Int64: 42, Valid: true}, want: "42"},
		{query: "select $1::bool::text", arg: sql.NullBool{Bool: true, Valid: true}, want: "true"},
		{query: "select $1::float8::text", arg: sql.NullFloat64{Float64: 1.5, Valid: true}, want: "1.5"},
		{query: "select $1::timestamp::text", arg: sql.NullTime{Time: utc(2024, 1, 2, 3, 4, 5, 0), Valid: true}, want: "2024-01-02 03:04:05"},
		{query: "select $1::int4::text", arg: sql.Null[int64]{V: 42, Valid: true}, want: "42"},
		{query: "select $1::int4::text", arg: sql.Null[int]{V: 42, Valid: true}, want: "42"},
		{query: "select coalesce($1::int4::text, 'NULL')", arg: sql.Null[int]{}, want: "NULL"},

		{query: "select $1::numeric::text", arg: decimal.RequireFromString("12345678901234567890.123"), want: "12345678901234567890.123"},
		{query: "select coalesce($1::numeric::text, 'NULL')", arg: decimal.NullDecimal{}, want: "NULL"},
		{query: "select $1::float8::text", arg: decimal.RequireFromString("1.5"), want: "1.5"},
		{query: "select $1::uuid::text", arg: id, want: id.String()},
		{query: "select $1::uuid::text", arg: &id, want: id.String()},
		{query: "select $1::text", arg: id, want: id.String()},
		{query: "select coalesce($1::uuid::text, 'NULL')", arg: (*uuid.UUID)(nil), want: "NULL"},
		{query: "select $1::uuid::text", arg: uuid.NullUUID{UUID: id, Valid: true}, want: id.String()},
		{query: "select coalesce($1::uuid::text, 'NULL')", arg: uuid.NullUUID{}, want: "NULL"},
	})
}

func TestPgtypeParameters(t *testing.T) {
	testParameters(t, []parameterCase{
		{query: "select $1::text", arg: pgtype.Text{String: "text", Valid: true}, want: "text"},
		{query: "select coalesce($1::text, 'NULL')", arg: pgtype.Text{}, want: "NULL"},
		{query: "select $1::int4::text", arg: pgtype.Int4{Int32: 42, Valid: true}, want: "42"},
		{query: "select $1::int8::text", arg: pgtype.Int8{Int64: 42, Valid: true}, want: "42"},
		{query: "select $1::bool::text", arg: pgtype.Bool{Bool: true, Valid: true}, want: "true"},
		{query: "select $1::float8::text", arg: pgtype.Float8{Float64: 1.5, Valid: true}, want: "1.5"},
		{query: "select $1::uuid::text", arg: pgtype.UUID{Bytes: [16]byte{0xa0, 15: 1}, Valid: true}, want: "a0000000-0000-0000-0000-000000000001"},
		{query: "select $1::date::text", arg: pgtype.Date{Time: utc(2024, 2, 29, 0, 0, 0, 0), Valid: true}, want: "2024-02-29"},
		{query: "select $1::date::text", arg: pgtype.Date{InfinityModifier: pgtype.Infinity, Valid: true}, want: "infinity"},
		{query: "select $1::timestamp::text", arg: pgtype.Timestamp{Time: utc(2024, 2, 29, 1, 2, 3, 4), Valid: true}, want: "2024-02-29 01:02:03.000004"},
		{query: "select $1::timestamptz::text", arg: pgtype.Timestamptz{Time: utc(2024, 2, 29, 1, 2, 3, 4), Valid: true}, want: "2024-02-28 20:02:03.000004-05"},
		{query: "select $1::timestamptz::text", arg: pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}, want: "-infinity"},
		{query: "select $1::interval::text", arg: pgtype.Interval{Days: 2, Microseconds: 5e6, Valid: true}, want: "2 days 00:00:05"},
		{query: "select $1::time::text", arg: pgtype.Time{Microseconds: 5e6, Valid: true}, want: "00:00:05"},
		{query: "select $1::point::text", arg: pgtype.Point{P: pgtype.Vec2{X: 1.5, Y: 2}, Valid: true}, want: "(1.5,2)"},
		{query: "select coalesce($1::int4::text, 'NULL')", arg: pgtype.Int4{}, want: "NULL"},
	})
}

func TestPqArrayParameters(t *testing.T) {
	testParameters(t, []parameterCase{
		{query: "select $1::int8[]::text", arg: pq.Array([]int64{1, -2, 3}), want: "{1,-2,3}"},
		{query: "select $1::int4[]::text", arg: pq.Array([]int{1, 2}), want: "{1,2}"},
		{query: "select $1::text[]::text", arg: pq.Array([]string{"a", "b c", `d"e\`, "NULL", ""}), want: `{a,"b c","d\"e\\","NULL",""}`},
		{query: "select $1::bool[]::text", arg: pq.Array([]bool{true, false}), want: "{t,f}"},
		{query: "select $1::float8[]::text", arg: pq.Array([]float64{1.5, 2}), want: "{1.5,2}"},
		{query: "select $1::bytea[]::text", arg: pq.Array([][]byte{{1, 255}}), want: `{"\\x01ff"}`},
		{query: "select $1::int4[]::text", arg: pq.Array([][]int{{1, 2}, {3, 4}}), want: "{{1,2},{3,4}}", instead: answers{pgxDriver: "{1,2,3,4}"}},
		{query: "select coalesce($1::int4[]::text, 'NULL')", arg: pq.Array([]int64(nil)), want: "NULL"},
		{query: "select $1::int4[]::text", arg: pq.Array([]int64{}), want: "{}"},
		{query: "select 'found' where 2 = any($1)", arg: pq.Array([]int64{1, 2}), want: "found"},
		{query: "select 'found' where 'b' = any($1)", arg: pq.StringArray{"a", "b"}, want: "found"},
	})
}

func TestParametersInFunctionsWithoutTypes(t *testing.T) {
	testParameters(t, []parameterCase{
		{query: "select coalesce($1, 'default')", arg: "given", want: "given"},
		{query: "select case when $1 = 'a' then 'yes' else 'no' end", arg: "a", want: "yes"},
		{query: "select lower($1) || length($1)", arg: "ABC", want: "abc3"},
		{query: "select substring('abcdef' from $1::int4)", arg: 3, want: "cdef"},
		{query: "select format('%s', $1::text)", arg: "x", want: "x"},
		{query: "select string_agg(x, ',') from unnest(string_to_array($1, ' ')) x", arg: "a b", want: "a,b"},
		{query: "select to_char($1::date, 'YYYY')", arg: "2024-02-29", want: "2024"},
		{query: "select 'x' where 'abc' like $1", arg: "a%", want: "x"},
		{query: "select 'x' where 'abc' in ('b', $1)", arg: "abc", want: "x"},
	})
}

// TestParameterUsedTwice sends one argument to two places, and arguments out of their order.
func TestParameterUsedTwice(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		require.Equal(t, "b-a-b", queryValue[string](t, db, "select $2 || '-' || $1 || '-' || $2", "a", "b"))
		require.Equal(t, 14, queryValue[int](t, db, "select $1::int4 + $1::int4", 7))
		require.Equal(t, 12, queryValue[int](t, db,
			"select $1::int4+$2::int4+$3::int4+$4::int4+$5::int4+$6::int4+$7::int4+$8::int4+$9::int4+$10::int4+$11::int4+$12::int4",
			1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1))
	})
}

// TestPlaceholdersThatAreNone has texts in which a dollar sign means something else.
func TestPlaceholdersThatAreNone(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for query, want := range map[string]string{
			"select '$2' || $1::text":                             "$2!",
			`select "$2" || $1::text from (select 'c' as "$2") v`: "c!",
			"select $$it's $2$$ || $1::text":                      "it's $2!",
			"select $tag$ $2 $$ $tag$ || $1::text":                " $2 $$ !",
			"select /* $2 /* $3 */ */ $1::text -- $4":             "!",
			`select E'\'$2' || $1::text`:                          "'$2!",
		} {
			require.Equal(t, want, queryValue[string](t, db, query, "!"), query)
		}
	})
}

// TestTextsThatCannotBeSent says that NUL and invalid UTF-8 are errors that leave the connection usable.
func TestTextsThatCannotBeSent(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		for name, text := range map[string]string{"NUL": "a\x00b", "invalid UTF-8": "a\xffb"} {
			t.Run(name, func(t *testing.T) {
				var have string
				require.Error(t, db.QueryRow("select $1::text", text).Scan(&have))
				requireUsable(t, db)
				require.Error(t, db.QueryRow("select $1::text", []byte(text)).Scan(&have))
				requireUsable(t, db)
				_, err := db.Exec("select $1::text", text)
				require.Error(t, err)
				requireUsable(t, db)
			})
		}
	})
}

// TestUnsupportedParameters has arguments that no driver takes.
func TestUnsupportedParameters(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, arg := range []any{make(chan int), func() {}, complex(1, 2)} {
			t.Run(fmt.Sprintf("%T", arg), func(t *testing.T) {
				_, err := db.Exec("select $1::int4", arg)
				require.Error(t, err)
				requireUsable(t, db)
			})
		}
	})
}

// TestLargeValues sends and reads 8 MiB in one value.
func TestLargeValues(t *testing.T) {
	large := make([]byte, 8<<20)
	for i := range large {
		large[i] = 'a' + byte(i%26)
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		require.Equal(t, large, queryValue[[]byte](t, db, "select $1::bytea", large))
		require.Equal(t, string(large), queryValue[string](t, db, "select $1::text", string(large)))
	})
}
