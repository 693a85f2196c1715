package pgadapt

import (
	"context"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// networkSettings are the keywords about TCP.
type networkSettings struct {
	withoutKeepAlives bool
	keepAlives        net.KeepAliveConfig
	userTimeout       time.Duration
}

// dialer gives a dialer with the settings. Where none is given, keepalives are those of Go's net package.
func (n networkSettings) dialer() *net.Dialer {
	dialer := &net.Dialer{KeepAliveConfig: n.keepAlives}
	dialer.KeepAliveConfig.Enable = !n.withoutKeepAlives
	if n.withoutKeepAlives {
		dialer.KeepAlive = -1
	}
	if n.userTimeout > 0 {
		dialer.Control = func(network, _ string, socket syscall.RawConn) error {
			if !strings.HasPrefix(network, "tcp") {
				return nil
			}
			return setUserTimeout(socket, n.userTimeout)
		}
	}
	return dialer
}

func applyKeepAlives(config *Config, value string) error {
	number, err := parseWholeNumber(value)
	config.resolved.network.withoutKeepAlives = number == 0
	return err
}

func applyKeepAliveIdle(config *Config, value string) error {
	seconds, err := parseKeepAlive(value)
	config.resolved.network.keepAlives.Idle = time.Duration(seconds) * time.Second
	return err
}

func applyKeepAliveInterval(config *Config, value string) error {
	seconds, err := parseKeepAlive(value)
	config.resolved.network.keepAlives.Interval = time.Duration(seconds) * time.Second
	return err
}

func applyKeepAliveCount(config *Config, value string) error {
	count, err := parseKeepAlive(value)
	config.resolved.network.keepAlives.Count = count
	return err
}

// parseKeepAlive reads a setting in which 0 and less mean the system's default, and gives net.KeepAliveConfig's
// value for that, -1.
func parseKeepAlive(value string) (int, error) {
	number, err := parseWholeNumber(value)
	if number <= 0 {
		return -1, err
	}
	return number, err
}

func applyUserTimeout(config *Config, value string) error {
	milliseconds, err := parseWholeNumber(value)
	if err != nil || milliseconds <= 0 {
		return err
	}
	if !hasUserTimeout {
		return fmt.Errorf("this operating system has no TCP_USER_TIMEOUT: leave it out")
	}
	config.resolved.network.userTimeout = time.Duration(milliseconds) * time.Millisecond
	return nil
}

func applyRequirePeer(config *Config, value string) error {
	if value != "" && !hasPeerUser {
		return fmt.Errorf("the user at the other end of a socket is not known on this operating system: leave it out")
	}
	config.resolved.requirePeer = value
	return nil
}

// checkPeer makes dial look who owns the server at the other end of a Unix-domain socket, before anything is
// sent to it.
func (c *Config) checkPeer(dial pgconn.DialFunc) pgconn.DialFunc {
	if c.resolved == nil || c.resolved.requirePeer == "" {
		return dial
	}
	wanted := c.resolved.requirePeer
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := dial(ctx, network, address)
		if err != nil || network != "unix" {
			return connection, err
		}
		owner, err := peerUser(connection)
		if err == nil && owner != wanted {
			err = fmt.Errorf("requirepeer: the server at %s runs as %q, not as %q", address, owner, wanted)
		}
		if err != nil {
			_ = connection.Close()
			return nil, err
		}
		return connection, nil
	}
}

// dialAbstract makes dial understand pgconn's address of a host that starts with @, an abstract socket, for which
// pgconn takes it as a name.
func dialAbstract(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasPrefix(address, "@") || network == "unix" {
			return dial(ctx, network, address)
		}
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return dial(ctx, "unix", host+"/.s.PGSQL."+port)
	}
}
