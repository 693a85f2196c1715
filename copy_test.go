package pgadapt_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// copySession gives a session with a table t (a int, b text), and a check that it is still the same and healthy.
func copySession(t *testing.T, db *sql.DB) (conn *sql.Conn, requireHealthy func(rows int)) {
	t.Helper()
	conn = session(t, db)
	pid := backendPID(t, conn)
	_, err := conn.ExecContext(t.Context(), "create temp table t (a int, b text)")
	require.NoError(t, err)
	return conn, func(rows int) {
		t.Helper()
		var count int
		require.NoError(t, conn.QueryRowContext(context.Background(), "select count(*) from t").Scan(&count))
		require.Equal(t, rows, count)
		require.Equal(t, pid, backendPID(t, conn))
		requireWorkingSession(t, conn)
	}
}

// manyLines gives rows of t in the text format.
func manyLines(count int) string {
	var lines strings.Builder
	for i := range count {
		fmt.Fprintf(&lines, "%d\ttext of row %d\n", i, i)
	}
	return lines.String()
}

func requireAffected(t *testing.T, result sql.Result, want int) {
	t.Helper()
	affected, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, want, affected)
}

const manyRows = 100_000

func TestCopyFromAReaderAndToAWriter(t *testing.T) {
	lines := manyLines(manyRows)
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireHealthy := copySession(t, db)

		result, err := conn.ExecContext(t.Context(), "copy t from stdin", strings.NewReader(lines))
		require.NoError(t, err)
		requireAffected(t, result, manyRows)
		requireHealthy(manyRows)

		var written bytes.Buffer
		result, err = conn.ExecContext(t.Context(), "/* all */ COPY (select * from t order by a) to stdout;", &written)
		require.NoError(t, err)
		requireAffected(t, result, manyRows)
		require.Equal(t, lines, written.String())
		requireHealthy(manyRows)
	})
}

func TestCopyFromReadersOfAllKinds(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	for _, reader := range []io.Reader{
		strings.NewReader("1,a\n2,b"), iotest.OneByteReader(strings.NewReader("1,a\n2,b\n")),
		iotest.DataErrReader(strings.NewReader("1,a\n2,b\n")), strings.NewReader("1,\"a%s\"\n2,b\n"),
	} {
		result, err := conn.ExecContext(t.Context(), "copy t (a, b) from stdin (format csv)", reader)
		require.NoError(t, err)
		requireAffected(t, result, 2)
	}
	result, err := conn.ExecContext(t.Context(), "copy t from stdin", strings.NewReader(""))
	require.NoError(t, err)
	requireAffected(t, result, 0)
	requireHealthy(8)
}

// A COPY has no placeholders: nothing in its text is taken for one.
func TestCopyInAllParamStyles(t *testing.T) {
	for _, style := range []string{"numeric", "pyformat", "qmark", "named"} {
		db := open(t, "paramstyle", style)
		var written bytes.Buffer
		_, err := db.Exec(`copy (select 7 % 4, '{"a": 1}'::jsonb ? 'a', (array[1, 2])[1:1]) to stdout`, &written)
		require.NoError(t, err, style)
		require.Equal(t, "3\tt\t{1}\n", written.String())
	}
}

func TestCopyInsideATransactionWithOpenRows(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	rows, err := tx.Query("select i from generate_series(1, 1000) i")
	require.NoError(t, err)
	require.True(t, rows.Next())

	_, err = tx.Exec("copy t from stdin", strings.NewReader(manyLines(10)))
	require.NoError(t, err)

	read := 1
	for rows.Next() {
		read++
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 1000, read)
	require.NoError(t, tx.Commit())
	requireHealthy(10)
}

var errStream = errors.New("the disk is on fire")

func TestCopyWhoseReaderFails(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireHealthy := copySession(t, db)
		for _, before := range []string{"", manyLines(3), manyLines(manyRows)} {
			reader := io.MultiReader(strings.NewReader(before), iotest.ErrReader(errStream))

			_, err := conn.ExecContext(t.Context(), "copy t from stdin", reader)

			require.ErrorIs(t, err, errStream)
			require.ErrorIs(t, err, pgerr.QueryCanceled, "the server's view")
			requireHealthy(0)
		}
	})
}

type panickingReader struct{}

