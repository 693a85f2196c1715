package replication_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
	"github.com/pgadapt/pgadapt/replication"
)

// scriptedServer plays a server whose streams do what a script says. A connection ends with its script.
type scriptedServer struct {
	address string
	streams atomic.Int64
	// moves makes each stream but the first one of another cluster.
	moves bool
}

func (s *scriptedServer) systemID() string {
	if s.moves {
		return fmt.Sprint("system ", s.streams.Load())
	}
	return "system"
}

func sendRow(backend *pgproto3.Backend, values ...string) {
	var fields []pgproto3.FieldDescription
	var row [][]byte
	for _, value := range values {
		fields = append(fields, pgproto3.FieldDescription{Name: []byte("value"), DataTypeOID: 25})
		row = append(row, []byte(value))
	}
	backend.Send(&pgproto3.RowDescription{Fields: fields})
	backend.Send(&pgproto3.DataRow{Values: row})
	backend.Send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
	backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
}

func startScriptedServer(t *testing.T, script func(stream int64, server *pgproto3.Backend)) *scriptedServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	s := &scriptedServer{address: listener.Addr().String()}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(connection, script)
		}
	}()
	return s
}

func (s *scriptedServer) serve(connection net.Conn, script func(int64, *pgproto3.Backend)) {
	defer connection.Close()
	backend := pgproto3.NewBackend(connection, connection)
	if _, err := backend.ReceiveStartupMessage(); err != nil {
		return
	}
	backend.Send(&pgproto3.AuthenticationOk{})
	backend.Send(&pgproto3.ParameterStatus{Name: "server_version", Value: "18.0"})
	backend.Send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: []byte{0, 0, 0, 1}})
	backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	for backend.Flush() == nil {
		message, err := backend.Receive()
		if err != nil {
			return
		}
		query, ok := message.(*pgproto3.Query)
		if !ok {
			return
		}
		if strings.HasPrefix(query.String, "START_REPLICATION") {
			script(s.streams.Add(1), backend)
			return
		}
		if query.String == "IDENTIFY_SYSTEM" {
			sendRow(backend, s.systemID(), "1", "0/0", "db")
			continue
		}
		sendRow(backend, "1min") // SHOW wal_sender_timeout
	}
}

// stream starts a logical stream of no particular plugin.
func (s *scriptedServer) stream(t *testing.T, options replication.StreamOptions) (*replication.Stream, error) {
	t.Helper()
	config, err := pgadapt.ParseConfig("postgres://user@" + s.address + "/db?sslmode=disable")
	require.NoError(t, err)
	session, err := replication.Connect(t.Context(), config, replication.Logical)
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close() }) // a script does not end its stream in order
	return session.StartLogical(t.Context(), replication.LogicalOptions{StreamOptions: options, Slot: "feed"})
}

func copyData(server *pgproto3.Backend, fields ...any) {
	server.Send(&pgproto3.CopyData{Data: wire(fields...)})
	_ = server.Flush()
}

func startStream(server *pgproto3.Backend) {
	server.Send(&pgproto3.CopyBothResponse{})
	_ = server.Flush()
}

func TestRepliesAndPositions(t *testing.T) {
	updates := make(chan []byte, 10)
	server := startScriptedServer(t, func(_ int64, server *pgproto3.Backend) {
		startStream(server)
		copyData(server, 'k', int64(50), second, byte(1))
		copyData(server, 'w', int64(100), int64(900), second, byte('x'))
		copyData(server, 'k', int64(500), second, byte(1))
		copyData(server, 'k', int64(600), second, byte(0))
		copyData(server, 'w', int64(700), int64(900), second, byte('y'))
		for {
			message, err := server.Receive()
			if err != nil {
				return
			}
			if data, ok := message.(*pgproto3.CopyData); ok {
				updates <- append([]byte(nil), data.Data...)
			}
		}
	})
	stream, err := server.stream(t, replication.StreamOptions{ReconnectFor: -1})
	require.NoError(t, err)
	var received []replication.Message
	for message, err := range stream.Messages(t.Context()) {
		require.NoError(t, err)
		received = append(received, message)
		if len(received) == 2 {
			break
		}
		require.NoError(t, stream.Report(replication.Positions{Written: message.End(), Flushed: message.End()}))
	}
	require.Equal(t, []byte("x"), received[0].Data)
	require.Equal(t, replication.LSN(100), received[0].WALStart)
	require.Equal(t, replication.LSN(900), received[0].ServerWALEnd)
	require.Equal(t, secondTime, received[0].SendTime)

	requireUpdate := func(written, flushed, applied int64) {
		select {
		case update := <-updates:
			require.Equal(t, wire('r', written, flushed, applied), update[:25])
			require.Len(t, update, 34)
			require.Zero(t, update[33])
		case <-time.After(patience):
			require.Fail(t, "no status update came")
		}
	}
	requireUpdate(50, 50, 50)   // nothing was delivered before
	requireUpdate(500, 500, 50) // everything delivered is flushed, but not applied
	require.Equal(t, replication.Positions{Written: 600, Flushed: 600, Applied: 50}, stream.Acknowledged())
	require.NoError(t, stream.Acknowledge(700))
	require.NoError(t, stream.SendStatusUpdate())
	requireUpdate(700, 700, 700)
}

