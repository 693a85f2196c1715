package pgadapt_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// startPgpool runs pgpool-II in front of a primary and its standby, as its manual describes streaming replication
// mode, and gives the connection string through it.
func startPgpool(t *testing.T, program string, primary, standby *pgtest.Server) (dsn string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "pgpool") // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	port := unusedPort(t)
	settings := writeFile(t, folder, "pgpool.conf", fmt.Sprintf(`
backend_clustering_mode = 'streaming_replication'
listen_addresses = '127.0.0.1'
port = %[1]s
socket_dir = '%[2]s'
pcp_listen_addresses = ''
pcp_port = %[5]s
pcp_socket_dir = '%[2]s'
wd_ipc_socket_dir = '%[2]s'
pid_file_name = '%[2]s/pgpool.pid'
logdir = '%[2]s'
num_init_children = 16
load_balance_mode = on
statement_level_load_balance = on
sr_check_period = 1
sr_check_user = 'postgres'
health_check_period = 1
health_check_user = 'postgres'
search_primary_node_timeout = 30
backend_hostname0 = '127.0.0.1'
backend_port0 = %[3]s
backend_data_directory0 = '%[2]s/0'
backend_hostname1 = '127.0.0.1'
backend_port1 = %[4]s
backend_data_directory1 = '%[2]s/1'
`, port, folder, primary.Port(), standby.Port(), unusedPort(t)))
	var output bytes.Buffer
	command := exec.Command(program, "-n", "-D", "-f", settings, "-F", writeFile(t, folder, "pcp.conf", ""))
	command.Stdout, command.Stderr = &output, &output
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt) // its fast shutdown, which ends its children too
		_ = command.Wait()
		if t.Failed() {
			t.Log(output.String())
		}
	})
	waitForListener(t, "127.0.0.1:"+port)
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%s/postgres?sslmode=disable", port)
}

func TestPgpool(t *testing.T) {
	program, err := exec.LookPath("pgpool")
	if err != nil {
		t.Skip("pgpool-II is not installed")
	}
	version, err := exec.Command(program, "--version").CombinedOutput()
	require.NoError(t, err, "%s", version)
	t.Log(strings.TrimSpace(string(version)))
	primary, standby := pgtest.NewWithStandby(t, pgtest.Options{})
	db := openOn(t, startPgpool(t, program, primary, standby))
	db.SetMaxOpenConns(8)
	_, err = db.Exec("create table pooled (id int primary key, name text)")
	require.NoError(t, err)
	waitForStandby(t, primary, standby)

	t.Run("a transaction first", func(t *testing.T) { useInTransaction(t, db) })
	t.Run("queries from many goroutines", func(t *testing.T) { useThroughPooler(t, db) })
	t.Run("writes", func(t *testing.T) {
		for id := range 10 {
			result, err := db.Exec("insert into pooled values ($1, $2)", id, fmt.Sprint("name ", id))
			require.NoError(t, err)
			affected, err := result.RowsAffected()
			require.NoError(t, err)
			require.EqualValues(t, 1, affected)
		}
	})
	t.Run("prepared statements", func(t *testing.T) {
		prepared, err := db.Prepare("select $1::text || 'x'")
		require.NoError(t, err)
		defer prepared.Close()
		for range 20 {
			var text string
			require.NoError(t, prepared.QueryRow("y").Scan(&text))
			require.Equal(t, "yx", text)
		}
	})
	t.Run("statements between the rows of another", func(t *testing.T) { interleaveThroughPooler(t, db) })
	t.Run("copy", func(t *testing.T) {
		_, err := db.Exec("copy pooled from stdin (format csv)", strings.NewReader("100,a\n101,b\n"))
		require.NoError(t, err)
	})
	t.Run("rollback", func(t *testing.T) {
		tx, err := db.Begin()
		require.NoError(t, err)
		_, err = tx.Exec("delete from pooled where id >= $1", 0)
		require.NoError(t, err)
		require.NoError(t, tx.Rollback())
		var left int
		require.NoError(t, openOn(t, primary.DSN()).QueryRow("select count(*) from pooled").Scan(&left))
		require.Equal(t, 12, left)
	})
	t.Run("cancellation keeps the session", func(t *testing.T) { cancelThroughPooler(t, db) })
	t.Run("failover", func(t *testing.T) {
		waitForStandby(t, primary, standby)
		failOverBehindPooler(t, db, primary, standby)
	})
}

// interleaveThroughPooler writes while the rows of a query are open.
func interleaveThroughPooler(t *testing.T, db *sql.DB) {
	tx, err := db.Begin()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	rows, err := tx.Query("select id from pooled where id < $1 order by id", 10)
	require.NoError(t, err)
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var id int
		require.NoError(t, rows.Scan(&id))
		_, err := tx.Exec("update pooled set name = $1 where id = $2", "changed", id)
		require.NoError(t, err)
		seen++
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 10, seen)
	require.NoError(t, tx.Commit())
}

func cancelThroughPooler(t *testing.T, db *sql.DB) {
	conn := session(t, db)
	for range 2 {
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, err := conn.ExecContext(ctx, "select pg_sleep(30)")
		stop()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		requireWorkingSession(t, conn)
	}
}

// failOverBehindPooler ends the primary. pgpool-II notices, ends its sessions, and finds the promoted standby.
func failOverBehindPooler(t *testing.T, db *sql.DB, primary, standby *pgtest.Server) {
	fillPool(t, db, 3)
	require.NoError(t, primary.Crash())
	crash := time.Now()
	promote(t, standby)
	require.Eventually(t, func() bool {
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		_, err := db.ExecContext(ctx, "insert into pooled values ($1, 'after') on conflict do nothing", 1000)
		return err == nil
	}, 40*time.Second, 20*time.Millisecond)
	t.Logf("failover behind pgpool-II: an insert was acknowledged %v after the crash", time.Since(crash).Round(10*time.Millisecond))
	requireWorking(t, db)
}
