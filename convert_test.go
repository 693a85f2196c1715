package pgadapt_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

func inZone(t testing.TB, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	require.NoError(t, err)
	return location
}

// What a column gives an *any is what every other destination is converted from.
func TestValuesIntoAny(t *testing.T) {
	newYork := inZone(t, "America/New_York")
	for _, test := range []struct {
		literal string
		want    any
	}{
		{"true", true},
		{"(-32768)::int2", int64(-32768)},
		{"2147483647::int4", int64(2147483647)},
		{"(-9223372036854775808)::int8", int64(math.MinInt64)},
		{"4294967295::oid", int64(4294967295)},
		{"'4294967295'::xid", int64(4294967295)},
		{"1.5::float4", 1.5},
		{"'-Infinity'::float8", math.Inf(-1)},
		{"1.10::numeric", "1.10"},
		{"'NaN'::numeric", "NaN"},
		{"123456789012345678901234567890.123456789::numeric", "123456789012345678901234567890.123456789"},
		{"''::text", ""},
		{"'é 世界'::varchar", "é 世界"},
		{"'ab'::char(4)", "ab  "},
		{`'a'::"char"`, "a"},
		{"'pg_class'::name", "pg_class"},
		{"'unknown'", "unknown"},
		{`'\x00ff'::bytea`, []byte{0, 0xff}},
		{`'\x'::bytea`, []byte{}},
		{`'{"a":  1}'::json`, []byte(`{"a":  1}`)},
		{`'{"a":  1}'::jsonb`, []byte(`{"a": 1}`)},
		{"'<a/>'::xml", []byte("<a/>")},
		{"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
		{"'2024-02-29'::date", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{"'0044-03-15 BC'::date", time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC)},
		{"'20000-01-01'::date", time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"'2024-02-29 23:59:59.123456'::timestamp", time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC)},
		{"'1900-01-01 00:00:00.000001 BC'::timestamp", time.Date(-1899, 1, 1, 0, 0, 0, 1000, time.UTC)},
		{"'2024-07-01 12:00:00Z'::timestamptz", time.Date(2024, 7, 1, 8, 0, 0, 0, newYork)},
		{"'2024-01-01 12:00:00Z'::timestamptz", time.Date(2024, 1, 1, 7, 0, 0, 0, newYork)},
		{"'infinity'::timestamptz", "infinity"},
		{"'-infinity'::date", "-infinity"},
		{"'24:00:00'::time", "24:00:00"},
		{"'12:34:56.789'::time", "12:34:56.789"},
		{"'12:34:56+05:30'::timetz", "12:34:56+05:30"},
		{"'1 year -2 days 00:00:01'::interval", "1 year -2 days +00:00:01"},
		{"'{1,NULL,3}'::int4[]", "{1,NULL,3}"},
		{"'192.168.0.1/24'::inet", "192.168.0.1/24"},
		{"'(1,2)'::point", "(1,2)"},
		{"'16/B374D848'::pg_lsn", "16/B374D848"},
		{"'[1,5)'::int4range", "[1,5)"},
		{"row(1, 'a')", "(1,a)"},
		{"null::int4", nil},
		{"null", nil},
	} {
		t.Run(test.literal, func(t *testing.T) {
			for _, mode := range modes {
				db := open(t, "default_query_exec_mode", mode, "TimeZone", "America/New_York")
				var got any
				require.NoError(t, db.QueryRow("select "+test.literal).Scan(&got))
				requireSameValue(t, test.want, got, mode)
			}
		})
	}
}

// requireSameValue compares times by what they show: instant, clock and zone.
func requireSameValue(t testing.TB, want, got any, message string) {
	t.Helper()
	if moment, ok := want.(time.Time); ok {
		require.IsType(t, moment, got, message)
		require.Equal(t, moment.String(), got.(time.Time).String(), message)
		return
	}
	require.Equal(t, want, got, message)
}

type (
	namedInt    int32
	namedText   string
	namedBytes  []byte
	namedBool   bool
	namedFloat  float64
	upperCase   string
	brokenValue struct{}
)

func (u upperCase) Value() (driver.Value, error) { return "UPPER " + string(u), nil }

