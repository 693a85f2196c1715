package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestExecReportsRowsAffected(t *testing.T) {
	conn := session(t, open(t))
	for _, step := range []struct {
		query string
		args  []any
		want  int64
	}{
		{"create temp table counted (i int, t text)", nil, 0},
		{"insert into counted values (1, 'a'), (2, 'b'), (3, 'c')", nil, 3},
		{"insert into counted select i, $1 from generate_series(4, 10) i", []any{"d"}, 7},
		{"update counted set t = 'z' where i > $1", []any{8}, 2},
		{"select * from counted", nil, 10},
		{"select * from counted where i < $1", []any{3}, 2},
		{"create temp table counted_too as select * from counted", nil, 10},
		{"select * into temp counted_three from counted where i < 3", nil, 2},
		{"delete from counted where i in (2, 3)", nil, 2},
		{"delete from counted", nil, 8},
		{"set application_name = 'x'", nil, 0},
		{"do $$ begin end $$", nil, 0},
		{"drop table counted", nil, 0},
		{"", nil, 0},
		{" -- nothing", nil, 0},
	} {
		result, err := conn.ExecContext(t.Context(), step.query, step.args...)
		require.NoError(t, err, step.query)
		affected, err := result.RowsAffected()
		require.NoError(t, err)
		require.Equal(t, step.want, affected, step.query)
	}
}

func TestExecReportsRowsMerged(t *testing.T) {
	if pgtest.Shared(t).Version() < 15 {
		t.Skip("MERGE is new in PostgreSQL 15")
	}
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), "create temp table merged (i int); insert into merged values (1), (2)")
	require.NoError(t, err)
	result, err := conn.ExecContext(t.Context(), "merge into merged m using (values (1), (11)) v(i) on m.i = v.i "+
		"when matched then delete when not matched then insert values (v.i)")
	require.NoError(t, err)
	affected, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 2, affected)
}

func TestLastInsertIDNamesReturning(t *testing.T) {
	result, err := open(t).Exec("select 1")
	require.NoError(t, err)

	_, err = result.LastInsertId()

	require.ErrorContains(t, err, "RETURNING")
}

func TestExecOfSeveralStatements(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		result, err := conn.ExecContext(t.Context(), `
			create temp table several (i int);
			insert into several values (1);
			insert into several select generate_series(2, 5);`)
		require.NoError(t, err)

		affected, err := result.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 4, affected, "the last statement's count")
		var count int
		require.NoError(t, conn.QueryRowContext(t.Context(), "select count(*) from several").Scan(&count))
		require.Equal(t, 5, count)
	})
}

func TestSeveralStatementsAreOneTransaction(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), "create temp table half (i int primary key)")
	require.NoError(t, err)

	_, err = conn.ExecContext(t.Context(), "insert into half values (1); insert into half values (1)")

	require.ErrorContains(t, err, "duplicate key value violates unique constraint")
	var count int
	require.NoError(t, conn.QueryRowContext(t.Context(), "select count(*) from half").Scan(&count))
	require.Zero(t, count)
}

func TestSeveralStatementsTakeNoArguments(t *testing.T) {
	db := open(t)
	_, err := db.Exec("select $1::int; select 2", 1)
	require.ErrorContains(t, err, "several statements")
	requireWorking(t, db)
}

func TestServerErrorIsReachable(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		_, err := db.Exec("insert into nowhere values (1)")

		var pgErr *pgconn.PgError
		require.ErrorAs(t, err, &pgErr)
		require.Equal(t, "42P01", pgErr.Code)
		var state interface{ SQLState() string }
		require.ErrorAs(t, err, &state)
		require.Equal(t, "42P01", state.SQLState())
	})
}

func TestTextThatPostgresCannotTake(t *testing.T) {
	for name, text := range map[string]string{"NUL": "a\x00b", "UTF-8": "a\xffb"} {
		t.Run(name, func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				conn := session(t, db)
				pid := backendPID(t, conn)
				var got string

				err := conn.QueryRowContext(t.Context(), "select $1::text", text).Scan(&got)
				require.ErrorContains(t, err, name)
				require.ErrorContains(t, err, "$1")
				_, err = conn.ExecContext(t.Context(), "select '"+text+"'")
				require.ErrorContains(t, err, name)
				_, err = conn.QueryContext(t.Context(), "select '"+text+"'")
				require.ErrorContains(t, err, name)

				require.Equal(t, pid, backendPID(t, conn), "the session goes on")
			})
		})
	}
}

