package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// numbered makes a table to which write writes.
func numbered(t *testing.T) *source {
	t.Helper()
	return newSource(t, "create table numbered (id int primary key, filling text)", "numbered")
}

// writer writes rows with the IDs from 1 on, each transaction some of them, and can be asked to go on.
type writer struct {
	source *source
	next   int
}

// write commits transactions with a number of rows each.
func (w *writer) write(t *testing.T, transactions, rows int) {
	t.Helper()
	for range transactions {
		w.source.exec(t, "insert into numbered select i, repeat('x', 1000) from generate_series($1::int, $2::int) i",
			w.next+1, w.next+rows)
		w.next += rows
	}
}

// requireAll checks that a feed has each row once and in order, in whole transactions.
func (w *writer) requireAll(t *testing.T, content string) {
	t.Helper()
	open, id := false, 0
	for _, line := range readLines(t, content) {
		switch line.Kind {
		case "begin":
			require.False(t, open, "a transaction in a transaction")
			open = true
		case "commit":
			require.True(t, open)
			open = false
		default:
			id++
			require.Equal(t, fmt.Sprint(id), fmt.Sprint(line.New["id"]))
		}
	}
	require.False(t, open, "an unfinished transaction")
	require.Equal(t, w.next, id)
}

func TestStartedAgain(t *testing.T) {
	s := numbered(t)
	w := &writer{source: s}
	for range 4 {
		stop := s.start(t, s.toFile(), io.Discard)
		w.write(t, 10, 3) // while the feed runs, which may be stopped in the midst of it
		stop()
		w.requireWholeTransactions(t)
		w.write(t, 10, 3) // while nobody streams
	}
	stop := s.start(t, s.toFile(), io.Discard)
	s.waitFor(t, fmt.Sprintf(`"id":%d,`, w.next))
	stop()
	w.requireAll(t, s.content(t))
}

// requireWholeTransactions checks that an interrupted feed leaves no half of a transaction.
func (w *writer) requireWholeTransactions(t *testing.T) {
	t.Helper()
	lines := readLines(t, w.source.content(t))
	if len(lines) > 0 {
		require.Equal(t, "commit", lines[len(lines)-1].Kind)
	}
}