func (u *upperCase) Scan(value any) error {
	*u = upperCase(fmt.Sprint("scanned ", value))
	return nil
}

func (brokenValue) Value() (driver.Value, error) { return nil, errors.New("broken on purpose") }

func pointerTo[T any](value T) *T { return &value }

func TestArgumentsByTheTypeOfTheirParameter(t *testing.T) {
	moment := time.Date(2024, 7, 1, 12, 30, 45, 123456789, inZone(t, "Asia/Kolkata"))
	for _, test := range []struct {
		name, typeName string
		argument       any
		want           string
	}{
		{"nil", "int4", nil, "NULL"},
		{"nil pointer", "int4", (*int)(nil), "NULL"},
		{"nil pointer to a Valuer", "text", (*upperCase)(nil), "NULL"},
		{"nil bytes", "bytea", []byte(nil), "NULL"},
		{"pointer", "int4", pointerTo(7), "7"},
		{"pointer to a pointer", "int4", pointerTo(pointerTo(7)), "7"},
		{"int to int2", "int2", -32768, "-32768"},
		{"int to int8", "int8", int64(math.MaxInt64), "9223372036854775807"},
		{"uint64 to int8", "int8", uint64(math.MaxInt64), "9223372036854775807"},
		{"uint64 to numeric", "numeric", uint64(math.MaxUint64), "18446744073709551615"},
		{"int to numeric", "numeric", 5, "5"},
		{"int to text", "text", -5, "-5"},
		{"int to float8", "float8", 5, "5"},
		{"int to oid", "oid", int64(4294967295), "4294967295"},
		{"int to bool", "bool", 1, "true"},
		{"named int", "int4", namedInt(-5), "-5"},
		{"float64 to float8", "float8", 0.1, "0.1"},
		{"float32 to float8", "float8", float32(0.1), "0.1"},
		{"float32 to float4", "float4", float32(0.1), "0.1"},
		{"float64 to numeric", "numeric", 1e-7, "0.0000001"},
		{"float64 to text", "text", 1.5, "1.5"},
		{"integral float to int4", "int4", 42.0, "42"},
		{"NaN", "float8", math.NaN(), "NaN"},
		{"infinity", "numeric", math.Inf(1), "Infinity"},
		{"named float", "float8", namedFloat(2.5), "2.5"},
		{"bool", "bool", true, "true"},
		{"bool to text", "text", false, "false"},
		{"named bool", "bool", namedBool(true), "true"},
		{"string to int4", "int4", " 12 ", "12"},
		{"string to timestamptz", "timestamptz", "2024-01-01 00:00:00+00", "2023-12-31 19:00:00-05"},
		{"string to jsonb", "jsonb", `{"a":1}`, `{"a": 1}`},
		{"string to an array", "int4[]", "{1,2}", "{1,2}"},
		{"named string", "text", namedText("x"), "x"},
		{"empty string", "text", "", ""},
		{"bytes to bytea", "bytea", []byte{0, 255}, `\x00ff`},
		{"empty bytes to bytea", "bytea", []byte{}, `\x`},
		{"bytes to text", "text", []byte("x"), "x"},
		{"bytes to jsonb", "jsonb", []byte(`{"a":1}`), `{"a": 1}`},
		{"raw json", "jsonb", json.RawMessage(`[1]`), "[1]"},
		{"named bytes to bytea", "bytea", namedBytes{1}, `\x01`},
		{"map to jsonb", "jsonb", map[string]int{"a": 1}, `{"a": 1}`},
		{"struct to json", "json", struct{ A int }{1}, `{"A":1}`},
		{"time to timestamptz", "timestamptz", moment, "2024-07-01 03:00:45.123456-04"},
		{"time to timestamp", "timestamp", moment, "2024-07-01 12:30:45.123456"},
		{"time to date", "date", moment, "2024-07-01"},
		{"time to time", "time", moment, "12:30:45.123456"},
		{"time to timetz", "timetz", moment, "12:30:45.123456+05:30"},
		{"time to text", "text", moment, "2024-07-01 12:30:45.123456+05:30"},
		{"time BC", "date", time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC), "0044-03-15 BC"},
		{"duration to interval", "interval", -90 * time.Minute, "-01:30:00"},
		{"duration to int8", "int8", time.Second, "1000000000"},
		{"uuid from bytes", "uuid", []byte("0123456789abcdef"), "30313233-3435-3637-3839-616263646566"},
		{"uuid from an array", "uuid", [16]byte{15: 1}, "00000000-0000-0000-0000-000000000001"},
		{"Valuer", "text", upperCase("x"), "UPPER x"},
		{"pointer to a Valuer", "text", pointerTo(upperCase("x")), "UPPER x"},
		{"sql.Null", "int4", sql.Null[int]{V: 5, Valid: true}, "5"},
		{"invalid sql.NullString", "text", sql.NullString{}, "NULL"},
		{"slice to an array", "int4[]", []int{1, 2, 3}, "{1,2,3}"},
		{"strings to an array", "text[]", []string{"a", `"`, "NULL"}, `{a,"\"","NULL"}`},
		{"net.IP", "inet", net.IPv4(10, 0, 0, 1), "10.0.0.1/32"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, mode := range modes[:3] {
				db := open(t, "default_query_exec_mode", mode, "TimeZone", "America/New_York")
				var got string
				err := db.QueryRow("select coalesce($1::"+test.typeName+"::text, 'NULL')", test.argument).Scan(&got)
				require.NoError(t, err, mode)
				require.Equal(t, test.want, got, mode)
			}
		})
	}
}

