package dropin_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
)

// destinationCase scans an expression into a destination of the type of want, or of into where that is set.
type destinationCase struct {
	expr    string
	into    any
	want    any
	instead answers
}

func testScanInto(t *testing.T, cases []destinationCase) {
	t.Helper()
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range cases {
			into := c.into
			if into == nil {
				into = c.want
			}
			t.Run(fmt.Sprintf("%s into %T", c.expr, into), func(t *testing.T) {
				destination := reflect.New(reflect.TypeOf(into))
				err := db.QueryRow("select " + c.expr).Scan(destination.Interface())
				requireAnswer(t, expected(driver, c.want, c.instead), destination.Elem().Interface(), err)
			})
		}
	})
}

func pointerTo[T any](value T) *T { return &value }

func TestScanIntoIntegers(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: "1::int2", want: int(1)},
		{expr: "2::int4", want: int8(2)},
		{expr: "'-3'::int8", want: int16(-3)},
		{expr: "4::int2", want: int32(4)},
		{expr: "'-9223372036854775808'::int8", want: int64(math.MinInt64)},
		{expr: "5::int4", want: uint(5)},
		{expr: "255::int4", want: uint8(255)},
		{expr: "65535::int4", want: uint16(65535)},
		{expr: "'4294967295'::int8", want: uint32(math.MaxUint32)},
		{expr: "'9223372036854775807'::int8", want: uint64(math.MaxInt64)},
		{expr: "'4294967295'::oid", want: uint32(math.MaxUint32)},
		{expr: "'4294967295'::oid", want: int64(math.MaxUint32)},
		{expr: "'12'::text", want: int(12)},
		{expr: "'-12'::varchar", want: int64(-12)},
		{expr: "'18446744073709551615'::numeric", want: uint64(math.MaxUint64)},
		{expr: "'42'::numeric", want: int32(42)},
		{expr: "'-7'", want: int16(-7)},
		{expr: "1e3::float8", want: int(1000)},
		{expr: "7::int4", want: pointerTo(7)},
		{expr: "null::int4", want: (*int)(nil)},
		{expr: "7::int4", want: pointerTo(pointerTo(int64(7)))},
		{expr: "7::int2", want: time.Duration(7)},
		{expr: "2::int4", want: time.February},
	})
}

func TestScanIntoFloatsAndBools(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: "'1.5'::float4", want: float32(1.5)},
		{expr: "'0.1'::float4", want: float32(0.1)},
		{expr: "'0.1'::float8", want: float64(0.1)},
		{expr: "'1.7976931348623157e308'::float8", want: math.MaxFloat64},
		{expr: "'NaN'::float8", want: math.NaN()},
		{expr: "'-Infinity'::float8", want: math.Inf(-1)},
		{expr: "'Infinity'::float4", want: float32(math.Inf(1))},
		{expr: "1::int4", want: float64(1)},
		{expr: "'9007199254740993'::int8", want: float64(9007199254740992)},
		{expr: "'1.10'::numeric", want: 1.1},
		{expr: "'1.10'::numeric", want: float32(1.1)},
		{expr: "'NaN'::numeric", want: math.NaN()},
		{expr: "'2.5'::text", want: 2.5},
		{expr: "'2.5'::float8", want: pointerTo(2.5)},
		{expr: "null::float8", want: (*float64)(nil)},

		{expr: "true", want: true},
		{expr: "false", want: false},
		{expr: "true", want: pointerTo(true)},
		{expr: "null::bool", want: (*bool)(nil)},
		{expr: "1::int4", want: true},
		{expr: "0::int2", want: false},
		{expr: "'true'::text", want: true},
		{expr: "'f'::text", want: false},
	})
}

