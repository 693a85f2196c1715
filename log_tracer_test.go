package pgadapt_test

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// openLogged gives a pool of one session that is open already, and what is logged from now on, without times.
func openLogged(t *testing.T, level slog.Level, options pgadapt.LogOptions) (*sql.DB, *bytes.Buffer) {
	t.Helper()
	var logged bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutChanges}))
	db := openConfig(t, func(config *pgadapt.Config) { config.Tracer = pgadapt.NewLogTracer(logger, options) })
	db.SetMaxOpenConns(1)
	requireWorking(t, db)
	logged.Reset()
	return db, &logged
}

// withoutChanges leaves out what is another one in each run.
func withoutChanges(_ []string, attr slog.Attr) slog.Attr {
	switch attr.Key {
	case slog.TimeKey, "duration", "decoding", "pid", "host", "database":
		return slog.Attr{}
	}
	return attr
}

func TestLogTracer(t *testing.T) {
	db, logged := openLogged(t, slog.LevelDebug, pgadapt.LogOptions{})
	_, err := db.Exec("select $1::text", "canary")
	require.NoError(t, err)
	require.NoError(t, readAll(db.Query("select generate_series(1, 3)")))
	_, err = db.Exec("do $$ begin raise warning 'look'; end $$")
	require.NoError(t, err)
	_, err = db.Exec("select 1/0")
	require.Error(t, err)

	require.Equal(t, []string{
		`level=DEBUG msg="pgadapt: prepare" query="select $1::text"`,
		`level=DEBUG msg="pgadapt: exec" query="select $1::text" arguments=1 tag="SELECT 1"`,
		`level=DEBUG msg="pgadapt: prepare" query="select generate_series(1, 3)"`,
		`level=DEBUG msg="pgadapt: rows" query="select generate_series(1, 3)" tag="SELECT 3" rows=3`,
		`level=DEBUG msg="pgadapt: exec" query="do $$ begin raise warning 'look'; end $$" tag=DO`,
		`level=ERROR msg="pgadapt: exec" query="select 1/0" error="ERROR: division by zero (SQLSTATE 22012)"`,
	}, lines(logged))
}

func lines(logged *bytes.Buffer) []string {
	return strings.Split(strings.TrimSuffix(logged.String(), "\n"), "\n")
}

func TestLogTracerTellsOfSlowQueries(t *testing.T) {
	db, logged := openLogged(t, slog.LevelInfo, pgadapt.LogOptions{SlowQuery: 50 * time.Millisecond})
	_, err := db.Exec("select pg_sleep(0)")
	require.NoError(t, err)
	_, err = db.Exec("select pg_sleep(0.06)")
	require.NoError(t, err)
	require.Contains(t, logged.String(), `level=WARN msg="pgadapt: exec" query="select pg_sleep(0.06)"`)

	// the time after the first row counts, too
	require.NoError(t, readAll(db.Query("select i from generate_series(1, 2) i where i = 1 or pg_sleep(0.06) is not null")))
	require.Contains(t, logged.String(), `level=WARN msg="pgadapt: rows"`)
}

func TestLogTracerLogsArgumentsOnlyWhenAsked(t *testing.T) {
	long := strings.Repeat("é", 40)
	for name, c := range map[string]struct {
		options pgadapt.LogOptions
		want    string
	}{
		"not by default": {pgadapt.LogOptions{}, "arguments=4"},
		"asked": {
			pgadapt.LogOptions{Arguments: true},
			`arguments="[canary 7 \\x0102 ` + strings.Repeat("é", 32) + `… (80 bytes)]"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, logged := openLogged(t, slog.LevelDebug, c.options)
			_, err := db.Exec("select $1::text, $2::int, $3::bytea, $4::text", "canary", 7, []byte{1, 2}, long)
			require.NoError(t, err)
			require.Contains(t, logged.String(), c.want)
			require.Equal(t, c.options.Arguments, strings.Contains(logged.String(), "canary"))
		})
	}
}

func TestLogTracerLogsNotices(t *testing.T) {
	db, logged := openLogged(t, slog.LevelInfo, pgadapt.LogOptions{Notices: true})
	_, err := db.Exec("do $$ begin raise warning 'look'; raise notice 'there'; end $$")
	require.NoError(t, err)
	require.Equal(t, []string{
		`level=WARN msg="pgadapt: WARNING: look"`, `level=INFO msg="pgadapt: NOTICE: there"`,
	}, lines(logged))
}

func TestLogTracerWithLevelsAndFilter(t *testing.T) {
	db, logged := openLogged(t, slog.LevelDebug, pgadapt.LogOptions{
		Level: slog.LevelInfo, ErrorLevel: slog.LevelWarn, SlowLevel: slog.LevelError, SlowQuery: time.Hour,
		Filter: func(operation *pgadapt.Operation) bool { return !strings.Contains(operation.Query, "secret") },
	})
	_, err := db.Exec("select 'secret'")
	require.NoError(t, err)
	_, err = db.Exec("select 1; select 2")
	require.NoError(t, err)
	_, err = db.Exec("nonsense")
	require.Error(t, err)
	require.Equal(t, []string{
		`level=INFO msg="pgadapt: exec" query="select 1; select 2" tag="SELECT 1"`,
		`level=WARN msg="pgadapt: exec" query=nonsense error="ERROR: syntax error at or near \"nonsense\" (SQLSTATE 42601)"`,
	}, lines(logged))
}

func TestLogTracerWithoutAnythingToLogTo(t *testing.T) {
	tracer := pgadapt.NewLogTracer(slog.New(slog.DiscardHandler), pgadapt.LogOptions{})
	operation := &pgadapt.Operation{Kind: pgadapt.OperationPing}
	require.Equal(t, context.Background(), tracer.TraceStart(context.Background(), operation))
	tracer.TraceEnd(context.Background(), operation)
}

func ExampleNewLogTracer() {
	config, err := pgadapt.ParseConfig(pgtest.ExampleDSN())
	if err != nil {
		panic(err)
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutChanges}))
	config.Tracer = pgadapt.NewLogTracer(logger, pgadapt.LogOptions{SlowQuery: 100 * time.Millisecond})
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()

	_, _ = db.Exec("select $1::int", 1)
	_, _ = db.Exec("select pg_sleep($1)", 0.11)
	_, _ = db.Exec("select 1 / $1::int", 0)
	// Output:
	// level=WARN msg="pgadapt: exec" query="select pg_sleep($1)" arguments=1 tag="SELECT 1"
	// level=ERROR msg="pgadapt: exec" query="select 1 / $1::int" arguments=1 error="ERROR: division by zero (SQLSTATE 22012)"
}