// The two modes that do not ask the server must agree with the others where the context gives the type.
func TestArgumentsInModesThatDoNotAsk(t *testing.T) {
	moment := time.Date(2024, 7, 1, 12, 30, 45, 123456000, inZone(t, "Asia/Kolkata"))
	for _, mode := range []string{"exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			conn := session(t, open(t, "default_query_exec_mode", mode))
			_, err := conn.ExecContext(t.Context(), `create temp table typed (i2 int2, i8 int8, f float8, n numeric,
				b bool, t text, y bytea, tz timestamptz, ts timestamp, d date, iv interval, u uuid, j jsonb, a int[],
				none bytea, raw json)`)
			require.NoError(t, err)
			_, err = conn.ExecContext(t.Context(),
				"insert into typed values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
				-5, int64(math.MinInt64), -1.5, uint64(math.MaxUint64), true, `it's \ "$1"`, []byte{0, 255, '\''},
				moment, moment, moment, -time.Second, [16]byte{15: 1}, `{"a": "b'c"}`, []int32{1, 2}, []byte(nil), json.RawMessage(`[1]`))
			require.NoError(t, err)
			var i2, i8 int64
			var f float64
			var n, text, interval, uuid, array string
			var b bool
			var y, j, none []byte
			var raw json.RawMessage
			var tz, ts, d time.Time
			require.NoError(t, conn.QueryRowContext(t.Context(), "select * from typed").
				Scan(&i2, &i8, &f, &n, &b, &text, &y, &tz, &ts, &d, &interval, &uuid, &j, &array, &none, &raw))
			require.EqualValues(t, -5, i2)
			require.Equal(t, int64(math.MinInt64), i8)
			require.Equal(t, -1.5, f)
			require.Equal(t, "18446744073709551615", n)
			require.True(t, b)
			require.Equal(t, `it's \ "$1"`, text)
			require.Equal(t, []byte{0, 255, '\''}, y)
			require.True(t, moment.Equal(tz))
			require.Equal(t, "2024-07-01T12:30:45.123456Z", ts.Format(time.RFC3339Nano))
			require.Equal(t, "2024-07-01", d.Format(time.DateOnly))
			require.Equal(t, "-00:00:01", interval)
			require.Equal(t, "00000000-0000-0000-0000-000000000001", uuid)
			require.Equal(t, `{"a": "b'c"}`, string(j))
			require.Equal(t, "{1,2}", array)
			require.Nil(t, none)
			require.Equal(t, "[1]", string(raw))
		})
	}
}

