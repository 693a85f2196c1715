package sqllex_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func TestParameters(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		query string
		want  []int
	}{
		{name: "none", query: "select 1"},
		{name: "in order of the text", query: "select $2, $1, $2", want: []int{2, 1, 2}},
		{name: "leading zeros", query: "$01 $007", want: []int{1, 7}},
		{name: "out of range", query: "$0 $65536", want: []int{0, 65536}},
		{name: "very large", query: "$99999999999999999999999", want: []int{math.MaxInt32}},
		{name: "close to others", query: "$1::int+$2[$3]a$4", want: []int{1, 2, 3}},
		{name: "in quotes and comments", query: `'$1' "$2" $$ $3 $$ $a$ $4 $a$ E'\'$5' /* $6 */ $7 -- $8`, want: []int{7}},
		{name: "in a word", query: "a$1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []int
			for token, number := range sqllex.Parameters(test.query, true) {
				require.Equal(t, sqllex.Parameter, token.Kind)
				require.Equal(t, byte('$'), test.query[token.Start])
				got = append(got, number)
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestParametersFollowsTheSetting(t *testing.T) {
	t.Parallel()
	const query = `'\' $1 '`
	count := func(standardConformingStrings bool) (n int) {
		for range sqllex.Parameters(query, standardConformingStrings) {
			n++
		}
		return n
	}
	require.Equal(t, 1, count(true))
	require.Equal(t, 0, count(false))
}

func TestParametersStopsWhenTheLoopDoes(t *testing.T) {
	t.Parallel()
	for token := range sqllex.Parameters("$1 $2", true) {
		require.Equal(t, sqllex.Token{Kind: sqllex.Parameter, Start: 0, End: 2}, token)
		break
	}
}

func TestParametersDoNotAllocate(t *testing.T) {
	sum := 0
	require.Zero(t, testing.AllocsPerRun(100, func() {
		for _, number := range sqllex.Parameters("select $1, 'a', $2", true) {
			sum += number
		}
	}))
	require.Positive(t, sum)
}
