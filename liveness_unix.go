//go:build unix

package pgadapt

import (
	"syscall"
)

// isQuiet looks, without waiting and without a round trip, whether anything has arrived on an idle
// connection. Nothing should have: what has is the end of the connection, the server's farewell, or a
// notification. known is false where the network does not let itself be asked.
func (t *transport) isQuiet() (quiet, known bool) {
	if t == nil {
		return false, false
	}
	direct, ok := t.Conn.(syscall.Conn)
	if !ok {
		return false, false
	}
	raw, err := direct.SyscallConn()
	if err != nil {
		return false, true
	}
	// Control, not Read: pgconn's background reader, once started by a slow write, stays inside its Read until the
	// server sends something, and holds the lock that Read waits for.
	if err := raw.Control(func(descriptor uintptr) {
		var peeked [1]byte
		_, _, err := syscall.Recvfrom(int(descriptor), peeked[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
	}); err != nil {
		return false, true
	}
	return quiet, true
}
