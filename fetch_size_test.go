package pgadapt_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// queryer is what *sql.DB, *sql.Conn and *sql.Tx have in common.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// onEach runs a test on a pool, a session, and a transaction, which it commits.
func onEach(t *testing.T, db *sql.DB, test func(t *testing.T, on queryer)) {
	t.Run("DB", func(t *testing.T) { test(t, db) })
	t.Run("Conn", func(t *testing.T) { test(t, session(t, db)) })
	t.Run("Tx", func(t *testing.T) {
		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		test(t, tx)
		require.NoError(t, tx.Commit())
	})
}

func TestFetchSize(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		onEach(t, db, func(t *testing.T, on queryer) {
			for _, count := range []int{0, 1, 9, 10, 11, 20, 25} {
				ids, err := pgadapt.Collect[int](on.QueryContext(t.Context(),
					"select i from generate_series(1, $1) i;", pgadapt.FetchSize(10), count))
				require.NoError(t, err)
				require.Len(t, ids, count)
				for i, id := range ids {
					require.Equal(t, i+1, id)
				}
				requireNoCursor(t, on)
			}
		})
	})
}

// requireNoCursor looks for cursors that were left open. The query itself runs as a portal without a name.
func requireNoCursor(t *testing.T, on queryer) {
	t.Helper()
	names, err := pgadapt.Collect[string](on.QueryContext(t.Context(), "select name from pg_cursors where name <> ''"))
	require.NoError(t, err)
	require.Empty(t, names)
}

func TestFetchSizeGivesTheSameValues(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		const query = `select i::int2, i::int8, i / 4.0, i::float8, 'text' || i, date '2024-02-29' + i::int,
			timestamptz '2024-02-29 12:00Z', array[i, null], '{"a": 1}'::jsonb, '\x00ff'::bytea, i > 2, null
			from generate_series(1, 5) i where i <> $1`
		want, err := pgadapt.Collect[map[string]any](db.Query("select * from ("+query+") q (a,b,c,d,e,f,g,h,i,j,k,l)", 4))
		require.NoError(t, err)
		got, err := pgadapt.Collect[map[string]any](db.Query("select * from ("+query+") q (a,b,c,d,e,f,g,h,i,j,k,l)",
			4, pgadapt.FetchSize(2)))
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestFetchSizeWithOtherArguments(t *testing.T) {
	db := open(t)
	for _, test := range []struct {
		name, query string
		args        []any
	}{
		{"first", "select $1::int", []any{pgadapt.FetchSize(1), 7}},
		{"last", "select $1::int", []any{7, pgadapt.FetchSize(1)}},
		{"alone", "select 7", []any{pgadapt.FetchSize(1)}},
		{"named", "select @a::int", []any{pgadapt.FetchSize(1), sql.Named("a", 7)}},
		{"NamedArgs", "select @a::int", []any{pgadapt.NamedArgs{"a": 7}, pgadapt.FetchSize(1)}},
		{"without a type", "select case when $1 is null then 0 else 7 end", []any{3, pgadapt.FetchSize(1)}},
		{"VALUES", "values (7), (8)", []any{pgadapt.FetchSize(1)}},
		{"WITH", "with a as (select 7) select * from a", []any{pgadapt.FetchSize(1)}},
		{"parentheses and comments", "-- first\n ((select 7)) -- last", []any{pgadapt.FetchSize(1)}},
		{"more than FETCH can count", "select 7", []any{pgadapt.FetchSize(math.MaxInt)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got int
			require.NoError(t, db.QueryRow(test.query, test.args...).Scan(&got))
			require.Equal(t, 7, got)
			requireWorking(t, db)
		})
	}
	statement, err := db.Prepare("select i from generate_series(1, $1) i")
	require.NoError(t, err)
	defer statement.Close()
	ids, err := pgadapt.Collect[int](statement.Query(5, pgadapt.FetchSize(2)))
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 3, 4, 5}, ids)
}