func TestScanIntoStrings(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: "'text'::text", want: "text"},
		{expr: "'blank'::char(7)", want: "blank  "},
		{expr: "'unknown'", want: "unknown"},
		{expr: "true", want: "true"},
		{expr: "'-32768'::int2", want: "-32768"},
		{expr: "'9223372036854775807'::int8", want: "9223372036854775807"},
		{expr: "'1.5'::float8", want: "1.5"},
		{expr: "'1e300'::float8", want: "1e+300"},
		{expr: "'NaN'::float8", want: "NaN"},
		{expr: "'1.50'::numeric", want: "1.50"},
		{expr: `'abc'::bytea`, want: "abc"},
		{expr: `'{"a": 1}'::json`, want: `{"a": 1}`},
		{expr: `'{"a":1}'::jsonb`, want: `{"a": 1}`},
		{expr: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", want: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
		{expr: "array['a','b']", want: "{a,b}"},
		{expr: "'10.0.0.1'::inet", want: "10.0.0.1"},
		{expr: "'1 day'::interval", want: "1 day"},
		{expr: "'2024-02-29'::date", want: "2024-02-29T00:00:00Z"},
		{expr: "'2024-02-29 12:34:56.789'::timestamp", want: "2024-02-29T12:34:56.789Z"},
		{expr: "'2024-02-29 12:34:56.789+00'::timestamptz", want: "2024-02-29T07:34:56.789-05:00",
			instead: answers{pgxDriver: utc(2024, 2, 29, 12, 34, 56, 789000).Local().Format(time.RFC3339Nano)}},
		{expr: "'12:34:56.5'::time", want: "12:34:56.5", instead: answers{libpqDriver: "0000-01-01T12:34:56.5Z"}},
		{expr: "'4294967295'::oid", want: "4294967295"},
		{expr: "'text'::text", want: pointerTo("text")},
		{expr: "null::text", want: (*string)(nil)},
		{expr: "5::int4", want: pointerTo("5")},
	})
}

func TestScanIntoBytes(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: `'\x00ff'::bytea`, want: []byte{0, 255}},
		{expr: `''::bytea`, want: []byte{}},
		{expr: "null::bytea", want: []byte(nil)},
		{expr: "null::text", want: []byte(nil)},
		{expr: "'text'::text", want: []byte("text")},
		{expr: "''::text", want: []byte{}},
		{expr: "42::int4", want: []byte("42")},
		{expr: "true", want: []byte("true")},
		{expr: "'1.5'::float8", want: []byte("1.5")},
		{expr: "'1.50'::numeric", want: []byte("1.50")},
		{expr: "'2024-02-29'::date", want: []byte("2024-02-29T00:00:00Z")},
		{expr: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", want: []byte("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
		{expr: `'{"a":1}'::json`, want: []byte(`{"a":1}`)},
		{expr: `'{"a":1}'::jsonb`, want: json.RawMessage(`{"a": 1}`)},
		{expr: "null::jsonb", into: json.RawMessage{}, want: failure("storing driver.Value type <nil> into type *json")},
		{expr: "null::jsonb", want: (*json.RawMessage)(nil)},
		{expr: "array[1,2]", want: []byte("{1,2}")},
		{expr: `'\x00ff'::bytea`, want: pointerTo([]byte{0, 255})},
		{expr: `null::bytea`, want: (*[]byte)(nil)},
	})
}

