package main

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
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

const golden = "testdata/quickstart.golden"

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestOutput(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		origin string
	}{
		{"server of the user", []string{"-dsn", pgtest.DSN(t)}, "the server that -dsn names"},
		{"server of its own", nil, "(programs in|npm package|the server that PGADAPT_TEST_DSN names)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, diagnostics bytes.Buffer
			require.NoError(t, run(t.Context(), test.args, &out, &diagnostics), "%s", &diagnostics)

			require.Regexp(t, `^PostgreSQL \d+.*, `+test.origin+`.*\.\n`, out.String())
			_, have, _ := strings.Cut(withoutTimes(out.String()), "\n")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(have), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), have)
		})
	}
}

// withoutTimes replaces the durations in an output, each by something as wide where it stands in a table.
func withoutTimes(output string) string {
	output = regexp.MustCompile(`in \d+ ms`).ReplaceAllString(output, "in N ms")
	return regexp.MustCompile(` *\d+ ms`).ReplaceAllStringFunc(output, func(duration string) string {
		if strings.HasPrefix(duration, "  ") {
			return strings.Repeat(" ", len(duration)-len("N ms")) + "N ms"
		}
		return duration
	})
}

func TestNothingIsLeftBehind(t *testing.T) {
	db, err := sql.Open(pgadapt.DriverName, pgtest.DSN(t))
	require.NoError(t, err)
	defer db.Close()

	t.Run("after a whole run", func(t *testing.T) {
		before := namesOfSchemas(t, db)
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), []string{"-dsn", pgtest.DSN(t)}, &out, &out))
		require.Equal(t, before, namesOfSchemas(t, db))
	})
	t.Run("after an interrupt", func(t *testing.T) {
		before := namesOfSchemas(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		out := interrupter{at: "Loaded", interrupt: cancel}
		require.ErrorIs(t, run(ctx, []string{"-dsn", pgtest.DSN(t)}, &out, &out), context.Canceled)
		require.Error(t, ctx.Err())
		require.Equal(t, before, namesOfSchemas(t, db))
	})
}

// interrupter is a writer that interrupts the program when it prints a text.
type interrupter struct {
	at        string
	interrupt func()
}

func (i *interrupter) Write(printed []byte) (int, error) {
	if bytes.Contains(printed, []byte(i.at)) {
		i.interrupt()
	}
	return len(printed), nil
}

func namesOfSchemas(t *testing.T, db *sql.DB) (names string) {
	t.Helper()
	query := "select string_agg(nspname, ' ' order by nspname) from pg_namespace where nspname !~ '^pg_(toast_)?temp'"
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&names))
	return names
}

func TestNoErrorShowsThePassword(t *testing.T) {
	for _, test := range []struct{ name, dsn, want string }{
		{"nothing listens", "postgres://joe:opensesame@127.0.0.1:1/db", "127.0.0.1"},
		{"malformed URI", "postgres://joe:opensesame@127.0.0.1:port/db", "-dsn"},
		{"malformed keyword and value", "user=joe password='opensesame host=127.0.0.1", "-dsn"},
	} {
		t.Run(test.name, func(t *testing.T) { requireErrorWithoutPassword(t, test.dsn, test.want) })
	}
	t.Run("wrong password", func(t *testing.T) {
		requireErrorWithoutPassword(t, dsnOfServerWithPasswords(t)+" password=opensesame", "password authentication failed")
	})
}

func requireErrorWithoutPassword(t *testing.T, dsn, want string) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), []string{"-dsn", dsn}, &out, &out)
	require.ErrorContains(t, err, want)
	require.NotContains(t, err.Error()+out.String(), "opensesame")
}

// dsnOfServerWithPasswords starts a server that wants a password from everybody.
func dsnOfServerWithPasswords(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "quickstart-") // t.TempDir is closed to the account that runs the server
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	access := filepath.Join(dir, "pg_hba.conf")
	require.NoError(t, os.WriteFile(access, []byte("host all all all scram-sha-256\n"), 0o644))
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"hba_file": access}})
	return "user=postgres dbname=postgres sslmode=disable host=" + server.Host() + " port=" + server.Port()
}

func TestCommandLine(t *testing.T) {
	commandlinetest.Run(t, run, []commandlinetest.Case{
		{"help", "-h", "help requested", "usage: quickstart [-dsn string]"},
		{"unknown flag", "-host", "flag provided but not defined: -host; -h explains", ""},
		{"argument", "localhost", "arguments after the flags; -h explains", ""},
	})
}
