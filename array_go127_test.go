//go:build go1.27

package pgadapt_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An array costs its slice, and a string each element that is one.
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
		{"text", "array_fill(i::text || 'abc', array[100])", new([]string), 101},
		{"timestamptz", "array_fill(now(), array[100])", new([]time.Time), 101},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Less(t, allocationsPerRow(t, test.columns, test.destination), test.want+1.5)
		})
	}
}

// Whatever asks for the text of an array sees what the server prints.
func TestTextOfArraysInBinary(t *testing.T) {
	db := open(t)
	for _, expression := range []string{
		"'{1,NULL,-3}'::int2[]", "'{{1,2},{3,4}}'::int4[]", "'[2:3]={1,2}'::int8[]", "'[0:1][-1:0]={{1,2},{3,4}}'::int4[]", "'{}'::int4[]",
		"'{4294967295}'::oid[]", "'{1.5,NaN,-Infinity,1e-30,1e20,0.1,100000,1000000,1234567,0.0001,0.00001,-0}'::float4[]", "'{1.5,NaN,-0,1e300,0.1,1e14,1e15,1e16,123456789012345678,123456789012345,0.0001,0.00001}'::float8[]",
		`'{a,"",NULL,"NULL","a,b","\"\\ {"," x","é"}'::text[]`, "'{a}'::varchar[]", "'{\"a  \"}'::char(3)[]", "'{t,f,NULL}'::bool[]",
		"'{pg_class}'::name[]", "'{00000000-0000-0000-0000-000000000001}'::uuid[]",
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
