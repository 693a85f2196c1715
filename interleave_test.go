package pgadapt_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// nest opens rows on tx, reads one of them, does the same one level deeper, and reads the rest.
func nest(ctx context.Context, tx *sql.Tx, prepared *sql.Stmt, depth int) error {
	if depth == 0 {
		return nil
	}
	queries := []func() (*sql.Rows, error){
		func() (*sql.Rows, error) { return tx.QueryContext(ctx, "select i from generate_series(1, 50) i") },
		func() (*sql.Rows, error) {
			return tx.QueryContext(ctx, "select i from generate_series(1, $1::int) i", 50)
		},
		func() (*sql.Rows, error) { return prepared.QueryContext(ctx, 50) },
	}
	rows, err := queries[depth%len(queries)]()
	if err != nil {
		return err
	}
	defer rows.Close()
	for want := 1; rows.Next(); want++ {
		var got int
		if err := rows.Scan(&got); err != nil {
			return err
		}
		if got != want {
			return errors.New("rows of another query")
		}
		if want == 10 {
			if err := nest(ctx, tx, prepared, depth-1); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}

func TestQueriesNestToAnyDepth(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		tx, err := db.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		prepared, err := tx.Prepare("select i from generate_series(1, $1::int) i")
		require.NoError(t, err)
		require.NoError(t, nest(t.Context(), tx, prepared, 50))
		require.NoError(t, tx.Commit())
	})
}

// What runs while rows of two result sets are open does not disturb either.
func TestEverythingBetweenTwoResultSets(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		_, err := conn.ExecContext(t.Context(), "create temp table filled (i int); create type pg_temp.mood as enum ('ok')")
		require.NoError(t, err)
		for name, between := range map[string]func() error{
			"COPY from a reader": func() error {
				_, err := conn.ExecContext(t.Context(), "copy filled from stdin", strings.NewReader("1\n2\n"))
				return err
			},
			"COPY of rows": func() error {
				_, err := conn.ExecContext(t.Context(), "copy filled from stdin",
					pgadapt.CopyRows(func(yield func([]any, error) bool) { yield([]any{3}, nil) }))
				return err
			},
			"COPY to a writer": func() error {
				var text bytes.Buffer
				_, err := conn.ExecContext(t.Context(), "copy filled to stdout", &text)
				return err
			},
			"catalog look-up": func() error {
				var moods []string
				return conn.QueryRowContext(t.Context(), "select array['ok'::pg_temp.mood]").Scan(pgadapt.Array(&moods))
			},
			"statement that fails": func() error {
				if _, err := conn.ExecContext(t.Context(), "select 1/0"); err == nil {
					return errors.New("no error")
				}
				return nil
			},
			"several result sets": func() error {
				return readAll(conn.QueryContext(t.Context(), "select 1; select 2; select 3"))
			},
			"transaction": func() error {
				tx, err := conn.BeginTx(t.Context(), nil)
				if err != nil {
					return err
				}
				return tx.Commit()
			},
			"Ping": func() error { return conn.PingContext(t.Context()) },
		} {
			rows, err := conn.QueryContext(t.Context(), "select i from generate_series(1, 3) i; select 'second'")
			require.NoError(t, err)
			require.True(t, rows.Next())
			require.NoError(t, between(), name)
			require.Equal(t, [][]string{{"i"}, {"2"}, {"3"}}, readSet(t, rows), name)
			require.NoError(t, between(), name)
			require.True(t, rows.NextResultSet(), name)
			require.Equal(t, [][]string{{"?column?"}, {"second"}}, readSet(t, rows), name)
			require.NoError(t, rows.Err())
			require.NoError(t, rows.Close())
		}
	})
}

// database/sql lets one goroutine at a time use a transaction, at any moment another one.
func TestTransactionSharedByGoroutines(t *testing.T) {
	db := open(t)
	tx, err := db.Begin()
	require.NoError(t, err)
	defer tx.Rollback()
	_, err = tx.Exec("create temp table shared (i int) on commit drop")
	require.NoError(t, err)
	var workers sync.WaitGroup
	var inserted atomic.Int64
	for worker := range 8 {
		workers.Go(func() {
			for range 20 {
				rows, err := tx.Query("select $1::int, i from generate_series(1, 100) i", worker)
				if err != nil {
					t.Errorf("worker %d: %v", worker, err)
					return
				}
				for want := 1; rows.Next(); want++ {
					var who, got int
					if err := rows.Scan(&who, &got); err != nil || who != worker || got != want {
						t.Errorf("worker %d got row %d of worker %d, error %v", worker, got, who, err)
					}
				}
				if err := errors.Join(rows.Err(), rows.Close()); err != nil {
					t.Errorf("worker %d: %v", worker, err)
				}
				if _, err := tx.Exec("insert into shared values ($1)", worker); err != nil {
					t.Errorf("worker %d: %v", worker, err)
				}
				inserted.Add(1)
			}
		})
	}
	workers.Wait()
	var count int64
	require.NoError(t, tx.QueryRow("select count(*) from shared").Scan(&count))
	require.Equal(t, inserted.Load(), count)
	require.NoError(t, tx.Commit())
}