func TestArgumentsThatDoNotFit(t *testing.T) {
	db := open(t)
	for _, test := range []struct {
		name, typeName string
		argument       any
		says           []string
	}{
		{"too large for int2", "int2", 32768, []string{"$1", "32768", "int2"}},
		{"too small for int4", "int4", int64(math.MinInt32) - 1, []string{"$1", "int4"}},
		{"too large for int8", "int8", uint64(math.MaxInt64) + 1, []string{"$1", "int8"}},
		{"negative oid", "oid", -1, []string{"$1", "oid"}},
		{"fraction to int4", "int4", 1.5, []string{"$1", "1.5", "int4", "::float8"}},
		{"too large for float4", "float4", 1e300, []string{"$1", "float4"}},
		{"year of no timestamp", "timestamptz", time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC), []string{"$1", "300000"}},
		{"channel", "int4", make(chan int), []string{"$1", "chan int", "int4"}},
		{"failing Valuer", "text", brokenValue{}, []string{"$1", "broken on purpose"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := db.Exec("select $1::"+test.typeName, test.argument)
			for _, part := range test.says {
				require.ErrorContains(t, err, part)
			}
			requireWorking(t, db)
		})
	}
}

func scanned[T any](t *testing.T, db *sql.DB, literal string) (value T, err error) {
	t.Helper()
	err = db.QueryRow("select " + literal + " as the_column").Scan(&value)
	return value, err
}

func requireScanned[T any](t *testing.T, literal string, want T) {
	t.Helper()
	t.Run(fmt.Sprintf("%s into %T", literal, want), func(t *testing.T) {
		for _, mode := range []string{"cache_statement", "simple_protocol"} {
			got, err := scanned[T](t, open(t, "default_query_exec_mode", mode), literal)
			require.NoError(t, err, mode)
			require.Equal(t, want, got, mode)
		}
	})
}

func TestDestinations(t *testing.T) {
	requireScanned(t, "127::int2", int8(127))
	requireScanned(t, "(-1)::int4", int16(-1))
	requireScanned(t, "5::int8", int32(5))
	requireScanned(t, "5::int8", int(5))
	requireScanned(t, "255::int4", uint8(255))
	requireScanned(t, "65535::int4", uint16(65535))
	requireScanned(t, "4294967295::int8", uint32(4294967295))
	requireScanned(t, "9223372036854775807::int8", uint64(math.MaxInt64))
	requireScanned(t, "5::int4", uint(5))
	requireScanned(t, "5::int4", "5")
	requireScanned(t, "5::int4", []byte("5"))
	requireScanned(t, "5::int4", 5.0)
	requireScanned(t, "5::int4", namedInt(5))
	requireScanned(t, "1::int4", true)
	requireScanned(t, "1.5::float4", float32(1.5))
	requireScanned(t, "0.1::float8", 0.1)
	requireScanned(t, "0.1::float8", namedFloat(0.1))
	requireScanned(t, "1.5::float8", "1.5")
	requireScanned(t, "1.10::numeric", "1.10")
	requireScanned(t, "1.5::numeric", 1.5)
	requireScanned(t, "1.5::numeric", float32(1.5))
	requireScanned(t, "7::numeric", 7)
	requireScanned(t, "'x'::text", "x")
	requireScanned(t, "'x'::text", []byte("x"))
	requireScanned(t, "'x'::text", namedText("x"))
	requireScanned(t, "'12'::text", 12)
	requireScanned(t, "'true'::text", true)
	requireScanned(t, "true", true)
	requireScanned(t, "true", "true")
	requireScanned(t, "true", namedBool(true))
	requireScanned(t, `'\x00ff'::bytea`, []byte{0, 255})
	requireScanned(t, `'\x6162'::bytea`, "ab")
	requireScanned(t, `'\x01'::bytea`, namedBytes{1})
	requireScanned(t, "'[1]'::json", json.RawMessage("[1]"))
	requireScanned(t, "'[1]'::jsonb", json.RawMessage("[1]"))
	requireScanned(t, "'[1]'::jsonb", "[1]")
	requireScanned(t, "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
	requireScanned(t, "'2024-02-29'::date", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC))
	requireScanned(t, "'2024-02-29'::date", "2024-02-29T00:00:00Z")
	requireScanned(t, "5::int4", upperCase("scanned 5"))
	requireScanned(t, "null::int4", upperCase("scanned <nil>"))
	requireScanned(t, "5::int4", pointerTo(5))
	requireScanned(t, "5::int4", pointerTo(pointerTo(5)))
	requireScanned(t, "null::int4", (*int)(nil))
	requireScanned(t, "null::int4", (**int)(nil))
	requireScanned(t, "'x'::text", pointerTo("x"))
	requireScanned(t, "null::bytea", []byte(nil))
	requireScanned(t, "5::int4", sql.NullInt64{Int64: 5, Valid: true})
	requireScanned(t, "5::int4", sql.NullInt32{Int32: 5, Valid: true})
	requireScanned(t, "5::int4", sql.NullInt16{Int16: 5, Valid: true})
	requireScanned(t, "5::int4", sql.NullByte{Byte: 5, Valid: true})
	requireScanned(t, "1.5::float8", sql.NullFloat64{Float64: 1.5, Valid: true})
	requireScanned(t, "true", sql.NullBool{Bool: true, Valid: true})
	requireScanned(t, "'x'::text", sql.NullString{String: "x", Valid: true})
	requireScanned(t, "5::int4", sql.NullString{String: "5", Valid: true})
	requireScanned(t, "null::text", sql.NullString{})
	requireScanned(t, "'2024-02-29'::date", sql.NullTime{Time: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), Valid: true})
	requireScanned(t, "5::int4", sql.Null[int]{V: 5, Valid: true})
	requireScanned(t, "5::int4", sql.Null[namedInt]{V: 5, Valid: true})
	requireScanned(t, "null::int4", sql.Null[string]{})
}