func TestScanIntoTimes(t *testing.T) {
	notATime := failure("unsupported Scan, storing driver.Value type")
	testScanInto(t, []destinationCase{
		{expr: "'2024-02-29'::date", want: utc(2024, 2, 29, 0, 0, 0, 0)},
		{expr: "'4713-11-24 BC'::date", want: utc(-4712, 11, 24, 0, 0, 0, 0)},
		{expr: "'99999-12-31'::date", want: utc(99999, 12, 31, 0, 0, 0, 0)},
		{expr: "'2024-02-29 12:34:56.000001'::timestamp", want: utc(2024, 2, 29, 12, 34, 56, 1)},
		{expr: "'0001-12-31 23:59:59.999999 BC'::timestamp", want: utc(0, 12, 31, 23, 59, 59, 999999)},
		{expr: "'2024-02-29 12:34:56+13:45'::timestamptz", want: utc(2024, 2, 28, 22, 49, 56, 0)},
		{expr: "'1883-11-18 12:00:00+00'::timestamptz", want: utc(1883, 11, 18, 12, 0, 0, 0)},
		{expr: "'2024-02-29 12:34:56+00'::timestamptz", want: pointerTo(utc(2024, 2, 29, 12, 34, 56, 0))},
		{expr: "null::timestamptz", want: (*time.Time)(nil)},
		{expr: "'infinity'::timestamptz", into: time.Time{}, want: failure("time.Time")},
		{expr: "'-infinity'::date", into: time.Time{}, want: failure("time.Time")},
		{expr: "'2024-02-29'::text", into: time.Time{}, want: notATime},
		{expr: "5::int4", into: time.Time{}, want: notATime},
	})
}

func TestScanIntoNullTypes(t *testing.T) {
	moment := utc(2024, 2, 29, 12, 34, 56, 0)
	testScanInto(t, []destinationCase{
		{expr: "true", want: sql.NullBool{Bool: true, Valid: true}},
		{expr: "null::bool", want: sql.NullBool{}},
		{expr: "255::int2", want: sql.NullByte{Byte: 255, Valid: true}},
		{expr: "null::int2", want: sql.NullInt16{}},
		{expr: "'-5'::int2", want: sql.NullInt16{Int16: -5, Valid: true}},
		{expr: "'-5'::int4", want: sql.NullInt32{Int32: -5, Valid: true}},
		{expr: "'-5'::int8", want: sql.NullInt64{Int64: -5, Valid: true}},
		{expr: "null::int8", want: sql.NullInt64{}},
		{expr: "'-5'::text", want: sql.NullInt64{Int64: -5, Valid: true}},
		{expr: "1.5::float8", want: sql.NullFloat64{Float64: 1.5, Valid: true}},
		{expr: "1.5::numeric", want: sql.NullFloat64{Float64: 1.5, Valid: true}},
		{expr: "null::numeric", want: sql.NullFloat64{}},
		{expr: "'text'::text", want: sql.NullString{String: "text", Valid: true}},
		{expr: "42::int4", want: sql.NullString{String: "42", Valid: true}},
		{expr: "null::text", want: sql.NullString{}},
		{expr: "'2024-02-29 12:34:56'::timestamp", want: sql.NullTime{Time: moment, Valid: true}},
		{expr: "null::date", want: sql.NullTime{}},

		{expr: "5::int4", want: sql.Null[int]{V: 5, Valid: true}},
		{expr: "5::int4", want: sql.Null[uint16]{V: 5, Valid: true}},
		{expr: "null::int4", want: sql.Null[int64]{}},
		{expr: "'text'::text", want: sql.Null[string]{V: "text", Valid: true}},
		{expr: `'\x01'::bytea`, want: sql.Null[[]byte]{V: []byte{1}, Valid: true}},
		{expr: "'2024-02-29 12:34:56'::timestamp", want: sql.Null[time.Time]{V: moment, Valid: true}},
		{expr: "5::int4", want: sql.Null[any]{V: int64(5), Valid: true}},
		{expr: "5::int4", want: pointerTo(sql.Null[int]{V: 5, Valid: true})},
		{expr: "null::int4", want: (*sql.Null[int])(nil)},
		{expr: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
			want: sql.Null[uuid.UUID]{V: uuid.MustParse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), Valid: true}},
	})
}

// Named types of every kind that database/sql scans.
type (
	namedBool   bool
	namedInt    int32
	namedUint   uint8
	namedFloat  float32
	namedString string
	namedBytes  []byte
)

