//go:build !linux

package pgadapt

import (
	"errors"
	"net"
	"syscall"
	"time"
)

const (
	hasUserTimeout = false
	hasPeerUser    = false
)

func setUserTimeout(syscall.RawConn, time.Duration) error { return errors.ErrUnsupported }

func peerUser(net.Conn) (string, error) { return "", errors.ErrUnsupported }
