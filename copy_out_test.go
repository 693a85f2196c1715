package pgadapt_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// writerFunc is a writer made of a function.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(data []byte) (int, error) { return f(data) }

// linesWriter counts the writes, and those of them that do not end with a line.
type linesWriter struct {
	bytes.Buffer
	writes, broken int
}

func (w *linesWriter) Write(data []byte) (int, error) {
	w.writes++
	if !bytes.HasSuffix(data, []byte("\n")) {
		w.broken++
	}
	return w.Buffer.Write(data)
}

// linesOfAllLengths is the text of the rows of queryOfAllLengths: some fit just so into what is read at once, or do not fit.
func linesOfAllLengths() string {
	var lines strings.Builder
	for i := 1; i <= 20_000; i++ {
		length := i % 97
		switch {
		case i%500 == 0:
			length = 100_000
		case i%50 == 0:
			length = 8170 + i/50%30
		}
		fmt.Fprintf(&lines, "%d\t%s\n", i, strings.Repeat("x", length))
	}
	return lines.String()
}

const queryOfAllLengths = `copy (select i, repeat('x', case when i % 500 = 0 then 100000 when i % 50 = 0 then 8170 + i / 50 % 30 else i % 97 end)
	from generate_series(1, 20000) i) to stdout`

// Short rows that arrive together go into one Write, whole. With a buffer of the program's own below the messages each
// goes alone.
func TestCopyToAWriterGivesWholeRows(t *testing.T) {
	want := linesOfAllLengths()
	for name, test := range map[string]struct {
		change     func(*pgadapt.Config)
		mostWrites int
	}{
		"as it is": {func(*pgadapt.Config) {}, 10_000},
		"BuildFrontend of the program": {func(config *pgadapt.Config) {
			config.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
				return pgproto3.NewFrontend(bufio.NewReader(r), w)
			}
		}, 20_000},
	} {
		t.Run(name, func(t *testing.T) {
			conn, requireHealthy := copySession(t, openConfig(t, test.change))
			var got linesWriter

			result, err := conn.ExecContext(t.Context(), queryOfAllLengths, &got)

			require.NoError(t, err)
			requireAffected(t, result, 20_000)
			require.True(t, want == got.String())
			require.Zero(t, got.broken)
			require.LessOrEqual(t, got.writes, test.mostWrites)
			requireHealthy(0)
		})
	}
}

// BenchmarkCopyToAFile copies 100,000 rows of some 30 bytes into a file, where each Write is a system call, and tells the
// number of them.
func BenchmarkCopyToAFile(b *testing.B) {
	file, err := os.Create(filepath.Join(b.TempDir(), "rows"))
	require.NoError(b, err)
	defer file.Close()
	db, writes := open(b), 0
	writer := writerFunc(func(data []byte) (int, error) {
		writes++
		return file.Write(data)
	})
	for b.Loop() {
		_, err := db.Exec("copy (select i, 'product number ' || i, i * 1.5 from generate_series(1, 100000) i) to stdout", writer)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(writes)/float64(b.N), "writes/op")
}

func TestCopyToAWriterWithOpenRows(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	rows, err := conn.QueryContext(t.Context(), "select i from generate_series(1, 1000) i")
	require.NoError(t, err)
	require.True(t, rows.Next())
	var written bytes.Buffer

	_, err = conn.ExecContext(t.Context(), "copy (select generate_series(1, 3)) to stdout", &written)

	require.NoError(t, err)
	require.Equal(t, "1\n2\n3\n", written.String())
	read := 1
	for rows.Next() {
		read++
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 1000, read)
	requireHealthy(0)
}

const neverEnding = "copy (select generate_series(1, 2000000000)) to stdout"

// The panic goes on to the program, and so does the session when the program recovers.
func TestCopyWhoseWriterPanics(t *testing.T) {
	panicking := writerFunc(func([]byte) (int, error) { panic("no room") })
	t.Run("on a session", func(t *testing.T) {
		conn, requireHealthy := copySession(t, open(t))
		for _, query := range []string{neverEnding, "copy (select 1) to stdout"} {
			require.PanicsWithValue(t, "no room", func() { _, _ = conn.ExecContext(t.Context(), query, panicking) })
			requireHealthy(0)
		}
	})
	t.Run("on the pool", func(t *testing.T) {
		db := open(t)
		require.PanicsWithValue(t, "no room", func() { _, _ = db.ExecContext(t.Context(), neverEnding, panicking) })
		requireWorking(t, db)
	})
	t.Run("in a function for progress", func(t *testing.T) {
		conn, requireHealthy := copySession(t, open(t))
		require.PanicsWithValue(t, "no room", func() {
			_, _ = conn.ExecContext(t.Context(), neverEnding, io.Discard, pgadapt.CopyProgress(func(pgadapt.Copied) { panic("no room") }))
		})
		requireHealthy(0)
	})
	t.Run("by ending its goroutine", func(t *testing.T) {
		conn, requireHealthy := copySession(t, open(t))
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = conn.ExecContext(t.Context(), neverEnding, writerFunc(func([]byte) (int, error) {
				runtime.Goexit()
				return 0, nil
			}))
		}()
		<-ended
		requireHealthy(0)
	})
}

// The writer ends the context before it fails, or fails while the context goes on.
func TestCopyWhoseWriterFailsUnderAContextThatCanEnd(t *testing.T) {
	for name, endsContext := range map[string]bool{"context goes on": false, "context ends": true} {
		t.Run(name, func(t *testing.T) {
			conn, requireHealthy := copySession(t, open(t))
			for range 20 {
				ctx, cancel := context.WithCancel(t.Context())
				_, err := conn.ExecContext(ctx, neverEnding, writerFunc(func([]byte) (int, error) {
					if endsContext {
						cancel()
					}
					return 0, errStream
				}))
				cancel()
				require.ErrorIs(t, err, errStream)
				require.ErrorIs(t, err, pgerr.QueryCanceled)
				if endsContext {
					require.ErrorIs(t, err, context.Canceled)
				}
				requireHealthy(0)
			}
		})
	}
}