func TestFetchSizeRefuses(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		_, err := db.Exec("create table if not exists fetch_size_refuses (i int)")
		require.NoError(t, err)
		for _, test := range []struct {
			query string
			args  []any
			want  string
		}{
			{"insert into fetch_size_refuses values ($1) returning i", []any{pgadapt.FetchSize(1), 1}, "without FetchSize"},
			{"update fetch_size_refuses set i = 1 returning i", []any{pgadapt.FetchSize(1)}, "SELECT, VALUES and TABLE"},
			{"show search_path", []any{pgadapt.FetchSize(1)}, "SELECT, VALUES and TABLE"},
			{"with a as (insert into fetch_size_refuses values (1) returning i) select * from a", []any{pgadapt.FetchSize(1)},
				"data-modifying"},
			{"select 1; drop table fetch_size_refuses", []any{pgadapt.FetchSize(1)}, "has 2"},
			{"", []any{pgadapt.FetchSize(1)}, "has 0"},
			{"select 1", []any{pgadapt.FetchSize(0)}, "at least 1"},
			{"select 1", []any{pgadapt.FetchSize(-5)}, "at least 1"},
			{"select 1", []any{pgadapt.FetchSize(1), pgadapt.FetchSize(1)}, "one instruction"},
			{"select 'a\x00'", []any{pgadapt.FetchSize(1)}, "pgadapt: "},
			{"select nosuch", []any{pgadapt.FetchSize(1)}, "nosuch"},
			{"select $1::int", []any{pgadapt.FetchSize(1), "x"}, "integer"},
			{"select $1::int", []any{pgadapt.FetchSize(1)}, ""},
		} {
			_, err := db.Query(test.query, test.args...)
			require.ErrorContains(t, err, test.want, test.query)
			requireWorking(t, db)
		}
		_, err = db.Exec("select 1", pgadapt.FetchSize(1))
		require.ErrorContains(t, err, "Query")
		var rows int
		require.NoError(t, db.QueryRow("select count(*) from fetch_size_refuses").Scan(&rows))
		require.Zero(t, rows)
	})
}

func TestFetchSizeClosedEarly(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		db.SetMaxOpenConns(1)
		onEach(t, db, func(t *testing.T, on queryer) {
			for _, read := range []int{0, 1, 10, 11} {
				rows, err := on.QueryContext(t.Context(), "select generate_series(1, 1000000000)", pgadapt.FetchSize(10))
				require.NoError(t, err)
				for range read {
					require.True(t, rows.Next())
				}
				require.NoError(t, rows.Close())
				requireNoCursor(t, on)
			}
		})
	})
}

// Only the present page is read into memory when other statements of the transaction come in between.
func TestFetchSizeInterleaves(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			tx, err := open(t, "default_query_exec_mode", mode, "max_buffered_bytes", "10kB").Begin()
			require.NoError(t, err)
			defer func() { require.NoError(t, tx.Commit()) }()
			outer, err := tx.Query("select i, repeat('x', 1000) from generate_series(1, 100) i", pgadapt.FetchSize(5))
			require.NoError(t, err)
			defer outer.Close()
			pairs := 0
			for i := 1; outer.Next(); i++ {
				var id, last int
				var text string
				require.NoError(t, outer.Scan(&id, &text))
				require.Equal(t, i, id)
				require.Len(t, text, 1000)
				inner, err := tx.Query("select i from generate_series(1, $1) i", 7, pgadapt.FetchSize(3))
				require.NoError(t, err)
				for inner.Next() {
					require.NoError(t, inner.Scan(&last))
					requireWorking(t, tx)
					pairs++
				}
				require.NoError(t, inner.Err())
				require.Equal(t, 7, last)
			}
			require.NoError(t, outer.Err())
			require.Equal(t, 700, pairs)
		})
	}
}

// Outside a transaction a statement in between does not become a part of the rows' own transaction.
func TestFetchSizeInterleavesOutsideATransaction(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		_, err := conn.ExecContext(t.Context(), "create temp table t (i int)")
		require.NoError(t, err)
		rows, err := conn.QueryContext(t.Context(), "select i from generate_series(1, 100) i", pgadapt.FetchSize(10))
		require.NoError(t, err)
		require.True(t, rows.Next())

		_, err = conn.ExecContext(t.Context(), "insert into t values (1)")
		require.NoError(t, err)
		_, err = conn.ExecContext(t.Context(), "select 1/0")
		require.ErrorIs(t, err, pgerr.DivisionByZero)

		read := 1
		for rows.Next() {
			read++
		}
		require.NoError(t, rows.Err())
		require.Equal(t, 100, read)
		stored, err := pgadapt.One[int](conn.QueryContext(t.Context(), "select count(*) from t"))
		require.NoError(t, err)
		require.Equal(t, 1, stored)
	})
}