func TestParameterLimit(t *testing.T) {
	placeholders := func(n int) (string, []any) {
		var query strings.Builder
		args := make([]any, n)
		for i := range n {
			fmt.Fprintf(&query, ",$%d::int", i+1)
			args[i] = i
		}
		return "select coalesce(array_length(array[" + query.String()[1:] + "], 1), 0)", args
	}
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec"} {
		t.Run(mode, func(t *testing.T) {
			db := open(t, "default_query_exec_mode", mode)
			query, args := placeholders(65535)
			var length int
			require.NoError(t, db.QueryRow(query, args...).Scan(&length))
			require.Equal(t, 65535, length)

			query, args = placeholders(65536)
			err := db.QueryRow(query, args...).Scan(&length)
			require.ErrorContains(t, err, "65535")
			requireWorking(t, db)
		})
	}
}

func TestWrongNumberOfArguments(t *testing.T) {
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			db := open(t, "default_query_exec_mode", mode)
			var got int
			for _, args := range [][]any{{1}, {1, 2, 3}} {
				err := db.QueryRow("select $1::int + $2::int", args...).Scan(&got)
				require.ErrorContains(t, err, fmt.Sprintf("%d arguments", len(args)))
			}
			requireWorking(t, db)
		})
	}
}

func TestArgumentsThatAreNone(t *testing.T) {
	db := open(t)
	var out int
	_, err := db.Exec("call p($1)", sql.Out{Dest: &out})
	require.ErrorContains(t, err, "sql.Out")
}

func TestCopyWithoutDataIsRefused(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		pid := backendPID(t, conn)
		_, err := conn.ExecContext(t.Context(), "create temp table copied (i int)")
		require.NoError(t, err)

		for _, query := range []string{
			"copy copied from stdin", "select 1; copy copied from stdin", "COPY (select 1) TO STDOUT",
		} {
			_, err = conn.ExecContext(t.Context(), query)
			require.ErrorContains(t, err, "COPY", query)
			_, err = conn.QueryContext(t.Context(), query)
			require.ErrorContains(t, err, "COPY", query)
		}
		require.Equal(t, pid, backendPID(t, conn))
	})
}

func TestStalePlanIsPreparedAgain(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		run := func(query string) {
			_, err := conn.ExecContext(t.Context(), query)
			require.NoError(t, err)
		}
		read := func() (columns []string) {
			rows, err := conn.QueryContext(t.Context(), "select * from changing where a = $1", 1)
			require.NoError(t, err)
			defer rows.Close()
			require.True(t, rows.Next(), rows.Err())
			columns, err = rows.Columns()
			require.NoError(t, err)
			return columns
		}
		run("create temp table changing (a int)")
		run("insert into changing values (1)")
		require.Equal(t, []string{"a"}, read())

		run("alter table changing add b text")
		require.Equal(t, []string{"a", "b"}, read())
		run("deallocate all")
		require.Equal(t, []string{"a", "b"}, read())
		run("discard plans")
		run("alter table changing drop b")
		require.Equal(t, []string{"a"}, read())
	})
}

// A column that changes its type changes that of the parameters compared with it or stored into it.
func TestStaleParameterTypes(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		run := func(query string, args ...any) {
			t.Helper()
			_, err := conn.ExecContext(t.Context(), query, args...)
			require.NoError(t, err)
		}
		run("create temp table changing (a int)")
		run("insert into changing values ($1)", 1)
		run("alter table changing alter a type int8")
		run("insert into changing values ($1)", int64(1)<<40)

		read := func() (a string) {
			t.Helper()
			require.NoError(t, conn.QueryRowContext(t.Context(), "select a from changing where a = $1", "1").Scan(&a))
			return a
		}
		require.Equal(t, "1", read())
		run("alter table changing alter a type text")
		require.Equal(t, "1", read())
	})
}

func TestStalePlanInsideATransaction(t *testing.T) {
	db := open(t)
	conn := session(t, db)
	_, err := conn.ExecContext(t.Context(), "create temp table changing (a int)")
	require.NoError(t, err)
	const query = "select * from changing where $1::int is not null"
	read := func(q interface {
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	},
	) error {
		rows, err := q.QueryContext(t.Context(), query, 1)
		if err != nil {
			return err
		}
		return rows.Close()
	}
	for range 2 { // the first description of a connector is not kept: it finds out about poolers
		require.NoError(t, read(conn))
	}
	_, err = conn.ExecContext(t.Context(), "alter table changing add b text")
	require.NoError(t, err)

	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.ErrorContains(t, read(tx), "cached plan must not change result type")
	require.NoError(t, tx.Rollback())

	tx, err = conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, read(tx), "the next transaction works")
	require.NoError(t, tx.Commit())
}

func TestCancelledQueryKeepsItsConnection(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		pid := backendPID(t, conn)
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer stop()

		start := time.Now()
		_, err := conn.ExecContext(ctx, "select pg_sleep(60)")

		require.ErrorIs(t, err, context.DeadlineExceeded)
		var pgErr *pgconn.PgError
		require.ErrorAs(t, err, &pgErr)
		require.Equal(t, "57014", pgErr.Code)
		require.Less(t, time.Since(start), pgadapt.DefaultCancelTimeout)
		require.Equal(t, pid, backendPID(t, conn))
	})
}