func TestDestinationsThatDoNotFit(t *testing.T) {
	for _, test := range []struct {
		name, literal string
		destination   any
		says          string
	}{
		{"overflow of int8", "128::int2", new(int8), "out of range"},
		{"overflow of int32", "2147483648::int8", new(int32), "out of range"},
		{"negative into uint", "(-1)::int4", new(uint), "(-1|invalid syntax|out of range)"},
		{"negative into uint64", "(-1)::int8", new(uint64), "(-1|invalid syntax|out of range)"},
		{"overflow of a Null", "70000::int4", new(sql.NullInt16), "out of range"},
		{"overflow behind a pointer", "70000::int4", new(*int16), "out of range"},
		{"overflow of a named type", "5000000000::int8", new(namedInt), "out of range"},
		{"overflow of float32", "1e300::float8", new(float32), "out of range"},
		{"fraction into an int", "1.5::numeric", new(int), "invalid syntax"},
		{"NULL into an int", "null::int4", new(int), "converting NULL to int is unsupported"},
		{"NULL into a string", "null::text", new(string), "converting NULL to string is unsupported"},
		{"NULL into a time", "null::date", new(time.Time), "<nil>"},
		{"text into an int", "'x'::text", new(int), "invalid syntax"},
		{"text into a bool", "'maybe'::text", new(bool), "maybe"},
		{"nil pointer", "1", (*int)(nil), "destination pointer is nil"},
		{"nil", "1", nil, "destination not a pointer"},
		{"not a pointer", "1", 5, "destination not a pointer"},
		{"infinity into a time", "'infinity'::timestamptz", new(time.Time), "time.Time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := open(t)
			err := db.QueryRow("select " + test.literal + " as the_column").Scan(test.destination)
			require.Error(t, err)
			require.Regexp(t, test.says, err.Error())
			require.ErrorContains(t, err, "the_column")
			requireWorking(t, db)
		})
	}
}

func TestRawBytesLastUntilTheNextRow(t *testing.T) {
	conn := session(t, open(t))
	rows, err := conn.QueryContext(t.Context(),
		"select repeat(i::text, 5), i, convert_to(i::text, 'UTF8'), null::text from generate_series(1, 3) i")
	require.NoError(t, err)
	defer rows.Close()
	for i := 1; rows.Next(); i++ {
		var text, number, bytes, null sql.RawBytes
		require.NoError(t, rows.Scan(&text, &number, &bytes, &null))
		require.Equal(t, fmt.Sprintf("%d%[1]d%[1]d%[1]d%[1]d", i), string(text))
		require.Equal(t, fmt.Sprint(i), string(number))
		require.Equal(t, fmt.Sprint(i), string(bytes))
		require.Nil(t, null)
	}
	require.NoError(t, rows.Err())
}

