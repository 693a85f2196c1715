package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

// promote makes a standby the primary.
func promote(t testing.TB, standby *pgtest.Server) {
	t.Helper()
	var promoted bool
	require.NoError(t, openOn(t, standby.DSN()).QueryRow("select pg_promote(wait => true, wait_seconds => 60)").Scan(&promoted))
	require.True(t, promoted)
}

// waitForStandby waits until the standby has replayed what the primary has written.
func waitForStandby(t testing.TB, primary, standby *pgtest.Server) {
	t.Helper()
	var written string
	require.NoError(t, openOn(t, primary.DSN()).QueryRow("select pg_current_wal_insert_lsn()::text").Scan(&written))
	following := openOn(t, standby.DSN())
	require.Eventually(t, func() bool {
		var replayed bool
		err := following.QueryRow("select pg_last_wal_replay_lsn() >= $1::pg_lsn", written).Scan(&replayed)
		return err == nil && replayed
	}, 30*time.Second, 10*time.Millisecond)
}

// writer inserts numbers one after the other, as a program does that logs an error and goes on.
type writer struct {
	id                      int
	acknowledged, attempted int
	lastError               error
	// firstAfter is when the first insert was acknowledged after the switch had begun.
	firstAfter time.Time
}

// write goes on until switched is closed and an insert that began after that was acknowledged.
func (w *writer) write(ctx context.Context, db *sql.DB, crashed <-chan struct{}) {
	for ctx.Err() == nil {
		isAfter := isClosed(crashed)
		w.attempted++
		_, err := db.ExecContext(ctx, "insert into written values ($1, $2)", w.id, w.attempted)
		if err != nil {
			w.lastError = err
			time.Sleep(time.Millisecond)
			continue
		}
		w.acknowledged++
		if isAfter {
			w.firstAfter = time.Now()
			return
		}
	}
}

func isClosed(channel <-chan struct{}) bool {
	select {
	case <-channel:
		return true
	default:
		return false
	}
}

// The pool of a program that never stops writing finds the promoted standby by itself, and no insert that was
// acknowledged by it counts twice.
func TestFailoverOfABusyPool(t *testing.T) {
	primary, standby := pgtest.NewWithStandby(t, pgtest.Options{})
	_, err := openOn(t, primary.DSN()).Exec("create table written (writer int, number int)")
	require.NoError(t, err)
	waitForStandby(t, primary, standby)
	db := openOn(t, fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres dbname=postgres "+
		"target_session_attrs=read-write connect_timeout=2", primary.Port(), standby.Port()))
	db.SetMaxOpenConns(8)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	crashed := make(chan struct{})
	writers := make([]*writer, 8)
	var running sync.WaitGroup
	for i := range writers {
		writers[i] = &writer{id: i}
		running.Go(func() { writers[i].write(ctx, db, crashed) })
	}
	time.Sleep(100 * time.Millisecond)

	require.NoError(t, primary.Crash())
	crash := time.Now()
	close(crashed)
	promote(t, standby)
	promoted := time.Now()
	running.Wait()

	var slowest time.Time
	attempted := 0
	for _, w := range writers {
		require.False(t, w.firstAfter.IsZero(), "writer %d has not recovered: %v", w.id, w.lastError)
		attempted += w.attempted
		if w.firstAfter.After(slowest) {
			slowest = w.firstAfter
		}
	}
	t.Logf("failover: promotion took %v; all %d connections wrote again %v after its end",
		promoted.Sub(crash).Round(time.Millisecond), len(writers), slowest.Sub(promoted).Round(time.Millisecond))
	var rows, distinct int
	require.NoError(t, db.QueryRow("select count(*), count(distinct (writer, number)) from written").Scan(&rows, &distinct))
	require.Equal(t, distinct, rows, "no insert has run twice")
	require.LessOrEqual(t, rows, attempted)
	require.Equal(t, standby.Port(), portOf(t, db))
}

// A clean shutdown tells the clients, so that idle connections are found dead before anything is sent on them.
func TestFailoverOfAnIdlePool(t *testing.T) {
	for name, end := range map[string]func(*pgtest.Server) error{
		"the primary is shut down": (*pgtest.Server).Stop,
		"the primary crashes":      (*pgtest.Server).Crash,
	} {
		t.Run(name, func(t *testing.T) {
			primary, standby := pgtest.NewWithStandby(t, pgtest.Options{})
			waitForStandby(t, primary, standby)
			db := openOn(t, fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres dbname=postgres "+
				"target_session_attrs=primary", primary.Port(), standby.Port()))
			fillPool(t, db, 5)
			require.Equal(t, primary.Port(), portOf(t, db))

			require.NoError(t, end(primary))
			promote(t, standby)

			for range 10 {
				require.Equal(t, standby.Port(), portOf(t, db), "no connection of the pool shows that the primary has gone")
			}
		})
	}
}

