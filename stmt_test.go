package pgadapt_test

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr"
)

func TestPreparedStatement(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		statement, err := db.Prepare("select $1::int * 2")
		require.NoError(t, err)
		defer statement.Close()
		for i := range 5 {
			var got int
			require.NoError(t, statement.QueryRow(i).Scan(&got))
			require.Equal(t, 2*i, got)
		}
	})
}

func TestPreparedStatementWithoutParameters(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		statement, err := db.Prepare("select 7")
		require.NoError(t, err)
		defer statement.Close()
		var got int
		require.NoError(t, statement.QueryRow().Scan(&got))
		require.Equal(t, 7, got)
		_, err = statement.Exec()
		require.NoError(t, err)
	})
}

func TestPrepareReportsErrors(t *testing.T) {
	db := open(t)
	_, err := db.Prepare("selec 1")
	require.ErrorContains(t, err, "syntax error")
	_, err = db.Prepare("select 1; select 2")
	require.ErrorContains(t, err, "several statements")
	requireWorking(t, db)
}

func TestPreparedStatementChecksItsArguments(t *testing.T) {
	statement, err := open(t).Prepare("select $1::int")
	require.NoError(t, err)
	defer statement.Close()
	_, err = statement.Exec(1, 2)
	require.ErrorContains(t, err, "expected 1 arguments, got 2")
}

// A statement that a program holds stays prepared when the cache has long turned to other texts, and twins
// share it until the last is closed.
func TestHeldStatementOutlivesTheCache(t *testing.T) {
	for _, capacity := range []string{"0", "2"} {
		t.Run("capacity "+capacity, func(t *testing.T) {
			conn := session(t, open(t, "statement_cache_capacity", capacity))
			const query = "select 'held', $1::int"
			one, err := conn.PrepareContext(t.Context(), query)
			require.NoError(t, err)
			two, err := conn.PrepareContext(t.Context(), query)
			require.NoError(t, err)
			use := func(statement *sql.Stmt) {
				t.Helper()
				var text string
				var got int
				require.NoError(t, statement.QueryRow(5).Scan(&text, &got))
				require.Equal(t, 5, got)
			}
			for i := range 5 {
				_, err := conn.ExecContext(t.Context(), fmt.Sprintf("select %d + $1::int", i), 1)
				require.NoError(t, err)
				use(one)
				use(two)
			}
			require.NoError(t, one.Close())
			use(two)
			_, err = conn.ExecContext(t.Context(), "deallocate all")
			require.NoError(t, err)
			use(two)
			require.NoError(t, two.Close())
			requireWorkingSession(t, conn)
		})
	}
}

func TestClosedStatementsAreDeallocated(t *testing.T) {
	conn := session(t, open(t, "statement_cache_capacity", "1"))
	for i := range 10 {
		statement, err := conn.PrepareContext(t.Context(), fmt.Sprintf("select %d + $1::int", i))
		require.NoError(t, err)
		require.NoError(t, statement.Close())
	}
	var prepared int
	require.NoError(t, conn.QueryRowContext(t.Context(), "select count(*) from pg_prepared_statements").Scan(&prepared))
	require.LessOrEqual(t, prepared, 2)
}

func TestPreparedStatementSharedByGoroutines(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(4)
	statement, err := db.Prepare("select $1::int8 * $2::int8")
	require.NoError(t, err)
	defer statement.Close()
	var workers sync.WaitGroup
	for worker := range 16 {
		workers.Go(func() {
			for i := range 50 {
				var got int
				if err := statement.QueryRow(worker, i).Scan(&got); err != nil || got != worker*i {
					t.Errorf("%d * %d: %d, %v", worker, i, got, err)
				}
			}
		})
	}
	workers.Wait()
}

// What a text means may depend on its arguments, which PREPARE does not have: it leaves the verdict to the first use.
func TestPrepareLeavesTypesToTheArguments(t *testing.T) {
	for _, test := range []struct {
		name, query string
		argument    any
		want        string
	}{
		{"undefined function", "select age(timestamptz '2024-01-03Z', timestamptz '2024-01-02Z' - $1)::text", time.Hour, "1 day 01:00:00"},
		{"undefined operator", "select (timestamptz '2024-01-02Z' > timestamptz '2024-01-02Z' - $1)::text", time.Hour, "true"},
		{"ambiguous function", "select abs($1)::text", -5, "5"},
		{"ambiguous operator", "select ($1 + $2)::text", 5, "10"},
		{"no type", "select concat($1)", 5, "5"},
		{"mismatch", "select to_json($1)", 5, "5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, parameters := range [][]string{nil, {"statement_cache_capacity", "0"}, {"default_query_exec_mode", "cache_describe"}} {
				db := open(t, append(parameters, "TimeZone", "UTC")...)
				statement, err := db.Prepare(test.query)
				require.NoError(t, err)
				arguments := []any{test.argument}
				if strings.Contains(test.query, "$2") {
					arguments = append(arguments, test.argument)
				}
				for range 3 {
					var got string
					require.NoError(t, statement.QueryRow(arguments...).Scan(&got))
					require.Equal(t, test.want, got)
				}
				_, err = statement.Query()
				require.ErrorContains(t, err, "got 0")
				require.NoError(t, statement.Close())
				requireWorking(t, db)
			}
		})
	}
}

func TestPrepareOfWhatDoesNotExist(t *testing.T) {
	db := open(t)
	_, err := db.Prepare("select no_such_function(1)")
	require.ErrorIs(t, err, pgerr.UndefinedFunction)
	statement, err := db.Prepare("select no_such_function($1)")
	require.NoError(t, err)
	defer statement.Close()
	for _, argument := range []any{1, "a"} {
		require.ErrorIs(t, statement.QueryRow(argument).Err(), pgerr.UndefinedFunction)
	}
	requireWorking(t, db)
}

// Inside a transaction the refusal has aborted it, but the text works in the next.
func TestPrepareLeavesTypesToTheNextTransaction(t *testing.T) {
	db := open(t)
	const query = "select (now() > now() - $1)::text"
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Prepare(query)
	require.ErrorIs(t, err, pgerr.UndefinedFunction)
	require.NoError(t, tx.Rollback())
	tx, err = db.Begin()
	require.NoError(t, err)
	statement, err := tx.Prepare(query)
	require.NoError(t, err)
	var got string
	require.NoError(t, statement.QueryRow(time.Hour).Scan(&got))
	require.Equal(t, "true", got)
	require.NoError(t, tx.Commit())
}
