package sqllex_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// listOf gives the expansion to ($first, …) with that number of parameters.
func listOf(count int) sqllex.Expansion {
	return sqllex.Expansion{Parameters: count, EmptyList: count == 0, Append: func(dst []byte, first int) []byte {
		for i := range count {
			separator := ", "
			if i == 0 {
				separator = "("
			}
			dst = strconv.AppendInt(append(append(dst, separator...), '$'), int64(first+i), 10)
		}
		return append(dst, ')')
	}}
}

var single = sqllex.Expansion{Parameters: 1}

func TestExpand(t *testing.T) {
	cases := map[string]struct {
		query      string
		expansions []sqllex.Expansion
		want       string
	}{
		"nothing":         {"select $2, $1", []sqllex.Expansion{single, single}, "select $2, $1"},
		"a list":          {"a in $1", []sqllex.Expansion{listOf(3)}, "a in ($1, $2, $3)"},
		"before others":   {"a in $1 and b = $2", []sqllex.Expansion{listOf(2), single}, "a in ($1, $2) and b = $3"},
		"used twice":      {"a in $1 or b in $1", []sqllex.Expansion{listOf(2)}, "a in ($1, $2) or b in ($1, $2)"},
		"in quotes":       {"'$1' in $1 -- $1", []sqllex.Expansion{listOf(1)}, "'$1' in ($1) -- $1"},
		"empty":           {"a in $1 and b = $2", []sqllex.Expansion{listOf(0), single}, "a = any ('{}') and b = $1"},
		"empty, not":      {"a Not /* x */ IN $1", []sqllex.Expansion{listOf(0)}, "a <> all ('{}')"},
		"a quoted not":    {`a "not" in $1`, []sqllex.Expansion{listOf(0)}, `a "not" = any ('{}')`},
		"without a blank": {"(a)in$1", []sqllex.Expansion{single}, "(a)in$1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			have, err := sqllex.Expand(c.query, c.expansions, true)
			require.NoError(t, err)
			require.Equal(t, c.want, have.Query)
		})
	}
}

func TestExpandRefuses(t *testing.T) {
	_, err := sqllex.Expand("a = $1", []sqllex.Expansion{listOf(0)}, true)
	require.ErrorContains(t, err, "after IN and NOT IN only")
	_, err = sqllex.Expand("a = $2", []sqllex.Expansion{single}, true)
	require.ErrorContains(t, err, "$2, but 1 arguments")
	_, err = sqllex.Expand("a = $0", []sqllex.Expansion{single}, true)
	require.ErrorContains(t, err, "$0")
}

func TestExpandKeepsPositions(t *testing.T) {
	const query = "é in $1 and b not in $2 and c"
	text, err := sqllex.Expand(query, []sqllex.Expansion{listOf(3), listOf(0)}, true)
	require.NoError(t, err)
	require.Equal(t, "é in ($1, $2, $3) and b <> all ('{}') and c", text.Query)
	require.Equal(t, 1, text.OriginalPosition(1))
	require.Equal(t, 6, text.OriginalPosition(8), "in the list")
	require.Equal(t, len([]rune(query)), text.OriginalPosition(len([]rune(text.Query))))
	require.Zero(t, text.OriginalPosition(0))
}

func TestOnlyAfterIn(t *testing.T) {
	require.True(t, sqllex.OnlyAfterIn("a in $1 or b NOT IN $1 or c = $2", 1, true))
	require.False(t, sqllex.OnlyAfterIn("a in $1 or b = $1", 1, true))
	require.False(t, sqllex.OnlyAfterIn("a in ($1)", 1, true))
	require.False(t, sqllex.OnlyAfterIn("a in $2", 1, true))
}

func TestCountUses(t *testing.T) {
	require.Equal(t, 2, sqllex.CountUses("values $1, $10, $1, '$1'", 1, true))
}
