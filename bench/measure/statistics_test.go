package measure_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/bench/measure"
)

// comparison has three rounds, of which the second was disturbed, both drivers alike.
func comparison() *measure.Comparison {
	return &measure.Comparison{Rounds: []map[string]measure.Cost{
		{"a": {CPU: 1, Allocs: 0}, "b": {CPU: 4, Allocs: 0}},
		{"a": {CPU: 5, Allocs: 2}, "b": {CPU: 20, Allocs: 4}},
		{"a": {CPU: 2, Allocs: 1}, "b": {CPU: 4, Allocs: 4}},
	}}
}

func TestMedian(t *testing.T) {
	cost, ok := comparison().Median("a")
	require.True(t, ok)
	require.Equal(t, measure.Cost{CPU: 2, Allocs: 1}, cost)
	_, ok = comparison().Median("c")
	require.False(t, ok)
}

func TestBest(t *testing.T) {
	best, ok := comparison().Best([]string{"c", "b", "a"}, measure.CPU)
	require.True(t, ok)
	require.Equal(t, "a", best)
	_, ok = comparison().Best([]string{"c"}, measure.CPU)
	require.False(t, ok)
}

func TestRatio(t *testing.T) {
	ratio, ok := comparison().Ratio([]string{"a"}, []string{"b"}, measure.CPU)
	require.True(t, ok)
	require.Equal(t, measure.Ratio{To: "b", Median: 0.25, Low: 0.25, High: 0.375}, ratio)
}

func TestRatioOfSums(t *testing.T) {
	ratio, ok := comparison().Ratio([]string{"b"}, []string{"a", "b"}, measure.CPU)
	require.True(t, ok)
	require.Equal(t, "a + b", ratio.To)
	require.Equal(t, 0.8, ratio.Median)
	_, ok = comparison().Ratio([]string{"a"}, []string{"b", "c"}, measure.CPU)
	require.False(t, ok)
}

func TestRatioLeavesOutDivisionByZero(t *testing.T) {
	ratio, ok := comparison().Ratio([]string{"a"}, []string{"b"}, measure.Allocs)
	require.True(t, ok)
	require.Equal(t, 0.375, ratio.Median)
	_, ok = comparison().Ratio([]string{"a"}, []string{"c"}, measure.Allocs)
	require.False(t, ok)
}
