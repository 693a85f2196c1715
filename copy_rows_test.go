package pgadapt_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// rowsOf gives a sequence of rows.
func rowsOf(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// countedRows gives rows of t, and fails at the end if err is not nil. It uses one slice for all of them.
func countedRows(count int, err error) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, 2)
		for i := range count {
			row[0], row[1] = i, "text"
			if !yield(row, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestCopyRows(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireHealthy := copySession(t, db)
		for i, query := range []string{
			"copy t from stdin", "copy pg_temp.t (a, b) from stdin;", `copy "t" ("a", b) from stdin (format binary)`,
			"copy t from stdin with (freeze false)", "copy t from stdin where a >= 0", "copy binary t from stdin",
		} {
			result, err := conn.ExecContext(t.Context(), query, pgadapt.CopyRows(countedRows(20_000, nil)))
			require.NoError(t, err, query)
			requireAffected(t, result, 20_000)
			requireHealthy((i + 1) * 20_000)
		}
		result, err := conn.ExecContext(t.Context(), "copy t (b) from stdin", pgadapt.CopyRows(rowsOf()))
		require.NoError(t, err)
		requireAffected(t, result, 0)
	})
}

func TestCopyRowsOfAllTypes(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		for _, statement := range []string{
			"create type pg_temp.mood as enum ('sad', 'ok')", "create domain pg_temp.positive as int check (value > 0)",
			`create temp table kinds (i2 int2, i8 int8, "the float" float8, n numeric, s varchar, y bytea, b bool, d date,
				tz timestamptz, ts timestamp, iv interval, u uuid, j json, jb jsonb, m pg_temp.mood, p pg_temp.positive,
				arr int[], texts text[], doubled int8 generated always as (i8 * 2) stored, last inet)`,
		} {
			_, err := conn.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		moment := time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)
		uuid := [16]byte{1, 2, 3}
		rows := rowsOf(
			[]any{1, 2, 1.5, 3.25, "a\tb", []byte{0, 255}, true, moment, moment, moment, time.Minute, uuid,
				json.RawMessage(`{"a": 1}`), `{"b": 12345678901234567890.5}`, "ok", 7, []int{1, 2}, []string{"x", "y"}, "10.0.0.1/8"},
			[]any{"1", "2", "1.5", "3.25", "a\tb", `\x00ff`, "t", "2024-02-29", moment, "2024-02-29 12:30:00", "00:01:00",
				"01020300-0000-0000-0000-000000000000", `{"a": 1}`, []byte(`{"b": 12345678901234567890.5}`), []byte("ok"),
				"7", "{1,2}", "{x,y}", "10.0.0.1/8"},
			make([]any, 19),
		)

		result, err := conn.ExecContext(t.Context(), "copy kinds from stdin", pgadapt.CopyRows(rows))

		require.NoError(t, err)
		requireAffected(t, result, 3)
		var distinct, nulls int
		require.NoError(t, conn.QueryRowContext(t.Context(),
			"select count(distinct (k.*)::text), count(*) filter (where not (k.* is distinct from null)) from kinds k").
			Scan(&distinct, &nulls))
		require.Equal(t, 2, distinct, "the strings are what the values are")
		var text string
		require.NoError(t, conn.QueryRowContext(t.Context(), "select (k.*)::text from kinds k limit 1").Scan(&text))
		require.Contains(t, text, `1,2,1.5,3.25,"a	b","\\x00ff",t,2024-02-29,`)
		require.Contains(t, text, `12345678901234567890.5`)
	})
}

func TestCopyRowsThatFail(t *testing.T) {
	for _, test := range []struct {
		name string
		rows iter.Seq2[[]any, error]
		want []string
	}{
		{"sequence", countedRows(50_000, errStream), []string{errStream.Error()}},
		{"too few values", rowsOf([]any{1, "a"}, []any{2}), []string{"row 2", "1 values", "2 columns"}},
		{"too many values", rowsOf([]any{1, "a", 3}), []string{"row 1", "3 values"}},
		{"value of another type", rowsOf([]any{1, "a"}, []any{"x", "b"}), []string{"row 2", `column "a"`}},
		{"out of range", rowsOf([]any{int64(1) << 40, "b"}), []string{"row 1", `column "a"`, "range"}},
		{"no type", rowsOf([]any{1, make(chan int)}), []string{"row 1", `column "b"`}},
		{"NUL", rowsOf([]any{1, "a\x00"}), []string{"row 1", `column "b"`}},
		{"panic", func(func([]any, error) bool) { panic("no rows") }, []string{"no rows"}},
		{"a sequence that goes on", func(yield func([]any, error) bool) {
			yield([]any{1, "a"}, nil)
			yield(nil, errStream)
			yield([]any{2, "b"}, nil)
		}, []string{errStream.Error()}},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, requireHealthy := copySession(t, open(t))
			_, err := conn.ExecContext(t.Context(), "copy t from stdin", pgadapt.CopyRows(test.rows))
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			require.ErrorIs(t, err, pgerr.QueryCanceled)
			requireHealthy(0)
		})
	}
}

func TestCopyRowsTheServerRefuses(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	_, err := conn.ExecContext(t.Context(), "alter table t add unique (a)")
	require.NoError(t, err)
	block := make(chan struct{})
	defer close(block)
	for name, rows := range map[string]iter.Seq2[[]any, error]{
		"at once": rowsOf([]any{1, "a"}, []any{1, "b"}),
		"while rows follow": func(yield func([]any, error) bool) {
			for yield([]any{1, "a"}, nil) {
			}
		},
		"while the sequence blocks": func(yield func([]any, error) bool) {
			for range 100_000 {
				if !yield([]any{1, "a"}, nil) {
					return
				}
			}
			<-block
		},
	} {
		_, err := conn.ExecContext(t.Context(), "copy t from stdin", pgadapt.CopyRows(rows))
		require.ErrorIs(t, err, pgerr.UniqueViolation, name)
		requireHealthy(0)
	}
}

