package largeobject_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
	"github.com/pgadapt/pgadapt/largeobject"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestWriteSeekRead(t *testing.T) {
	object := create(t, begin(t))

	_, err := object.Write([]byte("hello, world"))
	require.NoError(t, err)
	requirePosition(t, object, 12)
	position, err := object.Seek(-5, io.SeekEnd)
	require.NoError(t, err)
	require.EqualValues(t, 7, position)
	_, err = object.Write([]byte("there"))
	require.NoError(t, err)
	_, err = object.Seek(-5, io.SeekCurrent)
	require.NoError(t, err)
	tail, err := io.ReadAll(object)
	require.NoError(t, err)
	require.Equal(t, "there", string(tail))
	_, err = object.Seek(0, io.SeekStart)
	require.NoError(t, err)

	all, err := io.ReadAll(object)

	require.NoError(t, err)
	require.Equal(t, "hello, there", string(all))
	n, err := object.Read(make([]byte, 10))
	require.Zero(t, n)
	require.Equal(t, io.EOF, err)
}

// The testing package of io knows what readers have to do.
func TestObjectIsAReader(t *testing.T) {
	object := create(t, begin(t))
	content := randomBytes(3000)
	_, err := object.Write(content)
	require.NoError(t, err)
	_, err = object.Seek(0, io.SeekStart)
	require.NoError(t, err)
	require.NoError(t, iotest.TestReader(object, content))
}

func TestWorksInEveryParamStyle(t *testing.T) {
	for _, style := range []string{"numeric", "pyformat", "qmark", "named"} {
		t.Run(style, func(t *testing.T) {
			db, err := sql.Open("pgadapt", pgtest.DSN(t)+"&paramstyle="+style)
			require.NoError(t, err)
			defer db.Close()
			tx, err := db.Begin()
			require.NoError(t, err)
			defer tx.Rollback()
			oid, err := largeobject.Import(t.Context(), tx, strings.NewReader("content"), 0)
			require.NoError(t, err)
			var content bytes.Buffer
			_, err = largeobject.Export(t.Context(), tx, oid, &content)
			require.NoError(t, err)
			require.Equal(t, "content", content.String())
		})
	}
}

func TestImportAndExport(t *testing.T) {
	for _, size := range []int{0, 1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 5<<20 + 12345} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			tx := begin(t)
			content := randomBytes(size)

			oid, err := largeobject.Import(t.Context(), tx, iotest.HalfReader(bytes.NewReader(content)), 0)
			require.NoError(t, err)
			var exported bytes.Buffer
			n, err := largeobject.Export(t.Context(), tx, oid, &exported)

			require.NoError(t, err)
			require.EqualValues(t, size, n)
			require.True(t, bytes.Equal(content, exported.Bytes()))
		})
	}
}

func TestOffsetsBeyondFourGigabytes(t *testing.T) {
	const far = int64(5 << 30)
	object := create(t, begin(t))

	_, err := object.Seek(far, io.SeekStart)
	require.NoError(t, err)
	_, err = object.Write([]byte("far"))
	require.NoError(t, err)

	requirePosition(t, object, far+3)
	end, err := object.Seek(0, io.SeekEnd)
	require.NoError(t, err)
	require.EqualValues(t, far+3, end)
	require.NoError(t, object.Truncate(far+1))
	requirePosition(t, object, far+3)
	_, err = object.Seek(far-2, io.SeekStart)
	require.NoError(t, err)
	tail, err := io.ReadAll(object)
	require.NoError(t, err)
	require.Equal(t, "\x00\x00f", string(tail), "what was never written is zero")
}

func TestTruncateLengthens(t *testing.T) {
	object := create(t, begin(t))
	_, err := object.Write([]byte("abc"))
	require.NoError(t, err)
	require.NoError(t, object.Truncate(5))
	_, err = object.Seek(0, io.SeekStart)
	require.NoError(t, err)
	all, err := io.ReadAll(object)
	require.NoError(t, err)
	require.Equal(t, "abc\x00\x00", string(all))
}

func TestUnlink(t *testing.T) {
	tx := begin(t)
	oid, err := largeobject.Create(t.Context(), tx, 0)
	require.NoError(t, err)
	require.NoError(t, largeobject.Unlink(t.Context(), tx, oid))
	require.ErrorIs(t, largeobject.Unlink(t.Context(), tx, oid), pgerr.UndefinedObject)
}

func TestErrorsOfTheServer(t *testing.T) {
	for name, test := range map[string]struct {
		call func(tx *sql.Tx) error
		want error
	}{
		"unknown OID": {func(tx *sql.Tx) error {
			_, err := largeobject.Open(t.Context(), tx, 4294967295, largeobject.ModeRead)
			return err
		}, pgerr.UndefinedObject},
		"OID in use": {func(tx *sql.Tx) error {
			oid, err := largeobject.Create(t.Context(), tx, 0)
			require.NoError(t, err)
			_, err = largeobject.Create(t.Context(), tx, oid)
			return err
		}, pgerr.UniqueViolation},
		"before the beginning": {func(tx *sql.Tx) error {
			_, err := create(t, tx).Seek(-1, io.SeekEnd)
			return err
		}, pgerr.InvalidParameterValue},
	} {
		t.Run(name, func(t *testing.T) { require.ErrorIs(t, test.call(begin(t)), test.want) })
	}
}