func TestStreamThatCannotBeUnderstood(t *testing.T) {
	for _, test := range []struct {
		name   string
		fields []any
		want   string
	}{
		{"unknown type", []any{'z'}, "unknown type 'z'"},
		{"nothing", nil, "unknown type"},
		{"short message", []any{'w', int64(1)}, "too short"},
		{"short keepalive", []any{'k', int64(1), second}, "too short"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := startScriptedServer(t, func(_ int64, server *pgproto3.Backend) {
				startStream(server)
				copyData(server, test.fields...)
				_, _ = server.Receive()
			})
			stream, err := server.stream(t, replication.StreamOptions{})
			require.NoError(t, err)
			var errs []error
			for _, err := range stream.Messages(t.Context()) {
				errs = append(errs, err)
			}
			require.Len(t, errs, 1)
			require.ErrorContains(t, errs[0], test.want)
			require.Equal(t, int64(1), server.streams.Load(), "another connection would not help")
		})
	}
}

func TestServerEndsTheStream(t *testing.T) {
	refuse := func(code string) func(*pgproto3.Backend) {
		return func(server *pgproto3.Backend) {
			server.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "on purpose"})
			_ = server.Flush()
		}
	}
	for _, test := range []struct {
		name    string
		end     func(*pgproto3.Backend)
		resumes bool
	}{
		{"without a word", func(*pgproto3.Backend) {}, true},
		{"in order", func(server *pgproto3.Backend) {
			server.Send(&pgproto3.CommandComplete{CommandTag: []byte("COPY 0")})
			_ = server.Flush()
		}, true},
		{"admin_shutdown", refuse("57P01"), true},
		{"connection_failure", refuse("08006"), true},
		{"too_many_connections", refuse("53300"), true},
		{"insufficient_privilege", refuse("42501"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := startScriptedServer(t, func(stream int64, server *pgproto3.Backend) {
				startStream(server)
				if stream == 1 {
					test.end(server)
					return
				}
				copyData(server, 'w', int64(1), int64(2), second, byte('x'))
				_, _ = server.Receive()
			})
			stream, err := server.stream(t, replication.StreamOptions{})
			require.NoError(t, err)
			ctx, stop := context.WithTimeout(t.Context(), patience)
			defer stop()
			for message, err := range stream.Messages(ctx) {
				if !test.resumes {
					require.ErrorIs(t, err, pgerr.InsufficientPrivilege)
					break
				}
				require.NoError(t, err)
				require.True(t, message.Resumed)
				break
			}
		})
	}
}

func TestAnotherCluster(t *testing.T) {
	server := startScriptedServer(t, func(_ int64, server *pgproto3.Backend) { startStream(server) })
	server.moves = true
	stream, err := server.stream(t, replication.StreamOptions{})
	require.NoError(t, err)
	var errs []error
	for _, err := range stream.Messages(t.Context()) {
		errs = append(errs, err)
	}
	require.Len(t, errs, 1)
	require.ErrorContains(t, errs[0], "began in the cluster system 0, and this server is of the cluster system 1")
}

func TestStartThatIsNotAnswered(t *testing.T) {
	t.Run("with a stream", func(t *testing.T) {
		server := startScriptedServer(t, func(_ int64, server *pgproto3.Backend) {
			server.Send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 0")})
			server.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
			_ = server.Flush()
		})
		_, err := server.stream(t, replication.StreamOptions{})
		require.ErrorContains(t, err, "did not answer START_REPLICATION with a stream")
	})
	t.Run("at all", func(t *testing.T) {
		server := startScriptedServer(t, func(_ int64, server *pgproto3.Backend) { _, _ = server.Receive() })
		_, err := server.stream(t, replication.StreamOptions{ReceiveTimeout: 200 * time.Millisecond})
		require.ErrorContains(t, err, "silent")
	})
}
