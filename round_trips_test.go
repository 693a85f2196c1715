package pgadapt_test

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// roundTrips counts how often the conversation through a proxy turns: a round trip begins when the client speaks first,
// or after the server has spoken.
type roundTrips struct {
	mutex     sync.Mutex
	count     int
	askedLast bool
}

func (r *roundTrips) clientSpeaks() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !r.askedLast {
		r.count++
	}
	r.askedLast = true
}

func (r *roundTrips) serverSpeaks() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.askedLast = false
}

// during gives the number of round trips that do makes.
func (r *roundTrips) during(do func()) int {
	r.mutex.Lock()
	before := r.count
	r.mutex.Unlock()
	do()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.count - before
}

// speaker reports what is read before it is passed on.
type speaker struct {
	io.Reader
	speaks func()
}

func (s speaker) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if n > 0 {
		s.speaks()
	}
	return n, err
}

// openCounted gives a pool of one connection through a proxy that counts its round trips. The pool has met the server:
// it knows that there is no pooler.
func openCounted(t *testing.T, parameters ...string) (*sql.DB, *roundTrips) {
	t.Helper()
	target, err := url.Parse(dsnWith(t, append(parameters, "sslmode", "disable")...))
	require.NoError(t, err)
	counter := &roundTrips{}
	server := target.Host
	target.Host = startProxy(t, server, counter)
	db, err := sql.Open(pgadapt.DriverName, target.String())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1)
	requireWorking(t, db)
	return db, counter
}

// startProxy gives the address of a proxy to the server.
func startProxy(t *testing.T, server string, counter *roundTrips) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go relay(client, server, counter)
		}
	}()
	return listener.Addr().String()
}

func relay(client net.Conn, address string, counter *roundTrips) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer client.Close()
		defer server.Close()
		_, _ = io.Copy(client, speaker{server, counter.serverSpeaks})
	}()
	_, _ = io.Copy(server, speaker{client, counter.clientSpeaks})
}

const echo = "select $1::int8"

func queryEcho(t *testing.T, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) {
	t.Helper()
	var value int64
	require.NoError(t, db.QueryRowContext(t.Context(), echo, 42).Scan(&value))
	require.EqualValues(t, 42, value)
}

func inTransaction(t *testing.T, db *sql.DB, do func(tx *sql.Tx)) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback()
	do(tx)
	require.NoError(t, tx.Commit())
}

func TestRoundTrips(t *testing.T) {
	echoInTransaction := func(t *testing.T, db *sql.DB) {
		inTransaction(t, db, func(tx *sql.Tx) { queryEcho(t, tx) })
	}
	for name, test := range map[string]struct {
		parameters []string
		firstUse   bool
		do         func(t *testing.T, db *sql.DB)
		want       int
	}{
		"cached query": {do: func(t *testing.T, db *sql.DB) { queryEcho(t, db) }, want: 1},
		"first use":    {firstUse: true, do: func(t *testing.T, db *sql.DB) { queryEcho(t, db) }, want: 2},
		"cached description": {
			parameters: []string{"default_query_exec_mode", "cache_describe"},
			do:         func(t *testing.T, db *sql.DB) { queryEcho(t, db) }, want: 1,
		},
		"mode exec": {
			parameters: []string{"default_query_exec_mode", "exec"}, firstUse: true,
			do: func(t *testing.T, db *sql.DB) { queryEcho(t, db) }, want: 1,
		},
		"simple protocol": {
			parameters: []string{"default_query_exec_mode", "simple_protocol"}, firstUse: true,
			do: func(t *testing.T, db *sql.DB) { queryEcho(t, db) }, want: 1,
		},
		"prepared statement, then two uses": {firstUse: true, do: func(t *testing.T, db *sql.DB) {
			stmt, err := db.PrepareContext(t.Context(), echo)
			require.NoError(t, err)
			defer stmt.Close()
			var value int64
			require.NoError(t, stmt.QueryRow(1).Scan(&value))
			require.NoError(t, stmt.QueryRow(2).Scan(&value))
		}, want: 3},
		"two statements at once": {firstUse: true, do: func(t *testing.T, db *sql.DB) {
			_, err := db.ExecContext(t.Context(), "set local geqo = off; set local geqo = on")
			require.NoError(t, err)
		}, want: 1},
		"transaction of one statement": {do: echoInTransaction, want: 3},
		"transaction of one statement, lazily begun": {
			parameters: []string{"lazy_begin", "true"}, do: echoInTransaction, want: 2,
		},
		"transaction of a new statement, lazily begun": {
			parameters: []string{"lazy_begin", "true"}, firstUse: true, do: echoInTransaction, want: 3,
		},
		"empty transaction, lazily begun": {
			parameters: []string{"lazy_begin", "true"},
			do:         func(t *testing.T, db *sql.DB) { inTransaction(t, db, func(*sql.Tx) {}) }, want: 0,
		},
		"ping": {do: func(t *testing.T, db *sql.DB) { require.NoError(t, db.PingContext(t.Context())) }, want: 1},
		"hand-out of the pool": {do: func(t *testing.T, db *sql.DB) {
			conn, err := db.Conn(t.Context())
			require.NoError(t, err)
			require.NoError(t, conn.Close())
		}, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			db, counter := openCounted(t, test.parameters...)
			if !test.firstUse {
				queryEcho(t, db)
			}
			require.Equal(t, test.want, counter.during(func() { test.do(t, db) }))
		})
	}
}