func TestCopyRowsIntoNothing(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	for _, query := range []string{"copy nosuch from stdin", "copy t (a, nosuch) from stdin"} {
		_, err := conn.ExecContext(t.Context(), query, pgadapt.CopyRows(rowsOf()))
		var told *pgadapt.Error
		require.ErrorAs(t, err, &told, query)
	}
	requireHealthy(0)
}

// lib/pq's way to fill a table.
func TestPreparedCopy(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireHealthy := copySession(t, db)
		tx, err := conn.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		statement, err := tx.Prepare(`COPY "t" ("a", "b") FROM STDIN`)
		require.NoError(t, err)
		for i := range manyRows {
			_, err := statement.Exec(i, "text")
			require.NoError(t, err)
		}
		_, err = tx.Exec("select 1")
		require.ErrorContains(t, err, "COPY is running")
		result, err := statement.Exec()
		require.NoError(t, err)
		requireAffected(t, result, manyRows)
		_, err = statement.Exec(1, "a")
		require.ErrorContains(t, err, "has ended")
		require.NoError(t, statement.Close())
		require.NoError(t, tx.Commit())
		requireHealthy(manyRows)
	})
}

func TestPreparedCopyEnds(t *testing.T) {
	for _, test := range []struct {
		name string
		use  func(*testing.T, *sql.Tx, *sql.Stmt) error
		rows int
	}{
		{"without a row", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			require.NoError(t, statement.Close())
			return tx.Commit()
		}, 0},
		{"flushed without a row", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			result, err := statement.Exec()
			require.NoError(t, err)
			requireAffected(t, result, 0)
			return tx.Commit()
		}, 0},
		{"by Close", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			_, err := statement.Exec(1, nil)
			require.NoError(t, err)
			require.NoError(t, statement.Close())
			return tx.Commit()
		}, 1},
		{"by Rollback", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			_, err := statement.Exec(1, nil)
			require.NoError(t, err)
			return tx.Rollback()
		}, 0},
		{"by a value that does not fit", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			_, err := statement.Exec("x", nil)
			require.ErrorContains(t, err, `column "a"`)
			_, err = statement.Exec()
			require.ErrorContains(t, err, "has ended")
			return tx.Rollback()
		}, 0},
		{"by the end of a context", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			_, err := tx.Exec("create function pg_temp.slow() returns trigger language plpgsql as " +
				"$$ begin perform pg_sleep(60); return new; end $$")
			require.NoError(t, err)
			_, err = tx.Exec("create trigger slow before insert on t for each row execute function pg_temp.slow()")
			require.NoError(t, err)
			_, err = statement.Exec(1, "a")
			require.NoError(t, err)
			ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer stop()
			_, err = statement.ExecContext(ctx)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			return tx.Rollback()
		}, 0},
		{"by a name", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			_, err := statement.Exec(sql.Named("a", 1), nil)
			require.ErrorContains(t, err, "no names")
			return tx.Rollback()
		}, 0},
		{"by the server", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			var err error
			for i := 0; err == nil && i < 10_000_000; i++ {
				_, err = statement.Exec(-1, "negative")
			}
			require.ErrorIs(t, err, pgerr.CheckViolation)
			return tx.Rollback()
		}, 0},
		{"not by a query", func(t *testing.T, tx *sql.Tx, statement *sql.Stmt) error {
			_, err := statement.Query()
			require.ErrorContains(t, err, "no rows")
			return tx.Rollback()
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, requireHealthy := copySession(t, open(t))
			_, err := conn.ExecContext(t.Context(), "alter table t add check (a >= 0)")
			require.NoError(t, err)
			tx, err := conn.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			statement, err := tx.Prepare("copy t (a, b) from stdin")
			require.NoError(t, err)
			require.NoError(t, test.use(t, tx, statement))
			requireHealthy(test.rows)
		})
	}
}

func TestPreparedCopyWhoseContextEnds(t *testing.T) {
	conn, requireHealthy := copySession(t, open(t))
	ctx, cancel := context.WithCancel(t.Context())
	tx, err := conn.BeginTx(ctx, nil)
	require.NoError(t, err)
	statement, err := tx.Prepare("copy t (a, b) from stdin")
	require.NoError(t, err)
	_, err = statement.Exec(1, "a")
	require.NoError(t, err)

	cancel()

	err = tx.Commit()
	require.True(t, errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrTxDone),
		"database/sql may or may not have rolled back already: %v", err)
	require.Eventually(t, func() bool { return conn.PingContext(t.Context()) == nil }, time.Minute, time.Millisecond,
		"database/sql rolls back in a goroutine of its own")
	requireHealthy(0)
}

func TestPreparedCopyOutsideATransaction(t *testing.T) {
	db := open(t)
	_, err := db.Prepare("copy t from stdin")
	require.ErrorContains(t, err, "inside a transaction")
	_, err = db.Prepare("copy (select 1) to stdout")
	require.ErrorContains(t, err, "io.Writer")
}

func ExampleCopyRows() {
	db := openExample()
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec("create temp table squares (n int, square int8)"); err != nil {
		fmt.Println(err)
		return
	}
	squares := func(yield func([]any, error) bool) {
		for n := range 1000 {
			if !yield([]any{n, n * n}, nil) {
				return
			}
		}
	}

	result, err := tx.Exec("copy squares (n, square) from stdin", pgadapt.CopyRows(squares))
	if err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(result.RowsAffected())
	// Output: 1000 <nil>
}