func (panickingReader) Read([]byte) (int, error) { panic("no data") }

func TestCopyWhoseReaderPanics(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	_, err := conn.ExecContext(t.Context(), "copy t from stdin", panickingReader{})
	require.ErrorContains(t, err, "no data")
	requireHealthy(0)
}

func TestCopyOfBadData(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	for name, data := range map[string]string{
		"at the start": "x\ty\n" + manyLines(manyRows), "at the end": manyLines(manyRows) + "x\ty\n", "alone": "x",
	} {
		_, err := conn.ExecContext(t.Context(), "copy t from stdin", strings.NewReader(data))
		var told *pgadapt.Error
		require.ErrorAs(t, err, &told, name)
		requireHealthy(0)
	}
	_, err := conn.ExecContext(t.Context(), "copy nosuch from stdin", strings.NewReader("1"))
	require.ErrorIs(t, err, pgerr.UndefinedTable)
	_, err = conn.ExecContext(t.Context(), "copy nosuch to stdout", io.Discard)
	require.ErrorIs(t, err, pgerr.UndefinedTable)
	requireHealthy(0)
}

// The pipes have no other end: their readers block until the test is over.
func TestServerErrorWhileTheReaderBlocks(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	reader, writer := io.Pipe()
	defer writer.Close()

	_, err := conn.ExecContext(t.Context(), "copy t from stdin", io.MultiReader(strings.NewReader("x\ty\n"), reader))

	var told *pgadapt.Error
	require.ErrorAs(t, err, &told)
	requireHealthy(0)
}

func TestContextEndsWhileTheReaderBlocks(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireHealthy := copySession(t, db)
		reader, writer := io.Pipe()
		defer writer.Close()
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer stop()

		_, err := conn.ExecContext(ctx, "copy t from stdin", io.MultiReader(strings.NewReader("1\ty\n"), reader))

		require.ErrorIs(t, err, context.DeadlineExceeded)
		requireHealthy(0)
	})
}

func TestContextEndsWhileTheReaderFeeds(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()

	_, err := conn.ExecContext(ctx, "copy t from stdin", endless{})

	require.ErrorIs(t, err, context.DeadlineExceeded)
	requireHealthy(0)
}

// endless gives rows of t for ever.
type endless struct{}

func (endless) Read(dst []byte) (int, error) {
	length := 0
	for length+4 <= len(dst) {
		length += copy(dst[length:], "1\ta\n")
	}
	return length, nil
}

func TestCopyCancelledBeforehand(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := conn.ExecContext(ctx, "copy t from stdin", strings.NewReader("1\ta\n"))
	require.ErrorIs(t, err, context.Canceled)
	requireHealthy(0)
}

// failingWriter takes some writes before it fails.
type failingWriter struct{ takes int }

func (w *failingWriter) Write(data []byte) (int, error) {
	w.takes--
	if w.takes < 0 {
		return 0, errStream
	}
	return len(data), nil
}

type shortWriter struct{}

func (shortWriter) Write([]byte) (int, error) { return 0, nil }

func TestCopyWhoseWriterFails(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireHealthy := copySession(t, db)
		for _, takes := range []int{0, 1, 1000} {
			start := time.Now()
			_, err := conn.ExecContext(t.Context(),
				"copy (select generate_series(1, 50000000), repeat('x', 100)) to stdout", &failingWriter{takes})
			require.ErrorIs(t, err, errStream)
			require.Less(t, time.Since(start), pgadapt.DefaultCancelTimeout)
			requireHealthy(0)
		}
		_, err := conn.ExecContext(t.Context(), "copy (select 1) to stdout", &failingWriter{})
		require.ErrorIs(t, err, errStream)
		_, err = conn.ExecContext(t.Context(), "copy (select 1) to stdout", shortWriter{})
		require.ErrorIs(t, err, io.ErrShortWrite)
		requireHealthy(0)
	})
}

func TestContextEndsWhileTheServerSends(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()

	_, err := conn.ExecContext(ctx, "copy (select generate_series(1, 50000000)) to stdout", io.Discard)

	require.ErrorIs(t, err, context.DeadlineExceeded)
	requireHealthy(0)
}

