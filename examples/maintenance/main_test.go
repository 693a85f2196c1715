package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/examples/internal/commandline/commandlinetest"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// defective makes a database with defects for a test.
func defective(t *testing.T) (*defects, *sql.DB) {
	t.Helper()
	made, err := makeDefects(t.Context(), pgtest.Shared(t).DSN())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, made.close(context.Background())) })
	return made, openTest(t, made.dsn)
}

func openTest(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(pgadapt.DriverName, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() }) // before the database is dropped
	return db
}

func exec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// with gives the connection string with other parameters.
func with(t *testing.T, connString string, parameters ...string) string {
	t.Helper()
	made, err := dsn.Make(connString, parameters...)
	require.NoError(t, err)
	return made.String()
}

// maintained runs the program and gives what it prints.
func maintained(t *testing.T, args ...string) string {
	t.Helper()
	var out, diagnostics bytes.Buffer
	require.NoError(t, run(t.Context(), args, &out, &diagnostics), "%s%s", &out, &diagnostics)
	return out.String()
}

// interrupter keeps what the program prints, and interrupts it when it prints a text.
type interrupter struct {
	mutex     sync.Mutex
	printed   strings.Builder
	at        string
	interrupt func()
}

func (i *interrupter) Write(printed []byte) (int, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if strings.Contains(string(printed), i.at) {
		i.interrupt()
	}
	return i.printed.Write(printed)
}

func TestDemonstration(t *testing.T) {
	db := openTest(t, pgtest.Shared(t).DSN())
	before := databases(t, db)
	t.Setenv("PGADAPT_TEST_DSN", pgtest.Shared(t).DSN())
	out := maintained(t, "-fix")
	require.Contains(t, out, "\nRepairs\n")
	require.Contains(t, out, "then the phone rang")
	require.Equal(t, before, databases(t, db), "it drops its database")
}

func databases(t *testing.T, db *sql.DB) (names string) {
	t.Helper()
	query := "select string_agg(datname, ' ' order by datname) from pg_database where datname like 'pgadapt_maintenance%'"
	var found sql.Null[string]
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&found))
	return found.V
}

func TestCommandLine(t *testing.T) {
	commandlinetest.Run(t, run, []commandlinetest.Case{
		{"help", "-h", "help requested", "usage: maintenance [-dsn string]"},
		{"unknown flag", "-repair", "flag provided but not defined: -repair; -h explains", ""},
		{"argument", "localhost", "arguments after the flags; -h explains", ""},
		{"no lock timeout", "-lock-timeout 0", "-lock-timeout must be at least 1ms", ""},
		{"malformed DSN", "-dsn postgres://joe:opensesame@127.0.0.1:port/db", "-dsn: ", ""},
		{"nothing listens", "-dsn postgres://joe:opensesame@127.0.0.1:1/db", "127.0.0.1", ""},
	})
}
