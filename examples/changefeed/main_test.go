package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/examples/internal/commandline/commandlinetest"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// deadline bounds what a test waits for, so that it fails in place of hanging.
const deadline = 2 * time.Minute

// asProgram makes the test program be the program, for tests that kill it.
const asProgram = "CHANGEFEED_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(pgtest.Main(m))
}

// names makes slots differ, which all databases of a server share.
var names atomic.Int64

// source is a database with tables, of which a feed tells.
type source struct {
	db   *sql.DB
	name string // of the slot and the publication
	file string
	args []string
}

// newSource makes tables, whose names are given after it, and everything else that a feed of them needs but for slot
// and publication.
func newSource(t *testing.T, create string, tables ...string) *source {
	t.Helper()
	// The feed gets what is on the server's disk. So that it gets it at once, a commit waits for that.
	settings, err := dsn.Make(pgtest.DSN(t), "synchronous_commit", "on")
	require.NoError(t, err)
	db, err := sql.Open(pgadapt.DriverName, settings.String())
	require.NoError(t, err)
	name := fmt.Sprintf("changefeed_%d_%d", os.Getpid(), names.Add(1))
	file := filepath.Join(t.TempDir(), "changes.jsonl")
	s := &source{db: db, name: name, file: file, args: []string{
		"-dsn", pgtest.DSN(t), "-slot", name, "-tables", strings.Join(tables, ", ")}}
	s.exec(t, create)
	t.Cleanup(func() {
		var out bytes.Buffer
		require.NoError(t, run(context.Background(), []string{"-dsn", pgtest.DSN(t), "-slot", name, "-drop"}, &out, &out))
		_, err := db.ExecContext(context.Background(), "drop table if exists "+strings.Join(tables, ", ")+" cascade")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	return s
}

func (s *source) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := s.db.ExecContext(context.WithoutCancel(t.Context()), query, args...) // cleanups use it too
	require.NoError(t, err, query)
}

// toFile gives the arguments of a feed that writes to the source's file.
func (s *source) toFile() []string {
	return append(s.args[:len(s.args):len(s.args)], "-output", s.file)
}

// start runs a feed and gives the function that interrupts it and waits for its end.
func (s *source) start(t *testing.T, args []string, out io.Writer) (stop func()) {
	t.Helper()
	ctx, interrupt := context.WithTimeout(t.Context(), deadline)
	ended := make(chan error, 1)
	var diagnostics bytes.Buffer
	go func() { ended <- run(ctx, args, out, &diagnostics) }()
	s.waitForSlot(t, ended)
	return func() {
		t.Helper()
		interrupt()
		require.NoError(t, <-ended, "%s", &diagnostics)
	}
}

// waitForSlot waits until something streams from the slot, so that it has everything that is written later.
func (s *source) waitForSlot(t *testing.T, ended <-chan error) {
	t.Helper()
	eventually(t, "a feed streams", func() bool {
		select {
		case err := <-ended:
			require.NoError(t, err, "the feed has ended")
		default:
		}
		var active bool
		err := s.db.QueryRowContext(t.Context(), `
			select count(*) > 0 from pg_replication_slots s join pg_stat_replication r on r.pid = s.active_pid
			where s.slot_name = $1 and r.state in ('catchup', 'streaming')`, s.name).Scan(&active)
		return err == nil && active
	})
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for givingUp := time.Now().Add(deadline); !condition(); time.Sleep(20 * time.Millisecond) {
		require.True(t, time.Now().Before(givingUp), "waited in vain: %s", what)
	}
}

// waitFor waits until the file has a text.
func (s *source) waitFor(t *testing.T, text string) {
	t.Helper()
	eventually(t, text, func() bool { return strings.Contains(s.content(t), text) })
}

// waitForCommits waits until the file has so many commits.
func (s *source) waitForCommits(t *testing.T, count int) {
	t.Helper()
	eventually(t, fmt.Sprint(count, " commits"), func() bool {
		return strings.Count(s.content(t), `{"kind":"commit"`) >= count
	})
}

func (s *source) content(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(s.file)
	if os.IsNotExist(err) {
		return ""
	}
	require.NoError(t, err)
	return string(content)
}

// jsonLine is a line as a reader of the feed sees it.
type jsonLine struct {
	Kind, Schema, Table string
	LSN, End            string
	CommitTime          time.Time `json:"commit_time"`
	XID                 uint32
	Key, Old, New       map[string]any
	Unchanged           []string
	Cascade             bool
	RestartIdentity     bool `json:"restart_identity"`
}

// readLines reads the output of a feed, of which each line must be valid.
func readLines(t *testing.T, content string) (lines []jsonLine) {
	t.Helper()
	for text := range strings.Lines(content) {
		require.True(t, strings.HasSuffix(text, "\n"), "torn line: %s", text)
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		decoder.DisallowUnknownFields()
		var line jsonLine
		require.NoError(t, decoder.Decode(&line), text)
		lines = append(lines, line)
	}
	return lines
}

// changesOf gives the lines of changes, without those of transactions.
func changesOf(content string) (changes []string) {
	for line := range strings.Lines(content) {
		if !strings.HasPrefix(line, `{"kind":"begin"`) && !strings.HasPrefix(line, `{"kind":"commit"`) {
			changes = append(changes, strings.TrimSpace(line))
		}
	}
	return changes
}

func TestDemo(t *testing.T) {
	var out, diagnostics bytes.Buffer
	require.NoError(t, run(t.Context(), nil, &out, &diagnostics), "%s", &diagnostics)

	require.Equal(t, []string{
		`{"kind":"insert","schema":"public","table":"item","new":{"id":1,"name":"kettle","price":24.90,"in_stock":true,"tags":["kitchen","steel"]}}`,
		`{"kind":"insert","schema":"public","table":"item","new":{"id":2,"name":"lamp","price":null,"in_stock":false,"tags":null}}`,
		`{"kind":"insert","schema":"public","table":"purchase","new":{"id":1,"item":1,"at":"2026-03-01T11:30:00.25Z","details":{"gift":true,"pieces":2}}}`,
		`{"kind":"update","schema":"public","table":"item","new":{"id":1,"name":"kettle","price":22.50,"in_stock":true,"tags":["kitchen","steel"]}}`,
		`{"kind":"update","schema":"public","table":"item","key":{"id":2},"new":{"id":3,"name":"lamp","price":null,"in_stock":false,"tags":null}}`,
		`{"kind":"delete","schema":"public","table":"item","key":{"id":3}}`,
		`{"kind":"truncate","schema":"public","table":"purchase","restart_identity":true}`,
	}, changesOf(out.String()))
	require.Len(t, readLines(t, out.String()), 7+2*len(demoTransactions))
}

func TestCommandLine(t *testing.T) {
	commandlinetest.Run(t, run, []commandlinetest.Case{
		{"help", "-h", "help requested", "usage: changefeed [-output file]"},
		{"unknown flag", "-host", "flag provided but not defined: -host; -h explains", ""},
		{"argument", "localhost", "arguments after the flags; -h explains", ""},
		{"tables without a server", "-tables orders", "-tables and -drop need -dsn", ""},
		{"dropping without a server", "-drop", "-tables and -drop need -dsn", ""},
		{"nothing listens", "-dsn postgres://joe:opensesame@127.0.0.1:1/db", "127.0.0.1", ""},
		{"malformed DSN", "-dsn postgres://joe:opensesame@127.0.0.1:port/db", "-dsn", ""},
		{"unknown table", "-tables nowhere -dsn " + pgtest.DSN(t), "-tables: there is no table nowhere", ""},
		{"malformed table", "-tables a.b.c.d -dsn " + pgtest.DSN(t), "-tables: a.b.c.d", ""},
	})
}
