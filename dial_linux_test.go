package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os/user"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestAbstractSocket(t *testing.T) {
	server := pgtest.Shared(t)
	if server.SocketDir() == "" {
		t.Skip("needs a server that pgtest has started on this machine")
	}
	name := fmt.Sprintf("@pgadapt-%d", syscall.Getpid())
	forward(t, name+"/.s.PGSQL.6543", server.Host()+":"+server.Port())
	db := openOn(t, "host="+name+" port=6543 user=postgres dbname=postgres sslmode=require")
	conn := session(t, db)
	before := backendPID(t, conn)
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	_, err := conn.ExecContext(ctx, "select pg_sleep(30)")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, before, backendPID(t, conn), "the CancelRequest has to find the socket too")
}

// forward listens on a socket and passes everything on to a server.
func forward(t testing.TB, socket, server string) {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", server)
			if err != nil {
				from.Close()
				continue
			}
			go pipe(from, to)
			go pipe(to, from)
		}
	}()
}

func pipe(from, to net.Conn) {
	defer to.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

func TestRequirePeer(t *testing.T) {
	server := pgtest.Shared(t)
	if server.SocketDir() == "" {
		t.Skip("needs a server with a Unix-domain socket")
	}
	base := fmt.Sprintf("host=%s port=%s user=postgres dbname=postgres ", server.SocketDir(), server.Port())
	owner := ownerOf(t, server.SocketDir())

	requireWorking(t, openOn(t, base+"requirepeer="+owner))

	err := openOn(t, base+"requirepeer=somebody").Ping()
	require.ErrorContains(t, err, fmt.Sprintf("runs as %q, not as %q", owner, "somebody"))

	config := parse(t, base+"requirepeer="+owner)
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := dial(ctx, network, address)
		return struct{ net.Conn }{connection}, err
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	require.ErrorContains(t, db.Ping(), "requirepeer", "a check that is not possible is not passed")
}

func ownerOf(t testing.TB, path string) string {
	t.Helper()
	var status syscall.Stat_t
	require.NoError(t, syscall.Stat(path, &status))
	owner, err := user.LookupId(fmt.Sprint(status.Uid))
	require.NoError(t, err)
	return owner.Username
}

func TestSocketOptions(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	const userTimeout = 0x12
	for connString, want := range map[string]map[int]int{
		"":             {syscall.SO_KEEPALIVE: 1, syscall.TCP_KEEPIDLE: 15, syscall.TCP_KEEPINTVL: 15, syscall.TCP_KEEPCNT: 9, userTimeout: 0},
		"keepalives=0": {syscall.SO_KEEPALIVE: 0},
		"keepalives_idle=77 keepalives_interval=7 keepalives_count=3": {
			syscall.SO_KEEPALIVE: 1, syscall.TCP_KEEPIDLE: 77, syscall.TCP_KEEPINTVL: 7, syscall.TCP_KEEPCNT: 3},
		"keepalives=1 keepalives_idle=0 tcp_user_timeout=1234": {
			syscall.SO_KEEPALIVE: 1, syscall.TCP_KEEPIDLE: systemIdle(t, listener.Addr()), userTimeout: 1234},
		"tcp_user_timeout=-1": {userTimeout: 0},
	} {
		t.Run(connString, func(t *testing.T) {
			connection, err := parse(t, connString).DialFunc(t.Context(), "tcp", listener.Addr().String())
			require.NoError(t, err)
			defer connection.Close()
			for option, value := range want {
				require.Equal(t, value, socketOption(t, connection, option), option)
			}
		})
	}
}

// systemIdle asks for the system's default time before the first keepalive.
func systemIdle(t testing.TB, address net.Addr) int {
	t.Helper()
	connection, err := (&net.Dialer{KeepAlive: -1}).Dial("tcp", address.String())
	require.NoError(t, err)
	defer connection.Close()
	return socketOption(t, connection, syscall.TCP_KEEPIDLE)
}

func socketOption(t testing.TB, connection net.Conn, option int) (value int) {
	t.Helper()
	raw, err := connection.(*net.TCPConn).SyscallConn()
	require.NoError(t, err)
	level := syscall.IPPROTO_TCP
	if option == syscall.SO_KEEPALIVE {
		level = syscall.SOL_SOCKET
	}
	var optionErr error
	err = raw.Control(func(fd uintptr) { value, optionErr = syscall.GetsockoptInt(int(fd), level, option) })
	require.NoError(t, errors.Join(err, optionErr))
	return value
}
