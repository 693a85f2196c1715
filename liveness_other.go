//go:build !unix

package pgadapt

import "net"

// liveness is nothing on systems without MSG_DONTWAIT: there only time tells, and a ping.
type liveness struct{}

func newLiveness(net.Conn) *liveness { return nil }

func (*liveness) isQuiet() (quiet, known bool) { return false, false }
