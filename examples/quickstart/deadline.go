package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pgadapt/pgadapt/examples/internal/table"
)

// slowQuery takes 10 ms for each day, 15 s in all.
const slowQuery = "select count(pg_sleep(0.01)) from observation"

// timeLimit is what slowQuery gets.
const timeLimit = 200 * time.Millisecond

// deadline shows that a query ends with its context, and that the session which ran it goes on: the
// connection is not thrown away.
func deadline(ctx context.Context, db *sql.DB) (*table.Table, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close() // gives it back to the pool

	session, err := sessionID(ctx, conn)
	if err != nil {
		return nil, err
	}
	taken, err := runOutOfTime(ctx, conn)
	if err != nil {
		return nil, err
	}
	sessionAfter, err := sessionID(ctx, conn)
	if err != nil {
		return nil, err
	}
	if sessionAfter != session {
		return nil, fmt.Errorf("session %d was replaced by session %d", session, sessionAfter)
	}

	answer := table.New("query", "time limit", "took", "outcome")
	answer.Add("count the days, 10 ms each", milliseconds(timeLimit), fmt.Sprintf("%4d ms", taken.Milliseconds()),
		context.DeadlineExceeded.Error())
	answer.Add("ask which session this is", "none", "", "the same as before")
	return answer, nil
}

// sessionID gives the process ID of the server process behind a connection.
func sessionID(ctx context.Context, conn *sql.Conn) (pid int, err error) {
	err = conn.QueryRowContext(ctx, "select pg_backend_pid()").Scan(&pid)
	return pid, err
}

// runOutOfTime runs slowQuery up to the time limit and says how long that took. That the query is stopped is
// what is wanted; anything else is an error.
func runOutOfTime(ctx context.Context, conn *sql.Conn) (time.Duration, error) {
	limited, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	started := time.Now()
	var days int
	err := conn.QueryRowContext(limited, slowQuery).Scan(&days)
	if err == nil {
		return 0, errors.New("the slow query came to its end within its time limit")
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return 0, err
	}
	return time.Since(started), ctx.Err()
}
