package dropin_test

import (
	"database/sql"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// utc is a moment in UTC, where dates and timestamps without a zone are read.
func utc(year int, month time.Month, day, hour, minute, second, microsecond int) time.Time {
	return time.Date(year, month, day, hour, minute, second, microsecond*1000, time.UTC)
}

// anyCase is an SQL expression and what a scan of it into *any gives.
type anyCase struct {
	expr    string
	want    any
	instead answers
}

// textAsBytes says that lib/pq gives the text of the types it does not know as bytes.
func textAsBytes(text string) answers { return answers{libpqDriver: []byte(text)} }

var scalarsIntoAny = []anyCase{
	{expr: "null", want: nil},
	{expr: "null::int4", want: nil},
	{expr: "null::bytea", want: nil},
	{expr: "'unknown'", want: "unknown"},

	{expr: "true", want: true},
	{expr: "false", want: false},
	{expr: "'-32768'::int2", want: int64(math.MinInt16)},
	{expr: "'-2147483648'::int4", want: int64(math.MinInt32)},
	{expr: "'-9223372036854775808'::int8", want: int64(math.MinInt64)},
	{expr: "'9223372036854775807'::int8", want: int64(math.MaxInt64)},
	{expr: "'1.5'::float4", want: 1.5},
	{expr: "'1.7976931348623157e308'::float8", want: math.MaxFloat64},
	{expr: "'5e-324'::float8", want: math.SmallestNonzeroFloat64},
	{expr: "'NaN'::float4", want: math.NaN()},
	{expr: "'NaN'::float8", want: math.NaN()},
	{expr: "'Infinity'::float8", want: math.Inf(1)},
	{expr: "'-Infinity'::float4", want: math.Inf(-1)},
	{expr: "'-0'::float8", want: math.Copysign(0, -1)},
	{expr: "'4294967295'::oid", want: int64(math.MaxUint32), instead: textAsBytes("4294967295")},
	{expr: "'42'::xid", want: int64(42), instead: textAsBytes("42")},
	{expr: "'1.50'::numeric", want: "1.50", instead: textAsBytes("1.50")},
	{expr: "'-0.000000000000000000001'::numeric", want: "-0.000000000000000000001",
		instead: textAsBytes("-0.000000000000000000001")},
	{expr: "'123456789012345678901234567890.5'::numeric(40,2)", want: "123456789012345678901234567890.50",
		instead: textAsBytes("123456789012345678901234567890.50")},
	{expr: "'NaN'::numeric", want: "NaN", instead: textAsBytes("NaN")},

	{expr: "'text ä €'::text", want: "text ä €"},
	{expr: "''::text", want: ""},
	{expr: "'var'::varchar", want: "var"},
	{expr: "'var'::varchar(10)", want: "var"},
	{expr: "'blank'::char(7)", want: "blank  "},
	{expr: `'c'::"char"`, want: "c"},
	{expr: "'pg_class'::name", want: "pg_class", instead: textAsBytes("pg_class")},
	{expr: `'\x00ff10'::bytea`, want: []byte{0, 255, 16}},
	{expr: `''::bytea`, want: []byte{}},
	{expr: `'{"a": [1, null]}'::json`, want: []byte(`{"a": [1, null]}`)},
	{expr: `'{"a":[1,null]}'::jsonb`, want: []byte(`{"a": [1, null]}`)},
	{expr: "'null'::jsonb", want: []byte("null")},
	{expr: "'<a/>'::xml", want: []byte("<a/>")},
	{expr: "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", want: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
		instead: textAsBytes("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
}

func TestScanScalarsIntoAny(t *testing.T) { testScanIntoAny(t, scalarsIntoAny) }

var momentsIntoAny = []anyCase{
	{expr: "'2024-02-29'::date", want: utc(2024, 2, 29, 0, 0, 0, 0)},
	{expr: "'0001-01-01'::date", want: utc(1, 1, 1, 0, 0, 0, 0)},
	{expr: "'0044-03-15 BC'::date", want: utc(-43, 3, 15, 0, 0, 0, 0)},
	{expr: "'12345-06-07'::date", want: utc(12345, 6, 7, 0, 0, 0, 0)},
	{expr: "'2024-02-29 12:34:56.789012'::timestamp", want: utc(2024, 2, 29, 12, 34, 56, 789012)},
	{expr: "'2024-02-29 00:00:00.000001'::timestamp", want: utc(2024, 2, 29, 0, 0, 0, 1)},
	{expr: "'0044-03-15 11:00:00 BC'::timestamp", want: utc(-43, 3, 15, 11, 0, 0, 0)},
	{expr: "'10000-01-01 00:00:00.5'::timestamp", want: utc(10000, 1, 1, 0, 0, 0, 500000)},
	{expr: "'1900-01-01 00:00:00'::timestamp", want: utc(1900, 1, 1, 0, 0, 0, 0)},
	{expr: "'2024-07-01 12:34:56.789012+00'::timestamptz", want: utc(2024, 7, 1, 12, 34, 56, 789012)},
	{expr: "'2024-07-01 12:34:56+05:30'::timestamptz", want: utc(2024, 7, 1, 7, 4, 56, 0)},
	{expr: "'0044-03-15 11:00:00+00 BC'::timestamptz", want: utc(-43, 3, 15, 11, 0, 0, 0)},
	{expr: "'20000-01-01 00:00:00+00'::timestamptz", want: utc(20000, 1, 1, 0, 0, 0, 0)},
	{expr: "'1800-01-01 00:00:00+00'::timestamptz", want: utc(1800, 1, 1, 0, 0, 0, 0)},

	{expr: "'12:34:56.789'::time", want: "12:34:56.789",
		instead: answers{libpqDriver: utc(0, 1, 1, 12, 34, 56, 789000)}},
	{expr: "'12:34:56+05:30'::timetz", want: "12:34:56+05:30",
		instead: answers{libpqDriver: time.Date(0, 1, 1, 12, 34, 56, 0, time.FixedZone("", 19800))}},
	{expr: "'24:00:00'::time", want: "24:00:00",
		instead: answers{libpqDriver: utc(0, 1, 2, 0, 0, 0, 0)}},
	{expr: "'1 year 2 mons 3 days 04:05:06.789'::interval", want: "1 year 2 mons 3 days 04:05:06.789",
		instead: textAsBytes("1 year 2 mons 3 days 04:05:06.789")},

	{expr: "'infinity'::timestamp", want: "infinity", instead: textAsBytes("infinity")},
	{expr: "'-infinity'::timestamptz", want: "-infinity", instead: textAsBytes("-infinity")},
	{expr: "'infinity'::date", want: "infinity", instead: textAsBytes("infinity")},
}

func TestScanMomentsIntoAny(t *testing.T) { testScanIntoAny(t, momentsIntoAny) }

// othersIntoAny has types that database/sql knows nothing of: they come as text.
var othersIntoAny = []struct{ expr, want string }{
	{"array[1,null,3]", "{1,NULL,3}"},
	{"array['a','b c','d\"e',null]", `{a,"b c","d\"e",NULL}`},
	{"array[[1,2],[3,4]]", "{{1,2},{3,4}}"},
	{"'{}'::text[]", "{}"},
	{"array['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid]", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"},
	{"'10.1.2.3/8'::inet", "10.1.2.3/8"},
	{"'10.0.0.0/8'::cidr", "10.0.0.0/8"},
	{"'::1'::inet", "::1"},
	{"'08:00:2b:01:02:03'::macaddr", "08:00:2b:01:02:03"},
	{"'12.34'::money", "$12.34"},
	{"'[1,5)'::int4range", "[1,5)"},
	{"'empty'::int4range", "empty"},
	{"'(,2.5]'::numrange", "(,2.5]"},
	{"'[2024-01-01,2024-02-01)'::daterange", "[2024-01-01,2024-02-01)"},
	{"'{[1,3),[5,7)}'::int4multirange", "{[1,3),[5,7)}"},
	{"'(1.5,2)'::point", "(1.5,2)"},
	{"'((0,0),(1,1))'::lseg", "[(0,0),(1,1)]"},
	{"'<(1,2),3>'::circle", "<(1,2),3>"},
	{"B'101'", "101"},
	{"B'1011'::bit varying(8)", "1011"},
	{"row(1,'a b',null)", `(1,"a b",)`},
	{"'fat cat'::tsvector", "'cat' 'fat'"},
	{"'fat & rat'::tsquery", "'fat' & 'rat'"},
	{"'16/B374D848'::pg_lsn", "16/B374D848"},
	{"'pg_class'::regclass", "pg_class"},
	{"'$.a[*]'::jsonpath", `$."a"[*]`},
}

func TestScanOtherTypesIntoAny(t *testing.T) {
	var cases []anyCase
	for _, other := range othersIntoAny {
		cases = append(cases, anyCase{expr: other.expr, want: other.want, instead: textAsBytes(other.want)})
	}
	testScanIntoAny(t, cases)
}

func testScanIntoAny(t *testing.T, cases []anyCase) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range cases {
			t.Run(c.expr, func(t *testing.T) {
				var have any
				err := db.QueryRow("select " + c.expr).Scan(&have)
				requireAnswer(t, expected(driver, c.want, c.instead), have, err)
			})
		}
	})
}

// TestScanTypesOfTheDatabase looks at types that a driver can only know from the catalog.
func TestScanTypesOfTheDatabase(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		tx := begin(t, db)
		exec(t, tx,
			"create type mood as enum ('sad', 'ok')",
			"create domain positive as int4 check (value > 0)",
			"create type pair as (number int4, words text)",
		)
		for _, c := range []anyCase{
			{expr: "'ok'::mood", want: "ok", instead: textAsBytes("ok")},
			{expr: "array['ok', 'sad']::mood[]", want: "{ok,sad}", instead: textAsBytes("{ok,sad}")},
			{expr: "5::positive", want: int64(5)},
			{expr: "row(1, 'a b')::pair", want: `(1,"a b")`, instead: textAsBytes(`(1,"a b")`)},
		} {
			t.Run(c.expr, func(t *testing.T) {
				var have any
				err := tx.QueryRow("select " + c.expr).Scan(&have)
				requireAnswer(t, expected(driver, c.want, c.instead), have, err)
			})
		}
		require.Equal(t, "ok", queryValue[string](t, tx, "select $1::mood", "ok"))
		require.Equal(t, 7, queryValue[int](t, tx, "select $1::positive", 7))
		require.Equal(t, "(7,x)", queryValue[string](t, tx, "select $1::pair", "(7,x)"))
	})
}