func TestScanIntoNamedTypes(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: "true", want: namedBool(true)},
		{expr: "'-5'::int8", want: namedInt(-5)},
		{expr: "200::int4", want: namedUint(200)},
		{expr: "1.5::float8", want: namedFloat(1.5)},
		{expr: "'text'::text", want: namedString("text")},
		{expr: "42::int4", into: namedString(""), want: failure("storing driver.Value type int64 into type *dropin_test.namedString")},
		{expr: `'\x01ff'::bytea`, want: namedBytes{1, 255}},
		{expr: "null::bytea", into: namedBytes{}, want: failure("storing driver.Value type <nil> into type *dropin_test.namedBytes")},
		{expr: "'text'::text", want: pointerTo(namedString("text"))},
		{expr: "null::text", want: (*namedString)(nil)},
		{expr: "300::int4", into: namedUint(0), want: failure(`converting driver.Value type int64 ("300") to a uint8: value out of range`)},
	})
}

// upper is a Scanner on its pointer that keeps what it was given.
type upper struct {
	text  string
	given string
}

func (u *upper) Scan(src any) error {
	u.given = fmt.Sprintf("%T", src)
	switch src := src.(type) {
	case nil:
		u.text = "NULL"
	case string:
		u.text = strings.ToUpper(src)
	case []byte:
		u.text = strings.ToUpper(string(src))
	default:
		u.text = strings.ToUpper(fmt.Sprint(src))
	}
	return nil
}

func (u upper) Equal(other upper) bool { return u == other }

// refusing is a Scanner that fails.
type refusing struct{}

func (*refusing) Scan(any) error { return errors.New("refused by the program") }

// document is the usual way to scan json into a struct.
type document struct {
	Name string `json:"name"`
	Tags []int  `json:"tags"`
}

func (d *document) Scan(src any) error {
	text, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("json comes as %T", src)
	}
	return json.Unmarshal(text, d)
}

func TestScanIntoScanners(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: "'text'::text", want: upper{"TEXT", "string"}},
		{expr: "null::text", want: upper{"NULL", "<nil>"}},
		{expr: "42::int4", want: upper{"42", "int64"}},
		{expr: "1.5::float4", want: upper{"1.5", "float64"}},
		{expr: "true", want: upper{"TRUE", "bool"}},
		{expr: "'abc'::bytea", want: upper{"ABC", "[]uint8"}},
		{expr: "'1.50'::numeric", want: upper{"1.50", "string"}, instead: answers{libpqDriver: upper{"1.50", "[]uint8"}}},
		{expr: "'ab'::name", want: upper{"AB", "string"}, instead: answers{libpqDriver: upper{"AB", "[]uint8"}}},
		{expr: "'text'::text", want: pointerTo(upper{"TEXT", "string"})},
		{expr: "null::text", want: (*upper)(nil)},
		{expr: "1::int4", into: refusing{}, want: failure("refused by the program")},
		{expr: `'{"name":"x","tags":[1,2]}'::json`, want: document{"x", []int{1, 2}}},
		{expr: `'{"name":"x","tags":[1,2]}'::jsonb`, want: document{"x", []int{1, 2}}},

		{expr: "'123456789.123456789'::numeric", want: decimal.RequireFromString("123456789.123456789")},
		{expr: "5::int8", want: decimal.NewFromInt(5)},
		{expr: "1.5::float8", want: decimal.RequireFromString("1.5")},
		{expr: "null::numeric", want: decimal.NullDecimal{}},
		{expr: "'-1.5'::numeric", want: decimal.NullDecimal{Decimal: decimal.RequireFromString("-1.5"), Valid: true}},
		{expr: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", want: uuid.MustParse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
		{expr: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::text", want: uuid.MustParse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
		{expr: "null::uuid", want: uuid.NullUUID{}},
		{expr: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
			want: uuid.NullUUID{UUID: uuid.MustParse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), Valid: true}},
	})
}