func TestFetchSizeTooBigToInterleaveOutsideATransaction(t *testing.T) {
	conn := session(t, open(t, "max_buffered_bytes", "10kB"))
	rows, err := conn.QueryContext(t.Context(), "select i, repeat('x', 1000) from generate_series(1, 100) i", pgadapt.FetchSize(3))
	require.NoError(t, err)
	require.True(t, rows.Next())

	_, err = conn.ExecContext(t.Context(), "select 1")

	require.ErrorContains(t, err, "FetchSize inside a transaction")
	read := 1
	for rows.Next() {
		read++
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 100, read)
	requireWorkingSession(t, conn)
}

func TestFetchSizeWhoseQueryFails(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		pid := backendPID(t, conn)
		_, err := conn.QueryContext(t.Context(), "select 1 / (i - 1) from generate_series(1, 100) i", pgadapt.FetchSize(10))
		require.ErrorIs(t, err, pgerr.DivisionByZero, "in the first page")

		ids, err := pgadapt.Collect[int](conn.QueryContext(t.Context(),
			"select 1 / (i - 55) from generate_series(1, 100) i", pgadapt.FetchSize(10)))
		require.ErrorIs(t, err, pgerr.DivisionByZero)
		require.Nil(t, ids)
		require.Equal(t, pid, backendPID(t, conn))

		var told *pgadapt.Error
		_, err = conn.QueryContext(t.Context(), "select nosuch from generate_series(1, @n)", pgadapt.FetchSize(10), sql.Named("n", 1))
		require.ErrorAs(t, err, &told)
		require.EqualValues(t, len("select n"), told.Position, "a position in the text of the program")
	})
}

func TestFetchSizeInAFailingTransaction(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		tx, err := db.Begin()
		require.NoError(t, err)
		rows, err := tx.Query("select i from generate_series(1, 100) i", pgadapt.FetchSize(10))
		require.NoError(t, err)
		require.True(t, rows.Next())
		_, err = tx.Exec("select 1/0")
		require.ErrorIs(t, err, pgerr.DivisionByZero)
		for rows.Next() {
		}
		require.ErrorIs(t, rows.Err(), pgerr.InFailedSQLTransaction)
		require.NoError(t, tx.Rollback())
	})
}

func TestFetchSizeAroundSavepoints(t *testing.T) {
	tx, err := open(t).Begin()
	require.NoError(t, err)
	before, err := tx.Query("select i from generate_series(1, 100) i", pgadapt.FetchSize(10))
	require.NoError(t, err)
	_, err = tx.Exec("savepoint s")
	require.NoError(t, err)
	within, err := tx.Query("select i from generate_series(1, 100) i", pgadapt.FetchSize(10))
	require.NoError(t, err)
	_, err = tx.Exec("select 1/0")
	require.Error(t, err)
	closedInFailure, err := tx.Query("select 1", pgadapt.FetchSize(1))
	require.ErrorIs(t, err, pgerr.InFailedSQLTransaction)
	require.Nil(t, closedInFailure)
	_, err = tx.Exec("rollback to savepoint s")
	require.NoError(t, err)

	require.NoError(t, within.Close(), "its cursor is gone, which must not abort the transaction")
	again, err := pgadapt.Collect[int](tx.Query("select i from generate_series(1, 100) i", pgadapt.FetchSize(10)))
	require.NoError(t, err)
	require.Len(t, again, 100)
	read := 0
	for before.Next() {
		read++
	}
	require.NoError(t, before.Err())
	require.Equal(t, 100, read)
	requireNoCursor(t, tx)
	require.NoError(t, tx.Commit())
}

func TestFetchSizeRowsLeftOpenAtCommit(t *testing.T) {
	db := open(t)
	tx, err := db.Begin()
	require.NoError(t, err)
	rows, err := tx.Query("select i from generate_series(1, 100) i", pgadapt.FetchSize(10))
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.NoError(t, tx.Commit())
	require.False(t, rows.Next())
	requireWorking(t, db)
}

