//go:build go1.27

package pgadapt_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// An array costs its slice, and the memory that its elements share.
func TestAllocationsOfArrays(t *testing.T) {
	for _, test := range []struct {
		name, columns string
		destination   any
		want          float64
	}{
		{"int8", "array_fill(i::int8, array[100])", new([]int64), 1},
		{"int4 into int", "array_fill(i::int4, array[100])", new([]int), 1},
		{"float8", "array_fill(i::float8, array[100])", new([]float64), 1},
		{"bool", "array_fill(true, array[100])", new([]bool), 1},
		{"named", "array_fill(i, array[100])", new([]namedInt), 1},
		{"text", "array_fill(i::text || 'abc', array[100])", new([]string), 2},
		{"long text", "array_fill(repeat('abc', 100), array[100])", new([]string), 101},
		{"timestamptz", "array_fill(now(), array[100])", new([]time.Time), 1},
		{"date", "array_fill(now()::date, array[100])", new(namedTimes), 1},
		{"time", "array_fill(now()::time, array[100])", new([]time.Time), 1},
		{"interval", "array_fill(interval '1 hour', array[100])", new([]time.Duration), 1},
		{"uuid", "array_fill(gen_random_uuid(), array[100])", new([][16]byte), 1},
		{"bytea", "array_fill('abc'::bytea, array[100])", new([][]byte), 2},
		{"pointers", "array_fill(i, array[100])", new([]*int), 2},
		{"Null types", "array_fill(i, array[100])", new([]sql.NullInt64), 1},
		{"Go array", "array_fill(i, array[100])", new([100]int), 0},
		{"two dimensions", "array_fill(i, array[10, 10])", new([][]int), 11},
	} {
		t.Run(test.name, func(t *testing.T) {
			// What is more comes from the network's buffer, which grows with the rows.
			require.Less(t, allocationsPerRow(t, test.columns, test.destination), test.want*1.02+0.5)
		})
	}
}

// Whatever asks for the text of an array sees what the server prints.
func TestTextOfArraysInBinary(t *testing.T) {
	db := open(t, "TimeZone", "America/New_York")
	longest := "-2562047788:00:54.775"
	if pgtest.Shared(t).Version() < 15 {
		longest = "-2147483647:00:54.775" // before PostgreSQL 15 the hours had 32 bits
	}
	for _, expression := range []string{
		"'{1,NULL,-3}'::int2[]", "'{{1,2},{3,4}}'::int4[]", "'[2:3]={1,2}'::int8[]", "'[0:1][-1:0]={{1,2},{3,4}}'::int4[]", "'{}'::int4[]",
		"'{4294967295}'::oid[]", "'{1.5,NaN,-Infinity,1e-30,1e20,0.1,100000,1000000,1234567,0.0001,0.00001,-0}'::float4[]", "'{1.5,NaN,-0,1e300,0.1,1e14,1e15,1e16,123456789012345678,123456789012345,0.0001,0.00001}'::float8[]",
		`'{a,"",NULL,"NULL","a,b","\"\\ {"," x","é"}'::text[]`, "'{a}'::varchar[]", "'{\"a  \"}'::char(3)[]", "'{t,f,NULL}'::bool[]",
		`array['\x00ff', '', null]::bytea[]`, `array['{"a":  1}', '[]']::json[]`, `array['{"a":  "b"}', null]::jsonb[]`,
		"array['2024-02-29', '0044-03-15 BC', '12345-01-01', 'infinity']::date[]",
		"array['2024-02-29 01:02:03.4', '-infinity', '0044-03-15 00:00:00 BC']::timestamp[]",
		"array['2024-07-01 12:00:00Z', '2024-01-01 12:00:00.000001Z', null, '1800-01-01 00:00:00Z', '0044-03-15 00:00:00Z BC', 'infinity']::timestamptz[]",
		"array['00:00:00', '24:00:00', '12:34:56.789']::time[]", "array['12:34:56.789+05:30', '00:00:00-03']::timetz[]",
		"array['0', '1 day', '-1 day 1 mon', '1 year -2 mons 3 days -4 hours', '-1 year -1 sec', '1 mon 0.5 sec', '-1 mon 2 sec', '-0.000001 sec']::interval[]",
		"array['178000000 years 7 mons -2147483648 days " + longest + "', '100 hours', '-3 years 2 days 00:00:00']::interval[]",
		"'{4294967295}'::xid[]", "'{pg_class}'::name[]", "'{00000000-0000-0000-0000-000000000001}'::uuid[]",
	} {
		t.Run(expression, func(t *testing.T) {
			var want, text string
			var anything any
			var bytes []byte
			require.NoError(t, db.QueryRow("select format('%s', a), a, a, a from (select "+expression+") s (a)").
				Scan(&want, &text, &anything, &bytes))
			require.Equal(t, want, text)
			require.Equal(t, want, anything)
			require.Equal(t, want, string(bytes))
		})
	}
}
