package pgadapt_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// startPgBouncer runs the system's PgBouncer in front of the test server and gives the connection string through it.
func startPgBouncer(t *testing.T, poolMode string) (dsn string) {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("pgbouncer is not installed")
	}
	return runPgBouncer(t, program, poolMode)
}

// runPgBouncer is startPgBouncer for another PgBouncer, with lines for the section [pgbouncer] of its settings.
func runPgBouncer(t *testing.T, program, poolMode string, lines ...string) (dsn string) {
	t.Helper()
	var database, application string
	require.NoError(t, open(t).QueryRow("select current_database(), current_setting('application_name')").
		Scan(&database, &application))
	server := pgtest.Shared(t)
	folder, err := os.MkdirTemp("", "pgbouncer")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	require.NoError(t, os.Chmod(folder, 0o777)) // pgbouncer runs as another account when the tests are root's
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	settings := filepath.Join(folder, "pgbouncer.ini")
	require.NoError(t, os.WriteFile(settings, []byte(fmt.Sprintf(`[databases]
bounced = host=%s port=%s dbname=%s user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = %s
default_pool_size = 3
ignore_startup_parameters = extra_float_digits
%s
`, server.Host(), server.Port(), database, port, poolMode, strings.Join(lines, "\n"))), 0o644))
	arguments := []string{settings}
	if os.Getuid() == 0 {
		arguments = []string{"-u", "nobody", settings}
	}
	var output bytes.Buffer
	command := exec.Command(program, arguments...)
	command.Stdout, command.Stderr = &output, &output
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if t.Failed() {
			t.Log(output.String())
		}
	})
	waitForListener(t, fmt.Sprintf("127.0.0.1:%d", port))
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/bounced?sslmode=disable&application_name=%s",
		port, url.QueryEscape(application))
}

// waitForListener waits until a server that was just started accepts connections.
func waitForListener(t *testing.T, address string) {
	t.Helper()
	require.Eventually(t, func() bool {
		probe, err := net.Dial("tcp", address)
		if err == nil {
			_ = probe.Close()
		}
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
}

// newestPgBouncer gives the program that .ci/pgbouncer installs, or the system's if that is new enough to keep
// prepared statements.
func newestPgBouncer(t *testing.T) (program, version string) {
	t.Helper()
	for _, name := range []string{"pgbouncer-newest", "pgbouncer"} {
		program, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		output, err := exec.Command(program, "--version").Output()
		require.NoError(t, err)
		var major, minor int
		_, err = fmt.Sscanf(string(output), "PgBouncer %d.%d", &major, &minor)
		require.NoError(t, err, "%s", output)
		if major > 1 || minor >= 21 {
			version, _, _ = strings.Cut(string(output), "\n")
			return program, version
		}
	}
	t.Skip("no PgBouncer from 1.21 on, which keeps prepared statements: .ci/pgbouncer installs one on Debian")
	return "", ""
}

// tellsPoolMode reports whether PgBouncer says of itself how it pools.
func tellsPoolMode(t *testing.T, db *sql.DB) (tells bool) {
	t.Helper()
	conn := session(t, db)
	require.NoError(t, conn.Raw(func(driverConn any) error {
		tells = driverConn.(pgadapt.Conn).PgConn().ParameterStatus("pgbouncer.pool_mode") != ""
		return nil
	}))
	require.NoError(t, conn.Close())
	return tells
}

// preparedOnServer counts the prepared statements of one of PgBouncer's server connections: those under names of the
// driver, and those under names of PgBouncer.
func preparedOnServer(t *testing.T, db *sql.DB) (ours, poolers int) {
	t.Helper()
	require.NoError(t, db.QueryRow("select count(*) filter (where name like 'pgadapt%'), "+
		"count(*) filter (where name like 'PGBOUNCER%') from pg_prepared_statements").Scan(&ours, &poolers))
	return ours, poolers
}

// A pooler that keeps prepared statements gets them named: the server parses and plans each text once.
func TestPgBouncerThatKeepsPreparedStatements(t *testing.T) {
	program, version := newestPgBouncer(t)
	t.Log(version)
	for _, poolMode := range []string{"session", "transaction", "statement"} {
		for kept, wantsNames := range map[int]bool{200: true, 3: true, 0: false} {
			t.Run(fmt.Sprintf("%s, max_prepared_statements %d", poolMode, kept), func(t *testing.T) {
				dsn := runPgBouncer(t, program, poolMode, fmt.Sprint("max_prepared_statements = ", kept), "default_pool_size = 1")
				for range 2 {
					db, err := sql.Open("pgadapt", dsn)
					require.NoError(t, err)
					if poolMode == "session" {
						db.SetMaxOpenConns(1)
					}
					useThroughPooler(t, db)
					if poolMode != "statement" {
						useInTransaction(t, db)
					}
					ours, poolers := preparedOnServer(t, db)
					if poolMode == "session" { // names are let through, which is right where it is known
						require.Equal(t, tellsPoolMode(t, db), ours > 0)
						require.Zero(t, poolers)
					} else {
						require.Zero(t, ours, "names of ours on a server connection meet those of other clients")
						require.Equal(t, wantsNames, poolers > 0)
					}
					require.NoError(t, db.Close())
				}
			})
		}
	}
}

// PgBouncer takes a text that is prepared anew for the one that it has prepared already, with the plan that has
// become stale.
func TestStalePlanBehindPgBouncerThatKeepsPreparedStatements(t *testing.T) {
	program, _ := newestPgBouncer(t)
	dsn := runPgBouncer(t, program, "transaction", "max_prepared_statements = 200")
	config := parse(t, dsn)
	var log bytes.Buffer
	config.Logger = slog.New(slog.NewTextHandler(&log, nil))
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	table := fmt.Sprintf("stale_%d", time.Now().UnixNano())
	defer func() { _, _ = db.Exec("drop table " + table) }()
	_, err := db.Exec("create table " + table + " (a int)")
	require.NoError(t, err)
	_, err = db.Exec("insert into " + table + " values (7)")
	require.NoError(t, err)
	columns := func() (count int) {
		rows, err := db.Query("select * from "+table+" where a = $1", 7)
		require.NoError(t, err)
		defer rows.Close()
		names, err := rows.Columns()
		require.NoError(t, err)
		require.True(t, rows.Next())
		return len(names)
	}
	for range 10 {
		require.Equal(t, 1, columns())
	}
	_, poolers := preparedOnServer(t, db)
	require.Positive(t, poolers)
	require.Empty(t, log.String())

	_, err = db.Exec("alter table " + table + " add b int")
	require.NoError(t, err)

	for range 10 {
		require.Equal(t, 2, columns())
	}
	require.Contains(t, log.String(), "unnamed")
}

// useThroughPooler runs the same few texts from many goroutines on more connections than the pooler has.
func useThroughPooler(t *testing.T, db *sql.DB) {
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for i := range 40 {
				var got int
				query := fmt.Sprintf("select $1::int + %d", i%5)
				if err := db.QueryRow(query, worker).Scan(&got); err != nil || got != worker+i%5 {
					t.Errorf("%s: %d, %v", query, got, err)
				}
			}
		})
	}
	workers.Wait()
}