func TestServerErrorAfterDataWereWritten(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	var written bytes.Buffer
	_, err := conn.ExecContext(t.Context(), "copy (select 1 / (5 - i) from generate_series(1, 9) i) to stdout", &written)
	require.ErrorIs(t, err, pgerr.DivisionByZero)
	require.NotEmpty(t, written.String())
	requireHealthy(0)
}

func TestCopyArgumentsThatDoNotFit(t *testing.T) {
	var nilFile *os.File
	var nilBuffer *bytes.Buffer
	reader := strings.NewReader("1\ta\n")
	for _, test := range []struct {
		name, query string
		args        []any
		want        string
	}{
		{"no reader", "copy t from stdin", []any{5}, "int is neither"},
		{"writer for FROM", "copy t from stdin", []any{&failingWriter{}}, "neither"},
		{"reader for TO", "copy t to stdout", []any{reader}, "*strings.Reader is none"},
		{"rows for TO", "copy t to stdout", []any{pgadapt.CopyRows(nil)}, "is none"},
		{"nil", "copy t from stdin", []any{nil}, "nil is neither"},
		{"nil reader", "copy t from stdin", []any{nilFile}, "a nil *os.File"},
		{"nil writer", "copy t to stdout", []any{nilBuffer}, "a nil *bytes.Buffer"},
		{"nil rows", "copy t from stdin", []any{pgadapt.CopyRows(nil)}, "nil"},
		{"two readers", "copy t from stdin", []any{reader, reader}, "one argument"},
		{"named reader", "copy t from stdin", []any{sql.Named("r", reader)}, "without a name"},
		{"first of several", "copy t from stdin; select 1", []any{reader}, "only statement"},
		{"second of several", "select 1; copy t from stdin", []any{reader}, "COPY"},
		{"file", "copy t from '/nonexistent'", []any{reader}, "FROM STDIN and TO STDOUT only"},
		{"rows in text", "copy t from stdin csv", []any{pgadapt.CopyRows(rowsOf())}, "binary"},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, requireHealthy := copySession(t, open(t))
			_, err := conn.ExecContext(t.Context(), test.query, test.args...)
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, "pgadapt: ")
			requireHealthy(0)
		})
	}
}

func TestCopyOnATerminatedSession(t *testing.T) {
	db := open(t)
	conn := session(t, db)
	pid := backendPID(t, conn)
	_, err := conn.ExecContext(t.Context(), "create temp table t (a int, b text)")
	require.NoError(t, err)
	reader, writer := io.Pipe()
	defer writer.Close()
	time.AfterFunc(50*time.Millisecond, func() { _, _ = db.Exec("select pg_terminate_backend($1)", pid) })

	_, err = conn.ExecContext(t.Context(), "copy t from stdin", reader)

	require.Error(t, err)
	requireWorking(t, db)
}

func ExampleConnector_copy() {
	db := openExample()
	defer db.Close()
	conn, err := db.Conn(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	ctx := context.Background()
	_, err = conn.ExecContext(ctx, "create temp table cities (name text, people int)")
	if err != nil {
		fmt.Println(err)
		return
	}

	result, err := conn.ExecContext(ctx, "copy cities from stdin (format csv)", strings.NewReader("Aachen,249070\nZug,30618\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.RowsAffected())

	_, err = conn.ExecContext(ctx, "copy cities to stdout (format csv, header)", os.Stdout)
	fmt.Println(err)
	// Output:
	// 2 <nil>
	// name,people
	// Aachen,249070
	// Zug,30618
	// <nil>
}

// allocatedBy gives the number of bytes that a call allocates, all goroutines together.
func allocatedBy(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestCopyTakesNoMoreMemoryForMoreData(t *testing.T) {
	conn, _ := copySession(t, open(t))
	const size, most = 64 << 20, 4 << 20
	allocated := allocatedBy(func() {
		_, err := conn.ExecContext(t.Context(), "copy t from stdin where a = 0", io.LimitReader(endless{}, size))
		require.NoError(t, err)
	})
	require.Less(t, allocated, uint64(most))
	allocated = allocatedBy(func() {
		_, err := conn.ExecContext(t.Context(), "copy (select repeat('x', 1000) from generate_series(1, 65536)) to stdout", io.Discard)
		require.NoError(t, err)
	})
	require.Less(t, allocated, uint64(most))
}
