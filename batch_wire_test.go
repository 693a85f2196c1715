package pgadapt_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// sentMessages counts the messages of each type that a client sends after its first.
type sentMessages struct {
	mutex   sync.Mutex
	pending []byte
	started bool
	counts  map[byte]int
}

// roundTrips gives the number of messages that the server answers at once, and forgets what was counted.
func (s *sentMessages) roundTrips() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	trips := s.counts['S'] + s.counts['Q'] + s.counts['H']
	clear(s.counts)
	return trips
}

func (s *sentMessages) add(data []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.pending = append(s.pending, data...)
	for {
		typeSize := 1
		if !s.started {
			typeSize = 0 // the startup message has no type
		}
		if len(s.pending) < typeSize+4 {
			return
		}
		length := typeSize + int(binary.BigEndian.Uint32(s.pending[typeSize:]))
		if len(s.pending) < length {
			return
		}
		if s.started {
			s.counts[s.pending[0]]++
		}
		s.started, s.pending = true, s.pending[length:]
	}
}

// watchedConn tells what is written to a connection.
type watchedConn struct {
	net.Conn
	sent *sentMessages
}

func (c watchedConn) Write(data []byte) (int, error) {
	c.sent.add(data)
	return c.Conn.Write(data)
}

func TestBatchTakesOneRoundTrip(t *testing.T) {
	sent := &sentMessages{counts: map[byte]int{}}
	config, err := pgadapt.ParseConfig(dsnWith(t, "sslmode", "disable"))
	require.NoError(t, err)
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := dial(ctx, network, address)
		return watchedConn{connection, sent}, err
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	conn, requireRows := batchSession(t, db)
	sent.roundTrips()

	for range 2 {
		_, err = conn.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(countedRows(1_000, nil)))
		require.NoError(t, err)
		require.LessOrEqual(t, sent.roundTrips(), 2, "the statement is described first")
		requireRows(1_000)
		_, err = conn.ExecContext(t.Context(), "truncate t")
		require.NoError(t, err)
		sent.roundTrips()
	}

	_, err = conn.ExecContext(t.Context(), insertIntoT, pgadapt.Batch(countedRows(50_000, nil)))
	require.NoError(t, err)
	require.Equal(t, 1, sent.roundTrips(), "the statement is known")
	requireRows(50_000)

	_, err = conn.ExecContext(t.Context(), "truncate t")
	require.NoError(t, err)
	sent.roundTrips()
	_, err = conn.ExecContext(t.Context(), "insert into t values $1", pgadapt.Values(countedRows(50_000, nil)))
	require.NoError(t, err)
	require.LessOrEqual(t, sent.roundTrips(), 2)
}

// lossyServer describes any statement as one with two text parameters, and drops the connection at the execution
// with that number.
func lossyServer(t *testing.T, lostAt int) *scriptedServer {
	executions := 0
	return startScriptedServer(t, func(backend *pgproto3.Backend, message pgproto3.FrontendMessage) bool {
		switch message.(type) {
		case *pgproto3.Parse:
			backend.Send(&pgproto3.ParseComplete{})
		case *pgproto3.Describe:
			backend.Send(&pgproto3.ParameterDescription{ParameterOIDs: []uint32{25, 25}})
			backend.Send(&pgproto3.NoData{})
		case *pgproto3.Bind:
			backend.Send(&pgproto3.BindComplete{})
		case *pgproto3.Execute:
			executions++
			if executions == lostAt {
				return false
			}
			backend.Send(&pgproto3.CommandComplete{CommandTag: []byte("INSERT 0 1")})
		case *pgproto3.Sync:
			backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		}
		return true
	})
}

func TestBatchIsNeverSentAgain(t *testing.T) {
	for name, lostAt := range map[string]int{"at the first row": 1, "in the middle": 500, "at the last row": 1_000} {
		t.Run(name, func(t *testing.T) {
			server := lossyServer(t, lostAt)
			db := server.open(t)
			rows := 0
			_, err := db.Exec(insertIntoT, pgadapt.Batch(func(yield func([]any, error) bool) {
				for range 1_000 {
					rows++
					if !yield([]any{"a", "b"}, nil) {
						return
					}
				}
			}))
			require.ErrorContains(t, err, "the connection was lost")
			_, ofARow := errors.AsType[*pgadapt.BatchError](err)
			require.False(t, ofARow)
			require.LessOrEqual(t, rows, 1_000, "the sequence is read once")
			require.EqualValues(t, lostAt, server.messages.Load())
		})
	}
}
