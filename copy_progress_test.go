package pgadapt_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// progress collects what CopyProgress is told, and fails the test when it is told after the end.
type progress struct {
	t     *testing.T
	told  []pgadapt.Copied
	ended atomic.Bool
}

func (p *progress) report(done pgadapt.Copied) {
	if p.ended.Load() {
		p.t.Error("progress after the end")
	}
	p.told = append(p.told, done)
}

// end gives the last report, after looking at how they follow each other.
func (p *progress) end(err error) pgadapt.Copied {
	p.t.Helper()
	p.ended.Store(true)
	require.NoError(p.t, err)
	last := pgadapt.Copied{}
	for _, told := range p.told {
		require.GreaterOrEqual(p.t, told.Bytes, last.Bytes)
		last = told
	}
	return last
}

func TestCopyProgress(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireHealthy := copySession(t, db)
		lines := manyLines(manyRows)

		in := &progress{t: t}
		_, err := conn.ExecContext(t.Context(), "copy t from stdin", strings.NewReader(lines), pgadapt.CopyProgress(in.report))
		require.Equal(t, pgadapt.Copied{Bytes: int64(len(lines)), Rows: manyRows}, in.end(err))
		require.Greater(t, len(in.told), 1)
		requireHealthy(manyRows)

		out := &progress{t: t}
		_, err = conn.ExecContext(t.Context(), "copy t to stdout", pgadapt.CopyProgress(out.report), io.Discard)
		require.Equal(t, pgadapt.Copied{Bytes: int64(len(lines)), Rows: manyRows}, out.end(err))
		require.Greater(t, len(out.told), 1)

		rows := &progress{t: t}
		_, err = conn.ExecContext(t.Context(), "copy t from stdin", pgadapt.CopyProgress(rows.report), pgadapt.CopyRows(countedRows(manyRows, nil)))
		// Each row: the count of columns, and two fields with their lengths, of 4 bytes each.
		require.Equal(t, pgadapt.Copied{Bytes: 19 + manyRows*(2+8+8) + 2, Rows: manyRows}, rows.end(err))
		require.Greater(t, len(rows.told), 1)

		empty := &progress{t: t}
		_, err = conn.ExecContext(t.Context(), "copy t from stdin", strings.NewReader(""), pgadapt.CopyProgress(empty.report))
		require.Equal(t, pgadapt.Copied{}, empty.end(err))
		require.Len(t, empty.told, 1)
	})
}

// However fast the data come, the function is called ten times a second at most.
func TestCopyProgressIsNotToldTooOften(t *testing.T) {
	conn, _ := copySession(t, open(t))
	told := &progress{t: t}
	start := time.Now()
	_, err := conn.ExecContext(t.Context(), "copy (select generate_series(1, 300000)) to stdout", io.Discard, pgadapt.CopyProgress(told.report))
	told.end(err)
	require.LessOrEqual(t, len(told.told), 3+int(time.Since(start)/(100*time.Millisecond)))
}

func TestCopyProgressOfACopyThatFails(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	_, err := conn.ExecContext(t.Context(), "alter table t add check (a < 10)")
	require.NoError(t, err)
	told := &progress{t: t}
	endless := func(yield func([]any, error) bool) {
		for i := 0; yield([]any{i, "text"}, nil); i++ {
		}
	}
	_, err = conn.ExecContext(t.Context(), "copy t from stdin", pgadapt.CopyRows(endless), pgadapt.CopyProgress(told.report))
	told.ended.Store(true)
	require.ErrorContains(t, err, "t_a_check")
	requireHealthy(0)

	_, err = conn.ExecContext(t.Context(), "alter table t drop constraint t_a_check")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = conn.ExecContext(ctx, "copy t from stdin", pgadapt.CopyRows(endless), pgadapt.CopyProgress(func(pgadapt.Copied) { cancel() }))
	require.ErrorIs(t, err, context.Canceled, "the way to stop a COPY")
	requireHealthy(0)

	_, err = conn.ExecContext(t.Context(), "copy t from stdin", strings.NewReader("1\ta\n"),
		pgadapt.CopyProgress(func(pgadapt.Copied) { panic("of the function") }))
	require.ErrorContains(t, err, "of the function")
	requireHealthy(0)
}