func TestKilled(t *testing.T) {
	s := numbered(t)
	w := &writer{source: s}
	stop := s.start(t, s.toFile(), io.Discard)
	stop() // the slot is there
	program, err := os.Executable()
	require.NoError(t, err)

	for round := range 3 {
		feed := exec.Command(program, s.toFile()...)
		feed.Env = append(os.Environ(), asProgram+"=1")
		feed.Stderr = os.Stderr
		require.NoError(t, feed.Start())
		w.write(t, 20, 3)
		w.write(t, 1, 500) // so large that it is killed in the midst of it, or has not come to it
		s.waitForCommits(t, 21*round+15)
		require.NoError(t, feed.Process.Kill())
		require.Error(t, feed.Wait())
	}
	file, err := os.OpenFile(s.file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteString(`{"kind":"commit","lsn":"0/1`) // and once where it can be known
	require.NoError(t, errors.Join(err, file.Close()))

	stop = s.start(t, s.toFile(), io.Discard)
	s.waitFor(t, fmt.Sprintf(`"id":%d,`, w.next))
	stop()
	w.requireAll(t, s.content(t))
}

func TestConnectionIsCutInATransaction(t *testing.T) {
	s := numbered(t)
	network, through := newProxy(t, pgtest.DSN(t))
	w := &writer{source: s}
	stop := s.start(t, append(s.toFile(), "-dsn", through), io.Discard)
	for round := range 2 {
		w.write(t, 10, 3) // of which the server may not know yet that they are written
		s.waitForCommits(t, 11*round+10)
		network.left.Store(int64(round+1) * 150_000)
		w.write(t, 1, 500)
		s.waitForCommits(t, 11*round+11)
		require.EqualValues(t, round+1, network.cuts.Load())
	}
	stop()
	w.requireAll(t, s.content(t))
}

func TestSessionIsEnded(t *testing.T) {
	s := numbered(t)
	w := &writer{source: s}
	stop := s.start(t, s.toFile(), io.Discard)
	for round := range 2 {
		w.write(t, 10, 3)
		s.waitForCommits(t, 10*round+10)
		s.exec(t, "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1", s.name)
	}
	w.write(t, 10, 3)
	s.waitForCommits(t, 30)
	stop()
	w.requireAll(t, s.content(t))
}

// errFull is the error of a fullDisk.
var errFull = errors.New("no space is left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWhatCouldNotBeWrittenComesAgain(t *testing.T) {
	s := numbered(t)
	w := &writer{source: s}
	s.start(t, s.args, io.Discard)() // the slot is there
	w.write(t, 10, 3)

	require.ErrorIs(t, run(t.Context(), s.args, fullDisk{}, io.Discard), errFull)

	stop := s.start(t, s.toFile(), io.Discard)
	s.waitForCommits(t, 10)
	stop()
	w.requireAll(t, s.content(t))
}

func TestWhatWasWrittenDoesNotComeAgain(t *testing.T) {
	s := numbered(t)
	w := &writer{source: s}
	var first lockedBuffer
	stop := s.start(t, s.args, &first)
	w.write(t, 10, 3)
	eventually(t, "all is written", func() bool { return strings.Count(first.String(), `{"kind":"commit"`) == 10 })
	stop()
	w.requireAll(t, first.String())

	var second lockedBuffer
	stop = s.start(t, s.args, &second)
	w.next = 0
	s.exec(t, "truncate numbered")
	eventually(t, "the next change", func() bool { return strings.Count(second.String(), `{"kind":"commit"`) == 1 })
	stop()
	require.Equal(t, []string{`{"kind":"truncate","schema":"public","table":"numbered"}`}, changesOf(second.String()))
}

func TestFilesThatAreLeftAlone(t *testing.T) {
	s := numbered(t)
	for _, test := range []struct{ name, content, want string }{
		{"something else", "dear diary\n", "it is not the output of a feed, and is left alone"},
		{"feed of another server", `{"kind":"begin","lsn":"FFFFFFFF/0"}` + "\n" +
			`{"kind":"commit","lsn":"FFFFFFFF/0","end":"FFFFFFFF/30"}` + "\n" + `{"kind":"begin",`, "it is the feed of another server"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "file")
			require.NoError(t, os.WriteFile(file, []byte(test.content), 0o644))
			err := run(t.Context(), append(s.args, "-output", file), io.Discard, io.Discard)
			require.ErrorContains(t, err, test.want)
			have, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, test.content, string(have))
		})
	}
}

func TestPublicationWithoutTheTable(t *testing.T) {
	s := numbered(t)
	s.exec(t, "create table another (id int primary key)")
	t.Cleanup(func() { s.exec(t, "drop table another") })
	s.exec(t, "create publication "+s.name+" for table another")
	err := run(t.Context(), s.args, io.Discard, io.Discard)
	require.ErrorContains(t, err, "does not have the table public.numbered: add it with ALTER PUBLICATION")
}

func TestDrop(t *testing.T) {
	s := numbered(t)
	s.start(t, s.args, io.Discard)()
	drop := append(s.args, "-drop")
	require.NoError(t, run(t.Context(), drop, io.Discard, io.Discard))
	require.NoError(t, run(t.Context(), drop, io.Discard, io.Discard), "what is not there is no error")
	var left int
	require.NoError(t, s.db.QueryRowContext(t.Context(), `select
		(select count(*) from pg_replication_slots where slot_name = $1) +
		(select count(*) from pg_publication where pubname = $1)`, s.name).Scan(&left))
	require.Zero(t, left)
}

func TestInterruptedBeforeItRuns(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var out bytes.Buffer
	require.NoError(t, run(ctx, numbered(t).args, &out, io.Discard))
	require.Empty(t, out.String())
}
