//go:build unix

package pgadapt

import (
	"net"
	"syscall"
)

// liveness looks, without waiting and without a round trip, whether anything has arrived on an idle connection.
// Nothing should have: what has is the end of the connection, the server's farewell, or a notification.
type liveness struct {
	raw   syscall.RawConn
	look  func(descriptor uintptr)
	quiet bool
}

// newLiveness gives nil for a network that does not let itself be looked at.
func newLiveness(connection net.Conn) *liveness {
	direct, ok := connection.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := direct.SyscallConn()
	if err != nil {
		return nil
	}
	l := &liveness{raw: raw}
	l.look = func(descriptor uintptr) {
		var peeked [1]byte
		_, _, err := syscall.Recvfrom(int(descriptor), peeked[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		l.quiet = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
	}
	return l
}

// isQuiet reports whether nothing has arrived; known is false where there is no looking.
func (l *liveness) isQuiet() (quiet, known bool) {
	if l == nil {
		return false, false
	}
	// Control, not Read: pgconn's background reader, once started by a slow write, stays inside its Read until the
	// server sends something, and holds the lock that Read waits for.
	if err := l.raw.Control(l.look); err != nil {
		return false, true
	}
	return l.quiet, true
}