func TestCancelledBeforehand(t *testing.T) {
	conn := session(t, open(t))
	pid := backendPID(t, conn)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := conn.ExecContext(ctx, "select 1")
	require.ErrorIs(t, err, context.Canceled)
	_, err = conn.QueryContext(ctx, "select $1::int", 1)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, conn.PingContext(ctx), context.Canceled)

	require.Equal(t, pid, backendPID(t, conn))
}

func TestCancelWhileRowsAreRead(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rows, err := db.QueryContext(ctx, "select generate_series(1, 50000000) i")
	require.NoError(t, err)
	require.True(t, rows.Next())

	cancel()
	for rows.Next() {
	}

	require.ErrorIs(t, rows.Err(), context.Canceled)
	requireWorking(t, db)
}

func TestStatementTimeoutIsNoCancellation(t *testing.T) {
	db := open(t, "statement_timeout", "50ms")
	_, err := db.ExecContext(t.Context(), "select pg_sleep(60)")
	var pgErr *pgconn.PgError
	require.ErrorAs(t, err, &pgErr)
	require.Equal(t, "57014", pgErr.Code)
	require.NotErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, context.DeadlineExceeded)
}

// A stray cancel would surface as SQLSTATE 57014 in a statement whose context has not ended.
func TestCancelNeverStrikesTheNextStatement(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(4)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := range 60 {
				ctx, stop := context.WithTimeout(context.Background(), time.Duration(i%6)*300*time.Microsecond)
				_, err := db.ExecContext(ctx, "select pg_sleep(0.001)")
				stop()
				if err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("cancelled statement: %v", err)
				}
				if _, err := db.ExecContext(context.Background(), "select pg_sleep(0)"); err != nil {
					t.Errorf("next statement: %v", err)
				}
			}
		})
	}
	workers.Wait()
	require.LessOrEqual(t, db.Stats().OpenConnections, 4)
}

func TestPoolRejectsADeadConnection(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	other := open(t)
	for range 3 {
		var pid int
		require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&pid))
		_, err := other.Exec("select pg_terminate_backend($1, 5000)", pid)
		require.NoError(t, err)
		requireWorking(t, db)
	}
}

func TestPoolRejectsAnOpenTransaction(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	conn := session(t, db)
	pid := backendPID(t, conn)
	_, err := conn.ExecContext(t.Context(), "begin")
	require.NoError(t, err)
	require.NoError(t, conn.Close())

	next := session(t, db)
	require.NotEqual(t, pid, backendPID(t, next))
	_, err = next.ExecContext(t.Context(), "vacuum")
	require.NoError(t, err, "no transaction is open")
}

func TestPreparedStatementCacheIsBounded(t *testing.T) {
	conn := session(t, open(t, "statement_cache_capacity", "3"))
	prepared := func() (count int) {
		require.NoError(t, conn.QueryRowContext(t.Context(),
			"select count(*) from pg_prepared_statements").Scan(&count))
		return count
	}
	for i := range 20 {
		var got int
		query := fmt.Sprintf("select %d + $1::int", i)
		require.NoError(t, conn.QueryRowContext(t.Context(), query, 1).Scan(&got))
		require.Equal(t, i+1, got)
		require.LessOrEqual(t, prepared(), 4, "three, and the one that counts")
	}
}

func TestPreparedStatementNamesComeFromTheText(t *testing.T) {
	names := func() (name string) {
		conn := session(t, open(t))
		requireWorkingSession(t, conn)
		require.NoError(t, conn.QueryRowContext(t.Context(),
			"select name from pg_prepared_statements where $1::int = 1", 1).Scan(&name))
		return name
	}
	first := names()
	require.Contains(t, first, "pgadapt_")
	require.Equal(t, first, names())
}

func TestOtherModesLeaveNothingOnTheServer(t *testing.T) {
	for _, mode := range modes[1:] {
		t.Run(mode, func(t *testing.T) {
			conn := session(t, open(t, "default_query_exec_mode", mode))
			requireWorkingSession(t, conn)
			var count int
			require.NoError(t, conn.QueryRowContext(t.Context(),
				"select count(*) from pg_prepared_statements where name <> ''").Scan(&count))
			require.Zero(t, count)
		})
	}
}

func requireWorkingSession(t testing.TB, conn *sql.Conn) {
	t.Helper()
	var sum int
	require.NoError(t, conn.QueryRowContext(t.Context(), "select $1::int4 + $2::int4", 19, 23).Scan(&sum))
	require.Equal(t, 42, sum)
}