func TestCopyProgressRefuses(t *testing.T) {
	db := open(t)
	ignore := pgadapt.CopyProgress(func(pgadapt.Copied) {})
	for name, use := range map[string]func() error{
		"a reader, an io.Writer or CopyRows": func() error { return discarded(db.Exec("select 1", ignore)) },
		"beside it":                          func() error { return discarded(db.Exec("copy t from stdin", ignore)) },
		"nil":                                func() error { return discarded(db.Exec("copy t from stdin", pgadapt.CopyProgress(nil), io.Discard)) },
		"gives no rows":                      func() error { return discarded(db.Query("copy t from stdin", ignore)) },
		"instruction":                        func() error { return discarded(db.Exec("copy t from stdin", ignore, ignore)) },
		"one argument": func() error {
			return discarded(db.Exec("copy t from stdin", strings.NewReader(""), strings.NewReader(""), ignore))
		},
	} {
		require.ErrorContains(t, use(), strings.TrimPrefix(name, "a reader, "))
		requireWorking(t, db)
	}
}

func discarded[T any](_ T, err error) error { return err }

// heapPeak gives a progress function that finds the largest heap.
func heapPeak() (peak *uint64, report pgadapt.CopyProgress) {
	peak = new(uint64)
	return peak, func(pgadapt.Copied) {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		*peak = max(*peak, stats.HeapAlloc)
	}
}

// bytesOfALargeCopy is a gigabyte, less with -short.
func bytesOfALargeCopy() int64 {
	if testing.Short() {
		return 64 << 20
	}
	return 1 << 30
}

// Memory does not grow with the size of a COPY: none of these holds more than a few of its pieces.
func TestCopyOfAGigabyte(t *testing.T) {
	const lineSize, mostMemory = 16 << 10, 32 << 20
	conn, _ := copySession(t, open(t))
	count := int(bytesOfALargeCopy() / lineSize)
	line := strings.Repeat("x", lineSize-1)
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, test := range []struct {
		name, query string
		argument    any
	}{
		{"from a reader", "copy t (b) from stdin where a = 0", io.LimitReader(repeatedReader(line+"\n"), int64(count)*lineSize)},
		{"from rows", "copy t (b) from stdin where a = 0", pgadapt.CopyRows(repeatedRow(count, line))},
		{"to a writer", fmt.Sprintf("copy (select repeat('x', %d) from generate_series(1, %d)) to stdout", lineSize-1, count), io.Discard},
	} {
		t.Run(test.name, func(t *testing.T) {
			peak, report := heapPeak()
			last := pgadapt.Copied{}
			_, err := conn.ExecContext(t.Context(), test.query, test.argument,
				pgadapt.CopyProgress(func(done pgadapt.Copied) { last = done; report(done) }))
			require.NoError(t, err)
			require.GreaterOrEqual(t, last.Bytes, int64(count)*(lineSize-1))
			require.Less(t, *peak, before.HeapAlloc+mostMemory)
		})
	}
}

// repeatedReader reads a text again and again, whole each time: the buffer must have room for it.
type repeatedReader string

func (r repeatedReader) Read(dst []byte) (int, error) {
	filled := 0
	for filled+len(r) <= len(dst) {
		filled += copy(dst[filled:], r)
	}
	if filled == 0 {
		return 0, io.ErrShortBuffer
	}
	return filled, nil
}

func repeatedRow(count int, text string) iter.Seq2[[]any, error] {
	row := []any{text}
	return func(yield func([]any, error) bool) {
		for range count {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func ExampleCopyProgress() {
	db := openExample()
	defer db.Close()
	var last pgadapt.Copied

	_, err := db.Exec("copy (select generate_series(1, 1000)) to stdout", io.Discard,
		pgadapt.CopyProgress(func(done pgadapt.Copied) { last = done }))

	fmt.Println(last.Bytes, last.Rows, err)
	// Output: 3893 1000 <nil>
}
