package pgadapt_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a destination cannot hold is an error that says which column, which types and why, never another value. The
// wrapper says the same, without the type that it does not know.
func TestNothingIsLostSilently(t *testing.T) {
	for _, test := range []struct {
		name, literal string
		destination   any
		says          string
	}{
		{"300 into int8", "300", new(int8), "300.*(out of range|int8)"},
		{"300 into a pointer to int8", "300::int8", new(*int8), "300.*(out of range|int8)"},
		{"1.5 into int", "1.5::numeric", new(int), "1.5"},
		{"1.5 of float8 into int", "1.5::float8", new(int), "1.5"},
		{"NaN into big.Int", "'NaN'::numeric", new(big.Int), "NaN"},
		{"infinity into time.Time", "'infinity'::timestamptz", new(time.Time), "infinity"},
		{"infinity into []time.Time", "'{infinity}'::date[]", new([]time.Time), `element 1: .*infinity`},
		{"a NULL element into []int", "'{1,NULL}'::int4[]", new([]int), `element 2: NULL does not fit int: use \*int or sql.Null\[int\]`},
		{"a NULL element into []time.Time", "'{NULL}'::date[]", new([]time.Time), "element 1: NULL does not fit time.Time"},
		{"a NULL element into [][]int", "'{{1},{NULL}}'::int4[]", new([][]int), "element 2: NULL does not fit int"},
		{"two dimensions into []int", "'{{1},{2}}'::int4[]", new([]int), `an array of 2 dimensions does not fit \[\]int`},
		{"one dimension into [][]int", "'{1}'::int4[]", new([][]int), `an array of 1 dimensions does not fit \[\]\[\]int`},
		{"three elements into [2]int", "'{1,2,3}'::int4[]", new([2]int), `3 elements do not fit \[2\]int`},
		{"300 into []int8", "'{1,300}'::int4[]", new([]int8), "element 2: 300 is out of range for int8"},
		{"1e300 into []float32", "'{1e300}'::float8[]", new([]float32), "element 1: 1e\\+300 is out of range for float32"},
		{"300 years into []time.Duration", "'{300 years}'::interval[]", new([]time.Duration), "element 1: .*more than a time.Duration holds"},
		{"1.5 into []int", "'{1.5}'::numeric[]", new([]int), `element 1: "1.5" does not fit int`},
		{"NaN into []big.Int", "'{NaN}'::numeric[]", new([]big.Int), "element 1: .*NaN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := open(t)
			for _, wrap := range scanningWays {
				err := db.QueryRow("select " + test.literal + " as the_column").Scan(wrap(test.destination))
				require.Error(t, err)
				require.Regexp(t, test.says, err.Error())
				require.ErrorContains(t, err, "the_column")
				requireWorking(t, db)
			}
		})
	}
}
