package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/examples/internal/commandline/commandlinetest"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// argumentsOfChild is set where the test binary is to be the program itself, to be killed.
const argumentsOfChild = "PGADAPT_SYNC_TEST_ARGUMENTS"

func TestMain(m *testing.M) {
	if arguments := os.Getenv(argumentsOfChild); arguments != "" {
		os.Args = append([]string{"sync"}, strings.Split(arguments, "\n")...)
		main()
		return
	}
	os.Exit(pgtest.Main(m))
}

// pairOfDatabases is a source and a target for a test.
type pairOfDatabases struct {
	*sides
	source, target *sql.DB
}

// newDatabases makes both databases.
func newDatabases(t *testing.T) pairOfDatabases {
	t.Helper()
	made, err := makeSides(t.Context(), pgtest.Shared(t).DSN())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, made.close(context.Background())) })
	return pairOfDatabases{made, openTest(t, made.dsns["source"]), openTest(t, made.dsns["target"])}
}

// reset empties both databases, and fills the source.
func (p pairOfDatabases) reset(t *testing.T, tables string) {
	t.Helper()
	for _, db := range []*sql.DB{p.source, p.target} {
		change(t, db, "drop schema if exists pgadapt_sync cascade; drop schema public cascade; create schema public")
	}
	change(t, p.source, tables)
}

func openTest(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(pgadapt.DriverName, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() }) // before the database is dropped
	return db
}

func change(t *testing.T, db *sql.DB, statements string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), statements)
	require.NoError(t, err)
}

// value gives what a query for one value gives.
func value[T any](t *testing.T, db *sql.DB, query string) T {
	t.Helper()
	found, err := pgadapt.One[T](db.QueryContext(t.Context(), query))
	require.NoError(t, err)
	return found
}

// arguments of the program for both databases.
func (p pairOfDatabases) arguments(more ...string) []string {
	return append([]string{"-source", p.dsns["source"], "-target", p.dsns["target"]}, more...)
}

// run runs the program on both databases.
func (p pairOfDatabases) run(t *testing.T, more ...string) (output string, err error) {
	t.Helper()
	var out bytes.Buffer
	err = run(t.Context(), p.arguments(more...), &out, &out)
	return out.String(), err
}

// synchronised runs the program, which must succeed.
func (p pairOfDatabases) synchronised(t *testing.T, more ...string) string {
	t.Helper()
	out, err := p.run(t, more...)
	require.NoError(t, err, out)
	return out
}

// requireSame compares a table of both databases by the texts of its rows.
func (p pairOfDatabases) requireSame(t *testing.T, table string) {
	t.Helper()
	query := "select coalesce(string_agg(t::text, E'\\n' order by t::text), 'empty') from " + table + " t"
	require.Equal(t, value[string](t, p.source, query), value[string](t, p.target, query), table)
}

// numbers is a table whose keys are the numbers from 1.
const numbers = `
	create table number (n int primary key, word text);
	insert into number select i, 'number ' || i from generate_series(1, 1000) i;`

// TestOnTwoDatabases has the tests that need two databases, which they use one after the other: making them takes longer
// than the tests.
func TestOnTwoDatabases(t *testing.T) {
	both := newDatabases(t)
	for _, test := range []struct {
		name string
		test func(*testing.T, pairOfDatabases)
	}{
		{"everything arrives", testEverythingArrives},
		{"goes on after it was killed", testGoesOnAfterItWasKilled},
		{"what is refused", testWhatIsRefused},
		{"another source and another run", testAnotherSourceAndAnotherRun},
		{"only what has changed is copied", testOnlyWhatHasChangedIsCopied},
		{"damage is found and repaired", testDamageIsFoundAndRepaired},
		{"crash between the phases", testCrashBetweenThePhases},
	} {
		t.Run(test.name, func(t *testing.T) { test.test(t, both) })
	}
}

func TestDemonstration(t *testing.T) {
	db := openTest(t, pgtest.Shared(t).DSN())
	query := "select count(*) from pg_database where datname like 'pgadapt_sync%'"
	before := value[int](t, db, query)
	t.Setenv("PGADAPT_TEST_DSN", pgtest.Shared(t).DSN())
	var out, diagnostics bytes.Buffer
	require.NoError(t, run(t.Context(), nil, &out, &diagnostics), "%s", &out)
	require.Contains(t, out.String(), "public.Order, up to (3334, 1): 10000 rows in the source, 10000 in the target, other checksum\n")
	require.Equal(t, before, value[int](t, db, query), "it drops its databases")
}

func TestCommandLine(t *testing.T) {
	commandlinetest.Run(t, run, []commandlinetest.Case{
		{"help", "-h", "help requested", "usage: sync [-source string"},
		{"unknown flag", "-from x", "flag provided but not defined: -from; -h explains", ""},
		{"argument", "localhost", "arguments after the flags; -h explains", ""},
		{"no target", "-source dbname=x", "-source and -target belong together", ""},
		{"nothing to verify", "-verify", "-verify needs -source and -target", ""},
		{"no rows", "-chunk 0", "-chunk must be at least 1", ""},
		{"no time", "-wait 0", "-wait must be at least 1ms", ""},
		{"own schema", "-schema pgadapt_sync", "this program's own", ""},
		{"malformed DSN", "-source postgres://joe:opensesame@127.0.0.1:port/db -target dbname=x", "-source: ", ""},
		{"nothing listens", "-source postgres://joe:opensesame@127.0.0.1:1/db -target dbname=x", "-source: ", ""},
	})
}

func TestServerThatCannotPrepare(t *testing.T) {
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"max_prepared_transactions": "0"}})
	var out bytes.Buffer
	err := run(t.Context(), []string{"-source", server.DSN(), "-target", server.DSN()}, &out, &out)
	require.ErrorContains(t, err, "-source: max_prepared_transactions is 0 there")
}
