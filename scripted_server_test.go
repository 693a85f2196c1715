package pgadapt_test

import (
	"database/sql"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"
)

// scriptedServer plays a server that does on demand what a real one does not. It lets every client in and
// calls script for each message after that, until script gives false: then it drops the connection.
type scriptedServer struct {
	address     string
	connections atomic.Int64
	// messages counts the queries and executions received, on all connections.
	messages atomic.Int64
}

func startScriptedServer(t testing.TB, script func(*pgproto3.Backend, pgproto3.FrontendMessage) bool) *scriptedServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	server := &scriptedServer{address: listener.Addr().String()}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go server.serve(connection, script)
		}
	}()
	return server
}

func (s *scriptedServer) serve(connection net.Conn, script func(*pgproto3.Backend, pgproto3.FrontendMessage) bool) {
	defer connection.Close()
	backend := pgproto3.NewBackend(connection, connection)
	if _, err := backend.ReceiveStartupMessage(); err != nil {
		return
	}
	s.connections.Add(1)
	backend.Send(&pgproto3.AuthenticationOk{})
	backend.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
	backend.Send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{0, 0, 0, 1}})
	backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	if backend.Flush() != nil {
		return
	}
	for {
		message, err := backend.Receive()
		if err != nil {
			return
		}
		switch message.(type) {
		case *pgproto3.Query, *pgproto3.Execute:
			s.messages.Add(1)
		}
		if !script(backend, message) || backend.Flush() != nil {
			return
		}
	}
}

func (s *scriptedServer) open(t testing.TB) *sql.DB {
	t.Helper()
	// cache_describe, so that a script need not answer what the driver asks to find out about poolers.
	db, err := sql.Open("pgadapt",
		"postgres://user@"+s.address+"/db?sslmode=disable&default_query_exec_mode=cache_describe")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
