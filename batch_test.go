package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// batchSession gives a session with the table pg_temp.t (a int primary key, b text), and what counts its rows.
func batchSession(t *testing.T, db *sql.DB) (conn *sql.Conn, requireRows func(want int)) {
	t.Helper()
	conn = session(t, db)
	_, err := conn.ExecContext(t.Context(), "drop table if exists pg_temp.t; create temp table t (a int primary key, b text)")
	require.NoError(t, err)
	return conn, func(want int) {
		t.Helper()
		var have int
		require.NoError(t, conn.QueryRowContext(t.Context(), "select count(*) from t").Scan(&have))
		require.Equal(t, want, have)
	}
}

const insertIntoT = "insert into t values ($1, $2)"

func TestBatch(t *testing.T) {
	for _, count := range []int{0, 1, 2, 1_000, 5_000} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				conn, requireRows := batchSession(t, db)
				for range 2 { // the second time the statement is known
					result, err := conn.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(countedRows(count, nil)))
					require.NoError(t, err)
					requireAffected(t, result, count)
					requireRows(count)
					result, err = conn.ExecContext(t.Context(), "delete from t where a = $1 and b = $2",
						pgadapt.Batch(countedRows(count, nil)))
					require.NoError(t, err)
					requireAffected(t, result, count)
				}
			})
		})
	}
}

func TestBatchOfTheServersError(t *testing.T) {
	cases := map[string]struct {
		at    int
		value any
		code  error
		count int
	}{
		"first row":    {1, 0, pgerr.NotNullViolation, 10},
		"last row":     {10, 3, pgerr.UniqueViolation, 10},
		"many follow":  {7, 3, pgerr.UniqueViolation, 20_000},
		"many precede": {19_999, 3, pgerr.UniqueViolation, 20_000},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				conn, requireRows := batchSession(t, db)
				_, err := conn.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(func(yield func([]any, error) bool) {
					for i := 1; i <= c.count; i++ {
						row := []any{i + 100, "text"}
						if i == 3 {
							row[0] = 3
						}
						if i == c.at {
							row[0] = c.value
							if c.value == 0 {
								row[0] = nil
							}
						}
						if !yield(row, nil) {
							return
						}
					}
				}))
				require.ErrorIs(t, err, c.code)
				failed, ok := errors.AsType[*pgadapt.BatchError](err)
				require.True(t, ok, "%v", err)
				require.Equal(t, c.at, failed.Row)
				require.ErrorContains(t, err, fmt.Sprintf("row %d of the batch: ERROR", c.at))
				requireRows(0)
			})
		})
	}
}

func TestBatchOfABrokenSequence(t *testing.T) {
	errSource := errors.New("the source is broken")
	for _, count := range []int{0, 10, 10_000} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				conn, requireRows := batchSession(t, db)
				_, err := conn.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(countedRows(count, errSource)))
				require.ErrorIs(t, err, errSource)
				require.ErrorContains(t, err, fmt.Sprintf("row %d of the batch: the source is broken", count+1))
				requireRows(0)
				if count == 0 {
					return
				}

				tx, err := conn.BeginTx(t.Context(), nil)
				require.NoError(t, err)
				_, err = tx.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(countedRows(count, errSource)))
				require.ErrorIs(t, err, errSource)
				require.ErrorIs(t, err, pgerr.InvalidCursorName, "the server's answer is there, too")
				require.ErrorIs(t, tx.Commit(), pgadapt.ErrCommitRolledBack)
				requireRows(0)
			})
		})
	}
}

func TestBatchOfValuesThatDoNotFit(t *testing.T) {
	cases := map[string]struct {
		row  []any
		want string
	}{
		"no integer":       {[]any{1.5, "text"}, "argument $1"},
		"too large":        {[]any{int64(1) << 40, "text"}, ""},
		"too few":          {[]any{1}, "but 1 arguments were given"},
		"too many":         {[]any{1, "text", 3}, "but 3 arguments were given"},
		"a NUL byte":       {[]any{1, "a\x00b"}, "argument $2"},
		"an instruction":   {[]any{1, pgadapt.Batch(rowsOf())}, "pgadapt.BatchRows is no value"},
		"output parameter": {[]any{1, sql.Out{}}, "sql.Out"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				conn, requireRows := batchSession(t, db)
				for _, before := range []int{0, 2, 1_000} {
					_, err := conn.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(
						func(yield func([]any, error) bool) {
							for i := range before {
								if !yield([]any{i, "text"}, nil) {
									return
								}
							}
							yield(c.row, nil)
						}))
					failed, ok := errors.AsType[*pgadapt.BatchError](err)
					if name == "no integer" && ok && strings.Contains(err.Error(), "duplicate key") {
						return // 1.5 was rounded by the server, as the mode leaves the types to it
					}
					if name == "no integer" && err == nil {
						return
					}
					require.True(t, ok, "%v", err)
					require.Equal(t, before+1, failed.Row)
					if db != nil && c.want != "" {
						require.ErrorContains(t, err, c.want)
					}
					requireRows(0)
				}
			})
		})
	}
}

