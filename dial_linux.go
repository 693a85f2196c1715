package pgadapt

import (
	"errors"
	"fmt"
	"net"
	"os/user"
	"strconv"
	"syscall"
	"time"
)

const (
	hasUserTimeout = true
	hasPeerUser    = true
)

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h, which the package syscall does not have.
const tcpUserTimeout = 0x12

func setUserTimeout(socket syscall.RawConn, timeout time.Duration) error {
	var err error
	controlErr := socket.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(timeout.Milliseconds()))
	})
	if err := errors.Join(controlErr, err); err != nil {
		return fmt.Errorf("tcp_user_timeout: %w", err)
	}
	return nil
}

// peerUser gives the name of the user who runs the process at the other end of a Unix-domain socket.
func peerUser(connection net.Conn) (string, error) {
	socket, ok := connection.(syscall.Conn)
	if !ok {
		return "", fmt.Errorf("requirepeer: DialFunc has given a %T, which has no peer that could be checked", connection)
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return "", fmt.Errorf("requirepeer: %w", err)
	}
	var credentials *syscall.Ucred
	var optionErr error
	controlErr := raw.Control(func(fd uintptr) {
		credentials, optionErr = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err := errors.Join(controlErr, optionErr); err != nil {
		return "", fmt.Errorf("requirepeer: %w", err)
	}
	owner, err := user.LookupId(strconv.FormatUint(uint64(credentials.Uid), 10))
	if err != nil {
		return "", fmt.Errorf("requirepeer: %w", err)
	}
	return owner.Username, nil
}
