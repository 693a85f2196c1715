package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/examples/internal/commandline/commandlinetest"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

var update = flag.Bool("update", false, "write the expected output anew")

const golden = "testdata/analysis.golden"

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestAnswers(t *testing.T) {
	dir := t.TempDir()
	var out, diagnostics bytes.Buffer
	err := run(t.Context(), []string{"-data", "testdata", "-dsn", pgtest.DSN(t), "-out", dir}, &out, &diagnostics)
	require.NoError(t, err, "%s", &diagnostics)

	t.Run("text", func(t *testing.T) {
		require.Regexp(t, `^PostgreSQL \d+.*, the server that -dsn names.\n`, out.String())
		_, have, _ := strings.Cut(out.String(), "\n")
		have = strings.ReplaceAll(have, dir+string(filepath.Separator), "…/")
		have = regexp.MustCompile(`in \d+\.\d s(, \d+ a second)?`).ReplaceAllString(have, "in N s")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(have), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), have)
	})
	t.Run("progress", func(t *testing.T) {
		require.Contains(t, diagnostics.String(), "\r  [########################################] 100 %  5000 flights\n")
	})
	t.Run("CSV", func(t *testing.T) {
		require.Equal(t, []string{"0", "18", "20.5", "57.0", "165.1"}, readCSV(t, dir, "hours")[1])
		require.Len(t, readCSV(t, dir, "hours"), 1+24)
		require.Len(t, readCSV(t, dir, "days"), 1+181)
		require.Len(t, readCSV(t, dir, "week"), 1+40)
		require.Len(t, readCSV(t, dir, "airports"), 1+191)
	})
	t.Run("charts", func(t *testing.T) {
		for _, name := range []string{"airports", "hours", "days"} {
			file, err := os.Open(filepath.Join(dir, name+".png"))
			require.NoError(t, err)
			defer file.Close()
			chart, err := png.Decode(file)
			require.NoError(t, err)
			require.Greater(t, chart.Bounds().Dx(), chart.Bounds().Dy())
		}
	})
}

func readCSV(t *testing.T, dir, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, name+".csv"))
	require.NoError(t, err)
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	return records
}

func TestVectorCharts(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	t.Setenv("PGADAPT_TEST_DSN", pgtest.Shared(t).DSN())
	require.NoError(t, run(t.Context(), []string{"-data", "testdata", "-out", dir, "-charts", "svg"}, &out, &out))
	chart, err := os.ReadFile(filepath.Join(dir, "days.svg"))
	require.NoError(t, err)
	require.Contains(t, string(chart), "<svg")
	require.Contains(t, string(chart), "the three days before and after it")
}

func TestNothingIsLeftBehind(t *testing.T) {
	db, err := sql.Open(pgadapt.DriverName, pgtest.DSN(t))
	require.NoError(t, err)
	defer db.Close()
	schemas := func() int {
		count, err := pgadapt.One[int](db.QueryContext(t.Context(),
			"select count(*) from pg_namespace where nspname like 'pgadapt%'"))
		require.NoError(t, err)
		return count
	}
	before := schemas()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := interrupter{at: "Loaded", interrupt: cancel}
	err = run(ctx, []string{"-data", "testdata", "-dsn", pgtest.DSN(t), "-out", t.TempDir()}, out, out)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, before, schemas())
}

// interrupter is a writer that interrupts the program when it prints a text.
type interrupter struct {
	at        string
	interrupt func()
}

func (i interrupter) Write(printed []byte) (int, error) {
	if bytes.Contains(printed, []byte(i.at)) {
		i.interrupt()
	}
	return len(printed), nil
}

func TestDataThatIsNone(t *testing.T) {
	airports, err := os.ReadFile(filepath.Join("testdata", airportsFile))
	require.NoError(t, err)
	for _, test := range []struct{ name, airports, flights, want string }{
		{"no Parquet", string(airports), "date,delay\n", flightsFile + ": "},
		{"no airports", "<html>\n<html>\n", "", "missing data for column"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, airportsFile), []byte(test.airports), 0o644))
			require.NoError(t, os.WriteFile(filepath.Join(dir, flightsFile), []byte(test.flights), 0o644))
			var out bytes.Buffer
			err := run(t.Context(), []string{"-data", dir, "-dsn", pgtest.DSN(t), "-out", dir}, &out, &out)
			require.ErrorContains(t, err, "loading the data: ")
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestCommandLine(t *testing.T) {
	commandlinetest.Run(t, run, []commandlinetest.Case{
		{"help", "-h", "help requested", "usage: analysis [-dsn string]"},
		{"unknown flag", "-host x", "flag provided but not defined: -host; -h explains", ""},
		{"argument", "localhost", "arguments after the flags; -h explains", ""},
		{"charts", "-charts gif", `-charts "gif": png and svg are known`, ""},
		{"malformed DSN", "-data testdata -out testdata -dsn postgres://joe:opensesame@127.0.0.1:port/db", "-dsn: ", ""},
	})
}