func TestBatchTypesOfEachRow(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		_, err := conn.ExecContext(t.Context(), "create temp table v (id serial, made text, j jsonb)")
		require.NoError(t, err)
		rows := [][]any{{nil}, {1}, {"text"}, {time.Second}, {int64(1) << 40}, {true}, {sql.NullString{}}, {new(int)}}
		result, err := conn.ExecContext(t.Context(), "insert into v (made) select concat('<', $1, '>')", pgadapt.Batch(pgadapt.RowsOf(rows)))
		if errors.Is(err, pgerr.IndeterminateDatatype) { // the mode that asks for nothing learns it
			result, err = conn.ExecContext(t.Context(), "insert into v (made) select concat('<', $1, '>')", pgadapt.Batch(pgadapt.RowsOf(rows)))
		}
		require.NoError(t, err)
		requireAffected(t, result, len(rows))
		have, err := pgxStrings(conn, "select made from v order by id")
		require.NoError(t, err)
		require.Equal(t, []string{"<>", "<1>", "<text>", "<00:00:01>", "<1099511627776>", "<t>", "<>", "<0>"}, have)
	})
}

// pgxStrings gives the only column of a query.
func pgxStrings(conn *sql.Conn, query string) (list []string, err error) {
	rows, err := conn.QueryContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}

func TestBatchPlaceholders(t *testing.T) {
	positional := pgadapt.RowsOf([][]any{{1, "one"}, {2, "two"}})
	named := pgadapt.RowsOf([][]any{
		{sql.Named("a", 1), sql.Named("b", "one")}, {pgadapt.NamedArgs{"b": "two", "a": 2}},
	})
	cases := map[string]struct {
		style, query string
		rows         iter.Seq2[[]any, error]
	}{
		"numeric":        {"numeric", insertIntoT, positional},
		"at names":       {"numeric", "insert into t values (@a, @b)", named},
		"pyformat":       {"pyformat", "insert into t values (%s, %s)", positional},
		"pyformat names": {"pyformat", "insert into t values (%(a)s, %(b)s)", named},
		"qmark":          {"qmark", "insert into t values (?, ?)", positional},
		"named":          {"named", "insert into t values (:a, :b)", named},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, mode := range modes {
				conn, requireRows := batchSession(t, open(t, "paramstyle", c.style, "default_query_exec_mode", mode))
				result, err := conn.ExecContext(t.Context(), c.query, pgadapt.Batch(c.rows))
				require.NoError(t, err)
				requireAffected(t, result, 2)
				requireRows(2)

				stmt, err := conn.PrepareContext(t.Context(), c.query)
				require.NoError(t, err)
				_, err = stmt.Exec(pgadapt.Batch(c.rows))
				require.ErrorIs(t, err, pgerr.UniqueViolation, "a prepared statement takes a batch, too")
				require.NoError(t, stmt.Close())
			}
		})
	}
}

func TestBatchErrorPointsIntoTheText(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, _ := batchSession(t, db)
		const query = "insert into t values (@first, @second) on conflict (nosuch) do nothing"
		_, err := conn.ExecContext(t.Context(), query, pgadapt.Batch(pgadapt.RowsOf([][]any{
			{pgadapt.NamedArgs{"first": 1234567, "second": strings.Repeat("x", 100)}},
		})))
		told, ok := errors.AsType[*pgadapt.Error](err)
		require.True(t, ok, "%v", err)
		if told.Position > 0 {
			require.Contains(t, told.Excerpt(query), "LINE 1: "+query)
		}
	})
}

func TestBatchRefused(t *testing.T) {
	db := open(t)
	conn, _ := batchSession(t, db)
	batch := pgadapt.Batch(rowsOf([]any{1, "one"}))
	cases := map[string]struct {
		query string
		args  []any
		want  string
	}{
		"COPY":               {"copy t from stdin", []any{batch}, "CopyRows"},
		"other arguments":    {insertIntoT, []any{1, batch}, "stands for all arguments"},
		"two of them":        {insertIntoT, []any{batch, batch}, "cannot be combined"},
		"with a name":        {insertIntoT, []any{sql.Named("b", batch)}, "without a name"},
		"inside a slice":     {"select $1::int[]", []any{[]any{batch}}, "is no value"},
		"no sequence":        {insertIntoT, []any{pgadapt.Batch(nil)}, "nil"},
		"several statements": {"select 1; " + insertIntoT, []any{batch}, "several statements"},
		"syntax error":       {"insrt", []any{batch}, "syntax error"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := conn.ExecContext(t.Context(), c.query, c.args...)
			require.ErrorContains(t, err, c.want)
			requireWorking(t, db)
		})
	}
	_, err := conn.QueryContext(t.Context(), insertIntoT, batch)
	require.ErrorContains(t, err, "use Exec")
}

