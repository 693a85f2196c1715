package pgtest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// shared is the server of this test process.
var shared struct {
	once   sync.Once
	server *Server
	dsn    string // for the process's own database, with its application_name
	err    error
	shown  sync.Map // the tests whose log is shown when they fail
}

// Shared gives the server that the tests of this process share. It is started by the first call and
// stopped by Main. PGADAPT_TEST_VERSION chooses its version. Where there is none, the test is
// skipped, or fails if the environment variable CI is true; it fails too where one does not start. When the test fails, what the server has
// logged meanwhile is shown.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.once.Do(startShared)
	if shared.err != nil {
		withoutServer(t, shared.err)
	}
	showLogOnFailure(t)
	return shared.server
}

// DSN gives a connection string for the server of Shared, with a database that only this process uses
// and an application_name by which Main finds sessions that the tests left open.
func DSN(t testing.TB) string {
	t.Helper()
	Shared(t)
	return shared.dsn
}

// New starts a server for one test, for example with settings of its own, and stops it at the test's
// end. Where that fails, it does the same as Shared. Options.Version 0 means the version that
// PGADAPT_TEST_VERSION chooses, and Options.Logf is the test's if it is nil.
func New(t testing.TB, opts Options) *Server {
	t.Helper()
	if opts.Logf == nil {
		opts.Logf = t.Logf
	}
	server, err := startTestVersion(t.Context(), opts)
	if err != nil {
		withoutServer(t, err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Errorf("stopping the server: %v", err)
		}
		if t.Failed() {
			t.Logf("server log:\n%s", lastLines(server.Log()))
		}
	})
	return server
}

func withoutServer(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" || !IsUnavailable(err) {
		t.Fatal(err)
	}
	t.Skip(err)
}

func startShared() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	logf := func(format string, args ...any) { fmt.Fprintf(os.Stderr, "pgtest: "+format+"\n", args...) }
	shared.server, shared.err = startTestVersion(ctx, Options{Logf: logf})
	if shared.err == nil {
		shared.dsn, shared.err = createDatabase(ctx, shared.server.DSN())
	}
}

// startTestVersion starts a server of the version that PGADAPT_TEST_VERSION chooses, unless opts do.
func startTestVersion(ctx context.Context, opts Options) (*Server, error) {
	if text := os.Getenv("PGADAPT_TEST_VERSION"); text != "" && opts.Version == 0 {
		version, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("pgtest: PGADAPT_TEST_VERSION is %q, not a major version such as 18", text)
		}
		opts.Version = version
	}
	return Start(ctx, opts)
}

// showLogOnFailure shows, once for each test, what the server has logged since now if the test fails.
func showLogOnFailure(t testing.TB) {
	if _, again := shared.shown.LoadOrStore(t, nil); again {
		return
	}
	start := time.Now()
	t.Cleanup(func() {
		shared.shown.Delete(t)
		if t.Failed() {
			t.Logf("server log since the test began:\n%s", lastLines(logSince(shared.server.Log(), start)))
		}
	})
}

// logSince gives the lines of a log from a time on. It relies on logLinePrefix.
func logSince(log string, start time.Time) string {
	stamp := start.UTC().Format("2006-01-02 15:04:05.000")
	var offset int
	for line := range strings.Lines(log) {
		if beginsWithYear(line) && line >= stamp {
			break
		}
		offset += len(line)
	}
	return log[offset:]
}

// beginsWithYear tells the first line of an entry from those that continue it.
func beginsWithYear(line string) bool {
	return len(line) > 4 && line[0] == '2' && line[4] == '-'
}

// shownLines is how many lines of a log are shown.
const shownLines = 60

func lastLines(log string) string {
	lines := slices.Collect(strings.Lines(log))
	if len(lines) <= shownLines {
		return log
	}
	return "[...]\n" + strings.Join(lines[len(lines)-shownLines:], "")
}