// These do not cost the transaction.
func TestMistakesAreNoticedHere(t *testing.T) {
	tx := begin(t)
	object := create(t, tx)
	reader, err := largeobject.Open(t.Context(), tx, object.OID(), largeobject.ModeRead)
	require.NoError(t, err)
	closed := create(t, tx)
	require.NoError(t, closed.Close())
	require.NoError(t, closed.Close())
	for name, test := range map[string]struct {
		call func() error
		want string
	}{
		"write to a reader":      {func() error { _, err := reader.Write([]byte("a")); return err }, "ModeRead"},
		"copy to a reader":       {func() error { _, err := reader.ReadFrom(strings.NewReader("a")); return err }, "ModeRead"},
		"truncate a reader":      {func() error { return reader.Truncate(0) }, "ModeRead"},
		"negative size":          {func() error { return object.Truncate(-1) }, "-1"},
		"negative position":      {func() error { _, err := object.Seek(-1, io.SeekStart); return err }, "-1"},
		"before, from here":      {func() error { _, err := object.Seek(-1, io.SeekCurrent); return err }, "-1"},
		"unknown whence":         {func() error { _, err := object.Seek(0, 3); return err }, "3"},
		"read a closed one":      {func() error { _, err := closed.Read(make([]byte, 1)); return err }, "closed"},
		"write a closed one":     {func() error { _, err := closed.Write([]byte("a")); return err }, "closed"},
		"seek in a closed one":   {func() error { _, err := closed.Seek(0, 0); return err }, "closed"},
		"copy from a closed one": {func() error { _, err := closed.WriteTo(io.Discard); return err }, "closed"},
		"unknown mode":           {func() error { _, err := largeobject.Open(t.Context(), tx, object.OID(), 1); return err }, "0x1"},
	} {
		t.Run(name, func(t *testing.T) { require.ErrorContains(t, test.call(), test.want) })
	}
	_, err = object.Write([]byte("the transaction goes on"))
	require.NoError(t, err)
}

func TestAfterTheTransaction(t *testing.T) {
	tx := begin(t)
	object := create(t, tx)
	require.NoError(t, tx.Rollback())

	_, err := object.Read(make([]byte, 1))
	require.ErrorIs(t, err, sql.ErrTxDone)
	_, err = object.Write([]byte("a"))
	require.ErrorIs(t, err, sql.ErrTxDone)
	require.NoError(t, object.Close())
}

func TestErrorsOfSourceAndTarget(t *testing.T) {
	tx := begin(t)
	mishap := errors.New("mishap")

	_, err := largeobject.Import(t.Context(), tx, iotest.ErrReader(mishap), 0)
	require.ErrorIs(t, err, mishap)

	oid, err := largeobject.Import(t.Context(), tx, strings.NewReader("content"), 0)
	require.NoError(t, err)
	read, write := io.Pipe()
	require.NoError(t, read.CloseWithError(mishap))
	_, err = largeobject.Export(t.Context(), tx, oid, write)
	require.ErrorIs(t, err, mishap)
	_, err = tx.Exec("select 1")
	require.NoError(t, err, "and the transaction goes on")
}

func TestMemoryIsConstant(t *testing.T) {
	size, limit := int64(128<<20), uint64(32<<20)
	if testing.Short() {
		size = 64 << 20
	}
	tx := begin(t)
	before := heap()
	most := uint64(0)
	watched := func(p []byte) (int, error) {
		most = max(most, heap())
		return len(p), nil
	}

	oid, err := largeobject.Import(t.Context(), tx, io.LimitReader(readerFunc(watched), size), 0)
	require.NoError(t, err)
	n, err := largeobject.Export(t.Context(), tx, oid, writerFunc(watched))

	require.NoError(t, err)
	require.Equal(t, size, n)
	require.Less(t, most, before+limit)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func heap() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func begin(t *testing.T) *sql.Tx {
	t.Helper()
	db, err := sql.Open("pgadapt", pgtest.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	tx, err := db.Begin()
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

// create gives a new object that is open for everything.
func create(t *testing.T, tx *sql.Tx) *largeobject.Object {
	t.Helper()
	oid, err := largeobject.Create(t.Context(), tx, 0)
	require.NoError(t, err)
	object, err := largeobject.Open(t.Context(), tx, oid, largeobject.ModeReadWrite)
	require.NoError(t, err)
	return object
}

func requirePosition(t *testing.T, object *largeobject.Object, want int64) {
	t.Helper()
	position, err := object.Seek(0, io.SeekCurrent)
	require.NoError(t, err)
	require.Equal(t, want, position)
}

func randomBytes(size int) []byte {
	content := make([]byte, size)
	generator := rand.NewChaCha8([32]byte{1})
	_, _ = generator.Read(content)
	return content
}

func Example() {
	db, err := sql.Open("pgadapt", pgtest.ExampleDSN())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tx.Rollback()

	oid, err := largeobject.Import(ctx, tx, strings.NewReader("a long film"), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	film, err := largeobject.Open(ctx, tx, oid, largeobject.ModeRead)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer film.Close()
	if _, err := film.Seek(2, io.SeekStart); err != nil {
		fmt.Println(err)
		return
	}
	_, err = io.Copy(os.Stdout, io.LimitReader(film, 4))
	fmt.Println(err)
	// Output: long<nil>
}
