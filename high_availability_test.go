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
	id        int
	attempted int
	lastError error
	// firstAfter is when the first insert was acknowledged that began after the crash.
	firstAfter time.Time
}

// write goes on until an insert that began after the crash was acknowledged.
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

// hostNames answers look-ups, as a name server does whose answer for a name is changed at some time.
type hostNames struct {
	mu      sync.Mutex
	address string
	lookUps int
}

func (n *hostNames) lookUp(_ context.Context, host string) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if host != "database.example" {
		return nil, errors.New("another name: " + host)
	}
	n.lookUps++
	return []string{n.address}, nil
}

func (n *hostNames) change(address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.address = address
}

// The primary crashes and the standby is promoted, under three pools: a busy one and an idle one that know both hosts,
// and an idle one that knows a name, whose address changes. All go on by themselves.
func TestFailover(t *testing.T) {
	primary, standby := pgtest.NewWithStandby(t, pgtest.Options{})
	_, err := openOn(t, primary.DSN()).Exec("create table written (writer int, number int)")
	require.NoError(t, err)
	waitForStandby(t, primary, standby)
	hosts := fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres dbname=postgres connect_timeout=2 ",
		primary.Port(), standby.Port())
	busy, idle := openOn(t, hosts+"target_session_attrs=read-write"), openOn(t, hosts+"target_session_attrs=primary")
	names := &hostNames{address: "127.0.0.1:" + primary.Port()}
	config := parse(t, "host=database.example user=postgres dbname=postgres sslmode=disable")
	config.LookupFunc = names.lookUp
	named := sql.OpenDB(pgadapt.NewConnector(config))
	defer named.Close()
	fillPool(t, idle, 5)
	fillPool(t, named, 5)
	require.Equal(t, primary.Port(), portOf(t, idle))
	require.Equal(t, primary.Port(), portOf(t, named))
	require.Equal(t, 5, names.lookUps, "one for each connection")

	writers := writeThroughFailover(t, busy, func() {
		require.NoError(t, primary.Crash())
		names.change("127.0.0.1:" + standby.Port())
	}, func() { promote(t, standby) })

	t.Run("no insert of the busy pool has run twice", func(t *testing.T) {
		var rows, distinct int
		require.NoError(t, busy.QueryRow("select count(*), count(distinct (writer, number)) from written").Scan(&rows, &distinct))
		require.Equal(t, distinct, rows)
		attempted := 0
		for _, w := range writers {
			attempted += w.attempted
		}
		require.LessOrEqual(t, rows, attempted)
	})
	t.Run("idle connections to the old primary are not used", func(t *testing.T) {
		for range 10 {
			require.Equal(t, standby.Port(), portOf(t, idle))
		}
	})
	t.Run("the name is looked up again", func(t *testing.T) {
		for range 10 {
			require.Equal(t, standby.Port(), portOf(t, named))
		}
		require.Equal(t, 6, names.lookUps)
	})
}

// writeThroughFailover has eight writers write while crash ends the primary and promote makes the standby the new one,
// and until each of them writes again. It tells how long that took.
func writeThroughFailover(t *testing.T, db *sql.DB, crash, promote func()) []*writer {
	t.Helper()
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
	crash()
	start := time.Now()
	close(crashed)
	promote()
	promoted := time.Now()
	running.Wait()
	var last time.Time
	for _, w := range writers {
		require.False(t, w.firstAfter.IsZero(), "writer %d has not recovered: %v", w.id, w.lastError)
		if w.firstAfter.After(last) {
			last = w.firstAfter
		}
	}
	t.Logf("failover: promotion took %v; all %d connections wrote again %v after its end",
		promoted.Sub(start).Round(time.Millisecond), len(writers), last.Sub(promoted).Round(time.Millisecond))
	return writers
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