func TestContextEndsWhileTheWriterBlocks(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	_, err := conn.ExecContext(ctx, neverEnding, writerFunc(func(data []byte) (int, error) {
		cancel()
		<-ctx.Done()
		return len(data), nil
	}))

	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, pgerr.QueryCanceled)
	requireHealthy(0)
}

func TestCopyToAWriterCancelledBeforehand(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := conn.ExecContext(ctx, neverEnding, &failingWriter{})
	require.ErrorIs(t, err, context.Canceled)
	requireHealthy(0)
}

func TestSessionIsTerminatedWhileTheServerSends(t *testing.T) {
	db := open(t)
	conn := session(t, db)
	var written bytes.Buffer

	_, err := conn.ExecContext(t.Context(),
		"copy (select i, case when i = 5000 then pg_terminate_backend(pg_backend_pid()) end from generate_series(1, 9999) i) to stdout", &written)

	require.ErrorIs(t, err, pgerr.AdminShutdown)
	require.NotEmpty(t, written.String())
	require.NoError(t, conn.Close())
	requireWorking(t, db)
}

// The parts of an answer to COPY … TO STDOUT.
var (
	copyOutBegins = encoded(&pgproto3.CopyOutResponse{ColumnFormatCodes: []uint16{0}})
	copiedLine    = encoded(&pgproto3.CopyData{Data: []byte("1\n")})
	copyDone      = encoded(&pgproto3.CopyDone{})
	copied        = encoded(&pgproto3.CommandComplete{CommandTag: []byte("COPY 1")})
)

// What a server says to the program and not to the statement may come between the data.
func TestAsynchronousMessagesBetweenTheDataOfACopy(t *testing.T) {
	const lines = 3000
	between := encoded(&pgproto3.NoticeResponse{Severity: "NOTICE", Message: "halfway"}, &pgproto3.ParameterStatus{Name: "TimeZone", Value: "UTC"},
		&pgproto3.NotificationResponse{PID: 1, Channel: "a"})
	answer := between + copyOutBegins + strings.Repeat(copiedLine, lines) + between + strings.Repeat(copiedLine, lines) + between + copyDone +
		between + copied + between + readyForQuery
	server := startRawServer(t, rawServer{login: welcome, answer: answer})
	var told []string
	config, err := pgadapt.ParseConfig("postgres://user@" + server.address + "/db?sslmode=disable")
	require.NoError(t, err)
	config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) { told = append(told, notice.Message) }
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	var written bytes.Buffer

	_, err = db.ExecContext(t.Context(), "copy t to stdout", &written)

	require.NoError(t, err)
	require.Equal(t, strings.Repeat("1\n", 2*lines), written.String())
	require.Equal(t, []string{"halfway", "halfway", "halfway", "halfway", "halfway"}, told)
}

// answersOutOfTurn have messages that a COPY … TO STDOUT does not have there, and the name of the first of them.
var answersOutOfTurn = map[string]struct{ answer, name string }{
	"data before they are announced": {copiedLine + copyOutBegins, "CopyData"},
	"data after their end":           {copyOutBegins + copyDone + copiedLine, "CopyData"},
	"data after the command":         {copyOutBegins + copyDone + copied + copiedLine, "CopyData"},
	"data after an error":            {copyOutBegins + encoded(&pgproto3.ErrorResponse{Code: "22012"}) + copiedLine, "22012"},
	"announced twice":                {copyOutBegins + copyOutBegins, "CopyOutResponse"},
	"ended twice":                    {copyOutBegins + copyDone + copyDone, "CopyDone"},
	"ended before the beginning":     {copyDone, "CopyDone"},
	"command without data":           {copied, "CommandComplete"},
	"command before CopyDone":        {copyOutBegins + copiedLine + copied, "CommandComplete"},
	"completed twice":                {copyOutBegins + copyDone + copied + copied, "CommandComplete"},
	"nothing":                        {"", "ReadyForQuery"},
	"ready between the data":         {copyOutBegins + copiedLine, "ReadyForQuery"},
	"ready before the command":       {copyOutBegins + copiedLine + copyDone, "ReadyForQuery"},
	"COPY in":                        {encoded(&pgproto3.CopyInResponse{}), "CopyInResponse"},
	"COPY both":                      {encoded(&pgproto3.CopyBothResponse{}), "CopyBothResponse"},
	"row":                            {copyOutBegins + row, "DataRow"},
	"description":                    {oneInt, "RowDescription"},
	"empty query":                    {encoded(&pgproto3.EmptyQueryResponse{}), "EmptyQueryResponse"},
	"parse complete":                 {copyOutBegins + encoded(&pgproto3.ParseComplete{}), "ParseComplete"},
	"authentication":                 {copyOutBegins + authenticationOK, "AuthenticationOk"},
}

// A server that is out of step must not make a COPY look complete, nor be believed any more.
func TestMessagesOutOfTurnInACopyOut(t *testing.T) {
	for name, test := range answersOutOfTurn {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startRawServer(t, rawServer{login: welcome, answer: test.answer + readyForQuery})
			db := server.open(t, "simple_protocol")

			_, err := db.ExecContext(t.Context(), "copy t to stdout", io.Discard)

			require.ErrorContains(t, err, test.name)
			require.Zero(t, db.Stats().OpenConnections)
		})
	}
}
