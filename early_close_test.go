package pgadapt_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// fiveMillion has many rows, which the server makes one by one and not all at first.
const fiveMillion = "select generate_series(1, 5000000) i"

func TestRowsClosedEarly(t *testing.T) {
	for _, choice := range []string{"drain", "cancel"} {
		for _, mode := range modes {
			t.Run(choice+"/"+mode, func(t *testing.T) {
				db := open(t, "early_close", choice, "default_query_exec_mode", mode)
				conn := session(t, db)
				pid := backendPID(t, conn)
				query := fiveMillion
				if choice == "drain" {
					query = "select i from generate_series(1, 50000) i"
				}
				for range 3 {
					rows, err := conn.QueryContext(t.Context(), query)
					require.NoError(t, err)
					require.True(t, rows.Next())
					require.NoError(t, rows.Close())
					require.NoError(t, rows.Err())
				}
				require.Equal(t, pid, backendPID(t, conn))
				requireWorkingSession(t, conn)
			})
		}
	}
}

// A statement that would run for a minute shows that nobody waits for its end.
func TestCancelledRestIsNotWaitedFor(t *testing.T) {
	const slow = "select i, case when i > 2000 then pg_sleep(60)::text end from generate_series(1, 3000) i"
	conn := session(t, open(t, "early_close", "cancel"))
	pid := backendPID(t, conn)
	start := time.Now()
	rows, err := conn.QueryContext(t.Context(), slow)
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.NoError(t, rows.Close())
	require.Less(t, time.Since(start), 30*time.Second)
	require.Equal(t, pid, backendPID(t, conn))
}

// The error of the part that has been read is not swallowed, and that of the context is told.
func TestCancelledRestKeepsOtherErrors(t *testing.T) {
	db := open(t, "early_close", "cancel")
	rows, err := db.Query("select 6 / (4 - i) from generate_series(1, 10) i")
	require.NoError(t, err)
	for rows.Next() {
	}
	require.ErrorContains(t, rows.Err(), "division by zero")
	require.NoError(t, rows.Close())

	ctx, cancel := context.WithCancel(t.Context())
	rows, err = db.QueryContext(ctx, fiveMillion)
	require.NoError(t, err)
	cancel()
	for rows.Next() {
	}
	require.ErrorIs(t, rows.Err(), context.Canceled)
	requireWorking(t, db)
}

// What cancelling would undo is never cancelled: a transaction, and the other statements of a text.
func TestWhatIsNotCancelledByAnEarlyClose(t *testing.T) {
	const query = "select i from generate_series(1, 20000) i"
	db := open(t, "early_close", "cancel")
	conn := session(t, db)
	_, err := conn.ExecContext(t.Context(), "create temp table kept (i int)")
	require.NoError(t, err)
	count := func(want int) {
		t.Helper()
		var got int
		require.NoError(t, conn.QueryRowContext(t.Context(), "select count(*) from kept").Scan(&got))
		require.Equal(t, want, got)
	}
	closeEarly := func(rows *sql.Rows, err error) {
		t.Helper()
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, rows.Close())
	}
	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.Exec("insert into kept values (1)")
	require.NoError(t, err)
	closeEarly(tx.Query(query))
	require.NoError(t, tx.Commit())
	count(1)
	closeEarly(conn.QueryContext(t.Context(), "insert into kept values (2); "+query))
	count(2)
}

func TestEarlyCloseOfRowsThatWereReadAhead(t *testing.T) {
	conn := session(t, open(t, "early_close", "cancel"))
	rows, err := conn.QueryContext(t.Context(), "select i from generate_series(1, 20000) i")
	require.NoError(t, err)
	require.True(t, rows.Next())
	requireWorkingSession(t, conn)
	require.NoError(t, rows.Close())
	requireWorkingSession(t, conn)
}

func TestEarlyCloseHasNames(t *testing.T) {
	require.Equal(t, "drain", pgadapt.EarlyCloseDrain.String())
	require.Equal(t, "cancel", pgadapt.EarlyCloseCancel.String())
	require.Equal(t, "EarlyClose(7)", pgadapt.EarlyClose(7).String())
	_, err := pgadapt.ParseConfig("early_close=sometimes")
	require.ErrorContains(t, err, "drain, cancel")
}