func TestScanOutOfRange(t *testing.T) {
	outOfRange := failure("value out of range")
	testScanInto(t, []destinationCase{
		{expr: "128::int4", into: int8(0), want: outOfRange},
		{expr: "'-129'::int2", into: int8(0), want: outOfRange},
		{expr: "32768::int4", into: int16(0), want: outOfRange},
		{expr: "2147483648::int8", into: int32(0), want: outOfRange},
		{expr: "256::int4", into: uint8(0), want: outOfRange},
		{expr: "65536::int4", into: uint16(0), want: outOfRange},
		{expr: "4294967296::int8", into: uint32(0), want: outOfRange},
		{expr: "'-1'::int4", into: uint(0), want: failure("invalid syntax")},
		{expr: "'-1'::int8", into: uint64(0), want: failure("invalid syntax")},
		{expr: "'9223372036854775808'::numeric", into: int64(0), want: outOfRange},
		{expr: "'1e39'::float8", into: float32(0), want: outOfRange},
		{expr: "'1e400'::numeric", into: float64(0), want: outOfRange},
		{expr: "256::int4", into: sql.NullByte{}, want: outOfRange},
		{expr: "40000::int4", into: sql.NullInt16{}, want: outOfRange},
		{expr: "128::int4", into: sql.Null[int8]{}, want: outOfRange},
		{expr: "128::int4", into: (*int8)(nil), want: outOfRange},
	})
}

func TestScanOfTheWrongType(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: "'abc'::text", into: 0, want: failure(`converting driver.Value type string ("abc") to a int: invalid syntax`)},
		{expr: "1.5::float8", into: 0, want: failure(`converting driver.Value type float64 ("1.5") to a int: invalid syntax`)},
		{expr: "'1.5'::numeric", into: 0, want: failure(`("1.5") to a int: invalid syntax`)},
		{expr: "true", into: 0, want: failure(`converting driver.Value type bool ("true") to a int: invalid syntax`)},
		{expr: "2::int4", into: false, want: failure("couldn't convert 2 into type bool")},
		{expr: "'abc'::text", into: false, want: failure(`couldn't convert "abc" into type bool`)},
		{expr: "'abc'::text", into: 1.5, want: failure(`converting driver.Value type string ("abc") to a float64: invalid syntax`)},
		{expr: "now()", into: 0, want: failure("converting driver.Value type time.Time")},
		{expr: "1::int4", into: struct{}{}, want: failure("struct {}")},
		{expr: "1::int4", into: map[string]int{}, want: failure("map[string]int")},
		{expr: "1::int4", into: sql.NullTime{}, want: failure("unsupported Scan, storing driver.Value type int64 into type *time.Time")},
		{expr: "'abc'::text", into: sql.NullInt64{}, want: failure("invalid syntax")},
		{expr: "'abc'::text", into: (*int)(nil), want: failure("invalid syntax")},
	})
}

func TestScanOfNullIntoPlainTypes(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: "null::int4", into: 0, want: failure(`sql: Scan error on column index 0, name "int4": converting NULL to int is unsupported`)},
		{expr: "null::int8", into: uint8(0), want: failure("converting NULL to uint8 is unsupported")},
		{expr: "null::float8", into: 0.5, want: failure("converting NULL to float64 is unsupported")},
		{expr: "null::text", into: "", want: failure("converting NULL to string is unsupported")},
		{expr: "null::uuid", into: "", want: failure("converting NULL to string is unsupported")},
		{expr: "null::text", into: namedString(""), want: failure("converting NULL to string is unsupported")},
		{expr: "null::bool", into: false, want: failure("sql/driver: couldn't convert <nil> (<nil>) into type bool")},
		{expr: "null::timestamptz", into: time.Time{}, want: failure("unsupported Scan, storing driver.Value type <nil> into type *time.Time")},
		{expr: "null::numeric", into: decimal.Decimal{}, want: failure("scan NULL into a Decimal")},
	})
}

// TestScanErrorNamesTheColumn looks at what a program prints when a scan fails.
func TestScanErrorNamesTheColumn(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		var first, second int
		err := db.QueryRow("select 1 as fine, 'abc' as age").Scan(&first, &second)
		require.EqualError(t, err, `sql: Scan error on column index 1, name "age": `+
			`converting driver.Value type string ("abc") to a int: invalid syntax`)
		require.Equal(t, 1, first)
	})
}

