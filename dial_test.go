package pgadapt_test

import (
	"database/sql"
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestUnixSocket(t *testing.T) {
	server := pgtest.Shared(t)
	if server.SocketDir() == "" {
		t.Skip("needs a server with a Unix-domain socket")
	}
	for name, connString := range map[string]string{
		"keyword/value":        fmt.Sprintf("host=%s port=%s user=postgres dbname=postgres", server.SocketDir(), server.Port()),
		"URI":                  fmt.Sprintf("postgres://postgres@/postgres?host=%s&port=%s", server.SocketDir(), server.Port()),
		"keepalives are TCP's": fmt.Sprintf("host=%s port=%s user=postgres dbname=postgres keepalives_idle=5", server.SocketDir(), server.Port()),
		"TLS is not for it":    fmt.Sprintf("host=%s port=%s user=postgres dbname=postgres sslmode=require", server.SocketDir(), server.Port()),
	} {
		t.Run(name, func(t *testing.T) {
			db := openOn(t, connString)
			var address sql.NullString
			require.NoError(t, db.QueryRow("select inet_client_addr()").Scan(&address))
			require.False(t, address.Valid)
		})
	}
}

func TestIPv6(t *testing.T) {
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here: ", err)
	}
	listener.Close()
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"listen_addresses": "127.0.0.1,::1"}})
	for _, connString := range []string{
		"postgres://postgres@[::1]:" + server.Port() + "/postgres",
		"host=::1 user=postgres port=" + server.Port(),
		"host=nowhere.invalid hostaddr=::1 user=postgres port=" + server.Port(),
	} {
		t.Run(connString, func(t *testing.T) {
			db := openOn(t, connString)
			var address string
			require.NoError(t, db.QueryRow("select host(inet_client_addr())").Scan(&address))
			require.Equal(t, "::1", address)
		})
	}
}