// What a query does beside giving rows is kept as without FetchSize: also when the rows are closed early.
func TestFetchSizeCommitsWhatTheQueryDid(t *testing.T) {
	conn := session(t, open(t))
	for _, statement := range []string{
		"create temp table t (i int unique deferrable initially deferred)",
		"create function pg_temp.add(i int) returns int language sql as 'insert into t values (i) returning i'",
	} {
		_, err := conn.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	rows, err := conn.QueryContext(t.Context(), "select pg_temp.add(i) from generate_series(1, 100) i", pgadapt.FetchSize(10))
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.NoError(t, rows.Close())
	stored, err := pgadapt.One[int](conn.QueryContext(t.Context(), "select count(*) from t"))
	require.NoError(t, err)
	require.Equal(t, 10, stored)

	_, err = pgadapt.Collect[int](conn.QueryContext(t.Context(), "select pg_temp.add(i) from generate_series(5, 30) i",
		pgadapt.FetchSize(10)))
	require.ErrorIs(t, err, pgerr.UniqueViolation, "of the COMMIT")
	requireWorkingSession(t, conn)
}

func TestFetchSizeIsCancelled(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		pid := backendPID(t, conn)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		rows, err := conn.QueryContext(ctx, "select i, case when i > 15 then pg_sleep(60) end from generate_series(1, 100) i",
			pgadapt.FetchSize(10))
		require.NoError(t, err)
		for read := 0; rows.Next(); read++ {
			if read == 5 {
				cancel()
			}
		}
		require.ErrorIs(t, rows.Err(), context.Canceled)
		require.Equal(t, pid, backendPID(t, conn))
		requireNoCursor(t, conn)
	})
}

func TestFetchSizeLosesItsConnection(t *testing.T) {
	db := open(t)
	rows, err := db.Query("select i, pg_backend_pid() from generate_series(1, 100) i", pgadapt.FetchSize(10))
	require.NoError(t, err)
	var i, pid int
	require.True(t, rows.Next())
	require.NoError(t, rows.Scan(&i, &pid))
	_, err = db.Exec("select pg_terminate_backend($1, 5000)", pid)
	require.NoError(t, err)
	for rows.Next() {
	}
	require.Error(t, rows.Err())
	requireWorking(t, db)
}

// The columns of a cursor are those of its own query, whatever a cursor of that name had before.
func TestFetchSizeAfterAChangeOfSchema(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		_, err := conn.ExecContext(t.Context(), "create temp table t as select 1 as a")
		require.NoError(t, err)
		for _, test := range []struct{ change, want string }{
			{"select 1", "[map[a:1]]"},
			{"alter table t add b text default 'b'", "[map[a:1 b:b]]"},
			{"alter table t alter a type numeric using 1.5", "[map[a:1.5 b:b]]"},
		} {
			_, err := conn.ExecContext(t.Context(), test.change)
			require.NoError(t, err)
			for range 3 {
				rows, err := pgadapt.Collect[map[string]any](conn.QueryContext(t.Context(),
					"select * from t limit $1", 1, pgadapt.FetchSize(1)))
				require.NoError(t, err, test.change)
				require.Equal(t, test.want, fmt.Sprint(rows), test.change)
			}
		}
	})
}

func TestFetchOfAnotherCursor(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		requireWorking(t, db) // so that the way is known to be direct
		tx, err := db.Begin()
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		for query, want := range map[string]string{
			"select 1": "map[c:1]", "select 'a'::text": "map[c:a]", "select 1.5": "map[c:1.5]",
		} {
			for _, statement := range []string{
				"declare c cursor for select * from (" + query + ") q (c)", "prepare p as select * from (" + query + ") q (c)",
			} {
				_, err := tx.Exec(statement)
				require.NoError(t, err)
			}
			for _, read := range []string{"fetch 1 from c", "execute p"} {
				row, err := pgadapt.One[map[string]any](tx.Query(read))
				require.NoError(t, err)
				require.Equal(t, want, fmt.Sprint(row), read)
			}
			_, err = tx.Exec("close c; deallocate p")
			require.NoError(t, err)
		}
	})
}

// With lazy_begin the transaction has not begun when its first statement comes: it is the program's all the same.
func TestFetchSizeBeginsALazyTransaction(t *testing.T) {
	db := open(t, "lazy_begin", "true", "max_buffered_bytes", "1kB")
	tx, err := db.Begin()
	require.NoError(t, err)
	rows, err := tx.Query("select i, repeat('x', 100) from generate_series(1, 100) i", pgadapt.FetchSize(5))
	require.NoError(t, err)
	read := 0
	for rows.Next() {
		read++
		requireWorking(t, tx)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 100, read)
	_, err = tx.Exec("create temp table of_the_same_transaction (i int)")
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	requireWorking(t, db)
}

func ExampleFetchSize() {
	db := openExample()
	defer db.Close()

	rows, err := db.Query("select n from generate_series(1, 1000000) n where n % $1 = 0", pgadapt.FetchSize(1000), 250_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(n)
	}
	fmt.Println(rows.Err())
	// Output:
	// 250000
	// 500000
	// 750000
	// 1000000
	// <nil>
}
