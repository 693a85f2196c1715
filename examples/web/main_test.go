package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"flag"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/examples/internal/commandline/commandlinetest"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

var update = flag.Bool("update", false, "write the screenshot of the README anew")

// deadline bounds what a test waits for, so that it fails in place of hanging.
const deadline = 2 * time.Minute

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// site is a board on a web server of its own, in a schema of its own.
type site struct {
	*board
	url    string
	schema string
}

// newSite opens a board that hears of changes.
func newSite(t *testing.T) *site {
	t.Helper()
	schema := "web_" + strings.ToLower(rand.Text())
	talks, err := openStore(t.Context(), pgtest.DSN(t), schema)
	require.NoError(t, err)
	listener, err := pgadapt.Listen(t.Context(), talks.config, talks.channel)
	require.NoError(t, err)
	b := &board{talks: talks, changes: newBroadcaster(), logger: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(t.Context())
	followed := make(chan error, 1)
	go func() { followed <- b.follow(ctx, listener) }()
	server := httptest.NewServer(b.handler())
	t.Cleanup(func() {
		b.changes.close()
		server.Close()
		stop()
		require.NoError(t, <-followed)
		require.NoError(t, listener.Close())
		dropSchema(t, talks, schema)
		require.NoError(t, talks.close())
	})
	return &site{board: b, url: server.URL, schema: schema}
}

func dropSchema(t *testing.T, talks *store, schema string) {
	t.Helper()
	_, err := talks.db.ExecContext(context.Background(), "drop schema "+schema+" cascade")
	require.NoError(t, err)
}

func (s *site) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := s.talks.db.ExecContext(t.Context(), query, args...)
	require.NoError(t, err, query)
}

// signUpByAnother stores a talk as another program would.
func (s *site) signUpByAnother(t *testing.T, title string) {
	t.Helper()
	s.exec(t, "insert into talk (title, speaker, minutes) values ($1, 'Grace', 3)", title)
}

// endListenerSession ends the session of the board's Listener as a lost network would.
func (s *site) endListenerSession(t *testing.T) {
	t.Helper()
	var ended int
	require.NoError(t, s.talks.db.QueryRowContext(t.Context(), `
		select count(pg_terminate_backend(pid)) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid() and query like $1`,
		`listen "`+s.schema+`.%`).Scan(&ended))
	require.Equal(t, 1, ended)
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		dsn  string // where the talks may stay
	}{
		{"server of the user", []string{"-dsn", pgtest.DSN(t)}, pgtest.DSN(t)},
		{"server of its own", nil, pgtest.Shared(t).DSN()}, // which it is if PGADAPT_TEST_DSN names one
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Cleanup(func() { forgetTalks(t, test.dsn) })
			ctx, interrupt := context.WithCancel(t.Context())
			printed, out := io.Pipe()
			var diagnostics bytes.Buffer
			ended := make(chan error, 1)
			go func() {
				ended <- run(ctx, append(test.args, "-listen", "127.0.0.1:0"), out, &diagnostics)
				_ = out.Close()
			}()

			url := urlIn(t, printed)
			stream := openEvents(t, url+"/events")
			require.Equal(t, reload, stream.next(t).kind)
			require.Contains(t, get(t, url), "<h1>Lightning talks</h1>")

			interrupt()
			require.NoError(t, <-ended, "%s", &diagnostics)
			stream.requireEnd(t)
		})
	}
}

// urlIn reads what the program prints up to the address of the page.
func urlIn(t *testing.T, printed io.Reader) string {
	t.Helper()
	var text strings.Builder
	buffer := make([]byte, 1024)
	for {
		n, err := printed.Read(buffer)
		require.NoError(t, err, text.String())
		text.Write(buffer[:n])
		if _, after, found := strings.Cut(text.String(), "The board is at "); found {
			url, _, _ := strings.Cut(after, ". ")
			return url
		}
	}
}

// forgetTalks removes what run leaves on a server of the user.
func forgetTalks(t *testing.T, dsn string) {
	t.Helper()
	talks, err := openStore(context.Background(), dsn, schema)
	require.NoError(t, err)
	dropSchema(t, talks, schema)
	require.NoError(t, talks.close())
}

func TestCommandLine(t *testing.T) {
	commandlinetest.Run(t, run, []commandlinetest.Case{
		{"help", "-h", "help requested", "usage: web [-dsn string] [-listen address]"},
		{"unknown flag", "-host", "flag provided but not defined: -host; -h explains", ""},
		{"argument", "localhost", "arguments after the flags; -h explains", ""},
		{"nothing listens", "-dsn postgres://joe:opensesame@127.0.0.1:1/db", "127.0.0.1", ""},
		{"malformed DSN", "-dsn postgres://joe:opensesame@127.0.0.1:port/db", "-dsn", ""},
	})
}

func TestAddressThatIsNone(t *testing.T) {
	var out, diagnostics bytes.Buffer
	err := run(t.Context(), []string{"-listen", "nowhere", "-dsn", pgtest.DSN(t)}, &out, &diagnostics)
	require.ErrorContains(t, err, "-listen: ")
	require.NotContains(t, err.Error()+diagnostics.String(), commandlinetest.Password)
	forgetTalks(t, pgtest.DSN(t))
}