func TestPgBouncer(t *testing.T) {
	for _, poolMode := range []string{"session", "transaction", "statement"} {
		t.Run(poolMode, func(t *testing.T) {
			dsn := startPgBouncer(t, poolMode)
			for attempt := range 2 { // the second pool meets what the first has left on the server connections
				t.Run(fmt.Sprint("pool ", attempt+1), func(t *testing.T) {
					db, err := sql.Open("pgadapt", dsn)
					require.NoError(t, err)
					defer db.Close()
					if poolMode != "statement" {
						useInTransaction(t, db)
					}
					useThroughPooler(t, db)
					prepared, err := db.Prepare("select $1::text || 'x'")
					require.NoError(t, err)
					defer prepared.Close()
					for range 20 {
						var text string
						require.NoError(t, prepared.QueryRow("y").Scan(&text))
						require.Equal(t, "yx", text)
					}
				})
			}
		})
	}
}

// useInTransaction makes a transaction the first thing that happens, in which nothing may fail unseen.
func useInTransaction(t *testing.T, db *sql.DB) {
	for range 5 {
		tx, err := db.Begin()
		require.NoError(t, err)
		for i := range 5 {
			var got int
			require.NoError(t, tx.QueryRow(fmt.Sprintf("select $1::int + %d", i), 1).Scan(&got))
			require.Equal(t, i+1, got)
		}
		require.NoError(t, tx.Commit())
	}
}

func TestPoolerIsLoggedOnce(t *testing.T) {
	config, err := pgadapt.ParseConfig(startPgBouncer(t, "transaction"))
	require.NoError(t, err)
	var log bytes.Buffer
	config.Logger = slog.New(slog.NewTextHandler(&log, nil))
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	useThroughPooler(t, db)
	require.Equal(t, 1, strings.Count(log.String(), "behind a pooler"), log.String())
}

// A name that is already there, without a pooler that could be told by its process IDs.
func TestTakenNameIsSeenAsAPooler(t *testing.T) {
	const query = "select $1::int + 1000"
	name := func() (name string) {
		conn := session(t, open(t))
		requireWorkingSession(t, conn)
		var got int
		require.NoError(t, conn.QueryRowContext(t.Context(), query, 1).Scan(&got))
		require.NoError(t, conn.QueryRowContext(t.Context(),
			"select name from pg_prepared_statements where statement = '"+query+"'").Scan(&name))
		return name
	}()
	conn := session(t, open(t))
	requireWorkingSession(t, conn)
	_, err := conn.ExecContext(t.Context(), "prepare "+name+" as select 1")
	require.NoError(t, err)
	var got int
	require.NoError(t, conn.QueryRowContext(t.Context(), query, 1).Scan(&got))
	require.Equal(t, 1001, got)
}
