package pgtest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Main runs the tests of a package, for its TestMain, and gives the exit code. Sessions that the tests
// left open on the server of Shared make it fail. It stops the server.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server == nil {
		return code
	}
	if shared.err == nil {
		if err := finishShared(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	if err := shared.server.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest: stopping the server:", err)
		code = max(code, 1)
	}
	return code
}

// finishShared looks for left sessions and removes the process's database.
func finishShared() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgconn.Connect(ctx, shared.server.DSN())
	if err != nil {
		return fmt.Errorf("pgtest: looking for open sessions: %w", err)
	}
	defer conn.Close(ctx)
	leaks := leftSessions(ctx, conn, leakPatience)
	if err := dropDatabase(ctx, conn); err != nil && leaks == nil {
		return err
	}
	return leaks
}

// leakPatience is how long the sessions of closed connections may take to end.
const leakPatience = 5 * time.Second

const sessionsQuery = `
	select format('  process %s, %s since %s: %s', pid, state, state_change, left(query, 200))
	from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid() order by pid`

// leftSessions waits for the sessions of this process to end; the error lists those that do not.
func leftSessions(ctx context.Context, conn *pgconn.PgConn, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for {
		result := conn.ExecParams(ctx, sessionsQuery, [][]byte{[]byte(applicationName())}, nil, nil, nil).Read()
		if result.Err != nil {
			return fmt.Errorf("pgtest: looking for open sessions: %w", result.Err)
		}
		if len(result.Rows) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("pgtest: the tests left %d sessions open:\n%s",
				len(result.Rows), joinFirstColumn(result.Rows))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func joinFirstColumn(rows [][][]byte) string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = string(row[0])
	}
	return strings.Join(lines, "\n")
}
