package report_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/bench/measure"
	"github.com/pgadapt/pgadapt/bench/report"
)

func sample() *report.Report {
	cost := func(n float64) measure.Cost { return measure.Cost{CPU: n, Wall: 2 * n, Allocs: n, Bytes: 8 * n} }
	return &report.Report{Go: "go1.27", Server: "18.0", Results: []report.Result{
		{Family: "rows", Case: "integers", Costs: map[string]measure.Cost{
			"pgadapt": cost(1), "lib/pq": cost(4), "pgx/stdlib": cost(2), "pgdriver": cost(40), "pgconn": cost(0.5),
		}},
		{Family: "rows", Case: "texts", Costs: map[string]measure.Cost{"pgadapt": cost(1), "pgx/stdlib": cost(2)}},
		{Family: "copy", Case: "in", Costs: map[string]measure.Cost{"lib/pq": cost(4), "pgx/stdlib": cost(2)}},
	}}
}

func TestChartsShowEachFamily(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, sample().WriteCharts(folder))
	rows, err := os.ReadFile(filepath.Join(folder, "rows.svg"))
	require.NoError(t, err)
	for _, text := range []string{"integers", "texts", "0.50", "2.00", "20.00", "0.25", "pgx/stdlib"} {
		require.True(t, regexp.MustCompile(`>\s*`+regexp.QuoteMeta(text)+`<`).Match(rows), text)
	}
	require.FileExists(t, filepath.Join(folder, "copy.svg"))
}

func TestJSONRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "result.json")
	require.NoError(t, sample().WriteJSON(path))
	read, err := report.ReadJSON(path)
	require.NoError(t, err)
	require.Equal(t, sample(), read)
}

func TestTableShowsWhatADriverCannotDo(t *testing.T) {
	var text strings.Builder
	require.NoError(t, sample().Results[2].WriteTable(&text))
	require.Regexp(t, `pgadapt\s+-\s+-\s+-\s+-`, text.String())
	require.Regexp(t, `lib/pq\s+4ns\s+8ns\s+4\.0\s+32`, text.String())
}