// fillPool leaves idle connections in a pool.
func fillPool(t testing.TB, db *sql.DB, connections int) {
	t.Helper()
	db.SetMaxIdleConns(connections)
	open := make([]*sql.Conn, connections)
	for i := range open {
		open[i] = session(t, db)
		require.NoError(t, open[i].PingContext(t.Context()))
	}
	for _, conn := range open {
		require.NoError(t, conn.Close())
	}
}

// A name whose address changes is the other usual way to move a program to another server.
func TestHostNamesAreLookedUpForEachConnection(t *testing.T) {
	primary, standby := pgtest.NewWithStandby(t, pgtest.Options{})
	waitForStandby(t, primary, standby)
	config := parse(t, "host=database.example user=postgres dbname=postgres sslmode=disable")
	var mu sync.Mutex
	address, lookUps := "127.0.0.1:"+primary.Port(), 0
	config.LookupFunc = func(_ context.Context, host string) ([]string, error) {
		mu.Lock()
		defer mu.Unlock()
		if host != "database.example" {
			return nil, errors.New("another name: " + host)
		}
		lookUps++
		return []string{address}, nil
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	require.Equal(t, primary.Port(), portOf(t, db))
	require.Equal(t, 1, lookUps)

	mu.Lock()
	address = "127.0.0.1:" + standby.Port()
	mu.Unlock()
	require.NoError(t, primary.Crash())
	promote(t, standby)

	require.Equal(t, standby.Port(), portOf(t, db))
	require.Equal(t, 2, lookUps)
}

func TestPrimaryThatBecomesReadOnly(t *testing.T) {
	first, second := pgtest.NewWithStandby(t, pgtest.Options{})
	admin := openOn(t, first.DSN())
	_, err := admin.Exec("create table written (number int)")
	require.NoError(t, err)
	waitForStandby(t, first, second)
	promote(t, second)
	openBoth := func(attrs string) *sql.DB {
		db := openOn(t, fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres dbname=postgres target_session_attrs=%s",
			first.Port(), second.Port(), attrs))
		fillPool(t, db, 5)
		_, err := db.Exec("insert into written values (1)")
		require.NoError(t, err)
		return db
	}
	wantsToWrite, takesAny := openBoth("read-write"), openBoth("any")

	makeReadOnly(t, admin)

	t.Run("is left for one that can be written to", func(t *testing.T) {
		_, err := wantsToWrite.Exec("insert into written values (2)")
		require.ErrorIs(t, err, pgerr.ReadOnlySQLTransaction)
		for range 10 {
			_, err = wantsToWrite.Exec("insert into written values (3)")
			require.NoError(t, err, "one refusal is enough for all connections")
			require.Equal(t, second.Port(), portOf(t, wantsToWrite))
		}
	})
	t.Run("is kept where any server will do", func(t *testing.T) {
		for range 2 {
			_, err := takesAny.Exec("insert into written values (2)")
			require.ErrorIs(t, err, pgerr.ReadOnlySQLTransaction)
		}
		require.Equal(t, first.Port(), portOf(t, takesAny))
	})
}

// makeReadOnly makes a server refuse to write, as one does before a switch, while its sessions go on.
func makeReadOnly(t *testing.T, admin *sql.DB) {
	t.Helper()
	conn := session(t, admin)
	for _, command := range []string{"alter system set default_transaction_read_only = on", "select pg_reload_conf()"} {
		_, err := conn.ExecContext(t.Context(), command)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool {
		var readOnly bool
		err := conn.QueryRowContext(t.Context(), "select current_setting('transaction_read_only')::bool").Scan(&readOnly)
		return err == nil && readOnly
	}, 10*time.Second, 5*time.Millisecond)
}

// A transaction that the program itself has begun read-only says nothing about the server.
func TestReadOnlyTransactionKeepsTheConnection(t *testing.T) {
	db := open(t, "target_session_attrs", "read-write")
	db.SetMaxOpenConns(1)
	pid := func() (pid int) {
		require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(&pid))
		return pid
	}
	before := pid()
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	_, err = tx.Exec("create table refused (a int)")
	require.ErrorIs(t, err, pgerr.ReadOnlySQLTransaction)
	require.NoError(t, tx.Rollback())
	require.Equal(t, before, pid())
}