func TestByteSlicesAreTheProgramsOwn(t *testing.T) {
	rows, err := open(t).Query("select to_json(i), i::text::bytea, i::text from generate_series(1, 100) i")
	require.NoError(t, err)
	defer rows.Close()
	var kept []json.RawMessage
	for rows.Next() {
		var raw json.RawMessage
		var anything any
		var text []byte
		require.NoError(t, rows.Scan(&raw, &anything, &text))
		kept = append(kept, raw, anything.([]byte), text)
	}
	require.NoError(t, rows.Err())
	for i, raw := range kept {
		require.Equal(t, fmt.Sprint(i/3+1), string(raw))
	}
}

func TestInfinityCanBeMapped(t *testing.T) {
	earliest := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	latest := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	db := openConfig(t, func(config *pgadapt.Config) {
		config.NegativeInfinity, config.PositiveInfinity = earliest.Add(1), latest
	})
	for _, typeName := range []string{"date", "timestamp", "timestamptz"} {
		var low, high time.Time
		require.NoError(t, db.QueryRow(fmt.Sprintf("select '-infinity'::%s, 'infinity'::%[1]s", typeName)).Scan(&low, &high))
		require.Equal(t, earliest.Add(1), low)
		require.Equal(t, latest, high)
		var text string
		require.NoError(t, db.QueryRow(
			fmt.Sprintf("select $1::%s::text || ' ' || $2::%[1]s::text", typeName), low, high).Scan(&text))
		require.Equal(t, "-infinity infinity", text)
	}
}

func TestTimestampsFollowTheSessionsTimeZone(t *testing.T) {
	conn := session(t, open(t, "TimeZone", "UTC"))
	read := func() string {
		var moment time.Time
		require.NoError(t, conn.QueryRowContext(t.Context(), "select '2024-07-01 12:00:00Z'::timestamptz").Scan(&moment))
		return moment.Format(time.RFC3339)
	}
	for zone, want := range map[string]string{
		"Asia/Tokyo": "2024-07-01T21:00:00+09:00", "America/New_York": "2024-07-01T08:00:00-04:00",
		"UTC": "2024-07-01T12:00:00Z", "5.5": "2024-07-01T17:30:00+05:30", "-3": "2024-07-01T09:00:00-03:00",
	} {
		_, err := conn.ExecContext(t.Context(), "select set_config('TimeZone', $1, false)", zone)
		require.NoError(t, err)
		require.Equal(t, want, read(), zone)
	}
}

func TestDateStyleOfARoleDoesNotMatter(t *testing.T) {
	admin := open(t)
	_, err := admin.Exec("create role german_clerk superuser login; alter role german_clerk set datestyle = 'German'")
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec("drop role german_clerk")
		require.NoError(t, err)
	})
	for _, mode := range modes {
		db := open(t, "user", "german_clerk", "default_query_exec_mode", mode)
		var day time.Time
		require.NoError(t, db.QueryRow("select '2024-02-01'::date").Scan(&day), mode)
		require.Equal(t, "2024-02-01", day.Format(time.DateOnly))
		require.NoError(t, db.QueryRow("select '01.02.2024'::date").Scan(&day), "the order is the role's: day first")
		require.Equal(t, "2024-02-01", day.Format(time.DateOnly))
		require.NoError(t, db.Close())
	}
}

func TestTextResultsNeedISODates(t *testing.T) {
	db := open(t, "default_query_exec_mode", "simple_protocol", "DateStyle", "German")
	var day time.Time
	require.ErrorContains(t, db.QueryRow("select '2024-02-29'::date").Scan(&day), "DateStyle")
	binary := open(t, "DateStyle", "German")
	require.NoError(t, binary.QueryRow("select '2024-02-29'::date").Scan(&day))
	require.Equal(t, "2024-02-29", day.Format(time.DateOnly))
}