// TestZones looks at the location of the times that the drivers give.
func TestZones(t *testing.T) {
	newYork, err := time.LoadLocation(sessionZone)
	require.NoError(t, err)
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range []struct {
			expr    string
			want    *time.Location
			instead map[string]*time.Location
		}{
			{expr: "'2024-07-01'::date", want: time.UTC},
			{expr: "'2024-07-01 12:00:00'::timestamp", want: time.UTC},
			{expr: "'2024-07-01 12:00:00+00'::timestamptz", want: newYork,
				instead: map[string]*time.Location{pgxDriver: time.Local}},
			{expr: "'2024-01-01 12:00:00+00'::timestamptz", want: newYork,
				instead: map[string]*time.Location{pgxDriver: time.Local}},
		} {
			t.Run(c.expr, func(t *testing.T) {
				location := c.want
				if other, ok := c.instead[driver]; ok {
					location = other
				}
				for _, have := range []time.Time{
					queryValue[time.Time](t, db, "select "+c.expr),
					queryValue[any](t, db, "select "+c.expr).(time.Time),
					*queryValue[*time.Time](t, db, "select "+c.expr),
					queryValue[sql.NullTime](t, db, "select "+c.expr).Time,
				} {
					require.Equal(t, have.In(location).Format(time.RFC3339), have.Format(time.RFC3339))
				}
			})
		}
	})
}

// TestChangedSessionZone changes the TimeZone in mid-session.
func TestChangedSessionZone(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		for _, zone := range []struct{ name, rfc3339 string }{
			{"UTC", "2024-07-01T12:00:00Z"},
			{"Europe/Berlin", "2024-07-01T14:00:00+02:00"},
			{"Asia/Kolkata", "2024-07-01T17:30:00+05:30"},
			{"5.5", "2024-07-01T17:30:00+05:30"},
			{"-3", "2024-07-01T09:00:00-03:00"},
		} {
			t.Run(zone.name, func(t *testing.T) {
				exec(t, conn, "set time zone '"+zone.name+"'")
				const query = "select '2024-07-01 12:00:00+00'::timestamptz"
				have := queryValue[time.Time](t, conn, query)
				require.True(t, have.Equal(utc(2024, 7, 1, 12, 0, 0, 0)), have)
				if driver == pgxDriver {
					return // gives time.Local
				}
				require.Equal(t, zone.rfc3339, have.Format(time.RFC3339))
			})
		}
	})
}