func TestBatchCancelled(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireRows := batchSession(t, db)
		pid := backendPID(t, conn)

		ctx, cancel := context.WithCancel(t.Context())
		_, err := conn.ExecContext(ctx, insertIntoT, pgadapt.Batch(func(yield func([]any, error) bool) {
			for i := range 1_000_000_000 {
				if i == 10_000 {
					cancel()
				}
				if !yield([]any{i, "text"}, nil) {
					return
				}
			}
		}))
		require.ErrorIs(t, err, context.Canceled, "between two rows")
		requireRows(0)

		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer stop()
		_, err = conn.ExecContext(ctx, "insert into t select $1, $2 from pg_sleep(60)", pgadapt.Batch(countedRows(3, nil)))
		require.ErrorIs(t, err, context.DeadlineExceeded, "in a row")
		require.ErrorIs(t, err, pgerr.QueryCanceled)
		requireRows(0)

		_, err = conn.ExecContext(ctx, insertIntoT, pgadapt.Batch(countedRows(3, nil)))
		require.ErrorIs(t, err, context.DeadlineExceeded, "before it")
		requireRows(0)
		require.Equal(t, pid, backendPID(t, conn), "the connection is kept")
	})
}

func TestBatchBesideOpenRows(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireRows := batchSession(t, db)
		rows, err := conn.QueryContext(t.Context(), "select i from generate_series(1, 1000) i")
		require.NoError(t, err)
		defer rows.Close()
		require.True(t, rows.Next())
		_, err = conn.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(countedRows(100, nil)))
		require.NoError(t, err)
		count := 1
		for rows.Next() {
			count++
		}
		require.Equal(t, 1000, count)
		requireRows(100)
	})
}

func TestBatchDropsManyRows(t *testing.T) {
	// The server sends far more than any socket buffers, while the client is still sending.
	db := open(t)
	result, err := db.ExecContext(t.Context(), "select repeat($1, 2) || $2::text from generate_series(1, 20)",
		pgadapt.Batch(func(yield func([]any, error) bool) {
			argument := strings.Repeat("x", 1000)
			for i := range 2_000 {
				if !yield([]any{argument, i}, nil) {
					return
				}
			}
		}))
	require.NoError(t, err)
	requireAffected(t, result, 40_000)
	requireWorking(t, db)
}

func TestBatchOfLargeRows(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireRows := batchSession(t, db)
		large := strings.Repeat("x", 3<<20)
		_, err := conn.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(rowsOf([]any{1, large}, []any{2, ""}, []any{3, large})))
		require.NoError(t, err)
		requireRows(3)
	})
}

func TestBatchPanicGivesUpTheConnection(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		_, err := db.ExecContext(t.Context(), "drop table if exists batch_panic; create table batch_panic (a int, b text)")
		require.NoError(t, err)
		require.PanicsWithValue(t, "in the source", func() {
			_, _ = db.ExecContext(t.Context(), "insert into batch_panic values ($1, $2)",
				pgadapt.Batch(func(yield func([]any, error) bool) {
					for i := range 10_000 {
						if !yield([]any{i, "text"}, nil) {
							return
						}
					}
					panic("in the source")
				}))
		})
		var count int
		require.NoError(t, db.QueryRowContext(t.Context(), "select count(*) from batch_panic").Scan(&count))
		require.Zero(t, count)
	})
}

func TestBatchDeferredConstraint(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		_, err := conn.ExecContext(t.Context(), "create temp table d (a int unique deferrable initially deferred)")
		require.NoError(t, err)
		_, err = conn.ExecContext(t.Context(), "insert into d values ($1)", pgadapt.Batch(rowsOf([]any{1}, []any{1})))
		require.ErrorIs(t, err, pgerr.UniqueViolation)
		failed, ofARow := errors.AsType[*pgadapt.BatchError](err)
		if ofARow { // the simple query protocol commits before it answers for the last row
			require.Equal(t, 2, failed.Row)
			require.Contains(t, t.Name(), "simple_protocol")
		}
	})
}

func TestBatchAfterTheStatementWasLost(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireRows := batchSession(t, db)
		_, err := conn.ExecContext(t.Context(), insertIntoT+" returning *", pgadapt.Batch(rowsOf([]any{1, "one"})))
		require.NoError(t, err)
		for _, change := range []string{"deallocate all", "alter table t add c int", "alter table t alter a type int8"} {
			_, err := conn.ExecContext(t.Context(), "delete from t; "+change)
			require.NoError(t, err)
			_, err = conn.ExecContext(t.Context(), insertIntoT+" returning *", pgadapt.Batch(rowsOf([]any{1, "one"})))
			require.NoError(t, err, change)
			requireRows(1)
		}
	})
}

func TestBatchMemoryDoesNotGrow(t *testing.T) {
	db := open(t)
	ctx := t.Context()
	measure := func(count int) uint64 {
		var before, after runtime.MemStats
		argument := []any{int64(7), "text"}
		runtime.ReadMemStats(&before)
		_, err := db.ExecContext(ctx, "select $1::int8, $2::text", pgadapt.Batch(func(yield func([]any, error) bool) {
			for range count {
				if !yield(argument, nil) {
					return
				}
			}
		}))
		require.NoError(t, err)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	measure(1_000)
	few, many := measure(10_000), measure(40_000)
	require.Less(t, many, few+2<<20, "%d and %d bytes", few, many)
}