// TestScanLeavesTheRestOfTheRow continues after a scan that failed.
func TestScanLeavesTheRestOfTheRow(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		rows, err := db.Query("select i, case when i = 2 then null else 'row ' || i end from generate_series(1, 3) i")
		require.NoError(t, err)
		defer rows.Close()
		var texts []string
		for rows.Next() {
			var number int
			var text string
			if err := rows.Scan(&number, &text); err != nil {
				require.NoError(t, rows.Scan(&number, new(any)), "a row can be scanned again")
				text = fmt.Sprintf("row %d is NULL", number)
			}
			texts = append(texts, text)
		}
		require.NoError(t, rows.Err())
		require.Equal(t, []string{"row 1", "row 2 is NULL", "row 3"}, texts)
	})
}

func TestRawBytes(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		rows, err := db.Query(`select i::int4, 'text ' || i, decode('ff0' || i, 'hex'), null::text, ('{"a":' || i || '}')::jsonb,
			1.50::numeric, true from generate_series(1, 3) i`)
		require.NoError(t, err)
		defer rows.Close()
		var have []string
		for rows.Next() {
			raw := make([]sql.RawBytes, 7)
			require.NoError(t, rows.Scan(&raw[0], &raw[1], &raw[2], &raw[3], &raw[4], &raw[5], &raw[6]))
			require.Nil(t, raw[3])
			have = append(have, fmt.Sprintf("%s|%s|%x|%s|%s|%s", raw[0], raw[1], []byte(raw[2]), raw[4], raw[5], raw[6]))
		}
		require.NoError(t, rows.Err())
		require.Equal(t, []string{
			`1|text 1|ff01|{"a": 1}|1.50|true`,
			`2|text 2|ff02|{"a": 2}|1.50|true`,
			`3|text 3|ff03|{"a": 3}|1.50|true`,
		}, have)
	})
}

// TestScannedMemoryIsTheCallers overwrites what one row gave and looks at the next, and keeps what was scanned
// until the end.
func TestScannedMemoryIsTheCallers(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		rows, err := db.Query("select decode(lpad(i::text, 8, '0'), 'hex'), 'text ' || i from generate_series(1, 100) i")
		require.NoError(t, err)
		defer rows.Close()
		var kept [][]byte
		var texts []any
		for rows.Next() {
			var bytes []byte
			var text any
			require.NoError(t, rows.Scan(&bytes, &text))
			kept, texts = append(kept, bytes), append(texts, text)
			if len(kept) > 1 {
				copy(kept[len(kept)-2], "\xee\xee\xee\xee")
			}
		}
		require.NoError(t, rows.Err())
		require.Len(t, kept, 100)
		require.Equal(t, []byte{0, 0, 1, 0}, kept[99])
		require.Equal(t, []byte("\xee\xee\xee\xee"), kept[0])
		require.Equal(t, "text 1", texts[0])
		require.Equal(t, "text 100", texts[99])
	})
}

// TestValuesInEveryExecutionMode reads the same values over the text and the binary format.
func TestValuesInEveryExecutionMode(t *testing.T) {
	for _, mode := range executionModes {
		t.Run(mode, func(t *testing.T) {
			db := open(t, pgadaptDriver, "default_query_exec_mode", mode)
			for _, cases := range [][]anyCase{scalarsIntoAny, momentsIntoAny} {
				for _, c := range cases {
					have := queryValue[any](t, db, "select "+c.expr)
					requireSame(t, c.want, have)
				}
			}
			for _, c := range othersIntoAny {
				require.Equal(t, c.want, queryValue[any](t, db, "select "+c.expr))
				require.Equal(t, c.want, queryValue[string](t, db, "select "+c.expr))
			}
		})
	}
}
