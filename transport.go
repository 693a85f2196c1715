package pgadapt

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
)

// transport is the network connection below pgconn, counting the bytes that were handed to the network.
// The driver must know from its own side whether any part of a command can have reached the server:
// pgconn's SafeToRetry also says yes to commands whose answer was lost.
type transport struct {
	net.Conn
	sent atomic.Uint64
	// liveness is nil before the first look.
	liveness *liveness
}

func newTransport(connection net.Conn) *transport { return &transport{Conn: connection} }

// Write counts what the network accepted, also when it accepted a part only.
func (t *transport) Write(p []byte) (int, error) {
	n, err := t.Conn.Write(p)
	t.sent.Add(uint64(n))
	return n, err
}

// written gives the number of bytes sent so far.
func (t *transport) written() uint64 {
	if t == nil {
		return 0
	}
	return t.sent.Load()
}

// untouchedSince reports whether certainly nothing was sent since written gave mark.
func (t *transport) untouchedSince(mark uint64) bool {
	return t != nil && t.sent.Load() == mark
}

// isQuiet reports whether nothing has arrived on the idle connection; known is false where that cannot be told.
func (t *transport) isQuiet() (quiet, known bool) {
	if t == nil {
		return false, false
	}
	if t.liveness == nil {
		t.liveness = newLiveness(t.Conn)
	}
	return t.liveness.isQuiet()
}

// countWrites makes every connection that dial opens a transport. It wraps below TLS, since pgconn looks
// for a *tls.Conn at the top to bind the channel in SCRAM authentication.
func countWrites(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return newTransport(connection), nil
	}
}

// transportOf finds the transport below an established connection. It gives nil when an AfterNetConnect
// hook has put something of its own in between: then nothing is ever known to be unsent.
func transportOf(connection net.Conn) *transport {
	if secured, ok := connection.(*tls.Conn); ok {
		connection = secured.NetConn()
	}
	counted, _ := connection.(*transport)
	return counted
}
