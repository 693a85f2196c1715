package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// startGuardedServer plays a server that lets in whom guard does, and then answers to empty queries.
func startGuardedServer(t *testing.T, guard func(*pgproto3.Backend) bool) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go letIn(connection, guard)
		}
	}()
	_, port, err = net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

func letIn(connection net.Conn, guard func(*pgproto3.Backend) bool) {
	defer connection.Close()
	backend := pgproto3.NewBackend(connection, connection)
	if _, err := backend.ReceiveStartupMessage(); err != nil || !guard(backend) {
		return
	}
	backend.Send(&pgproto3.AuthenticationOk{})
	backend.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
	backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	for backend.Flush() == nil {
		message, err := backend.Receive()
		if err != nil {
			return
		}
		if _, ok := message.(*pgproto3.Query); ok {
			backend.Send(&pgproto3.EmptyQueryResponse{})
			backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		}
	}
}

// bearing gives a guard that wants a token (RFC 7628).
func bearing(token string) func(*pgproto3.Backend) bool {
	return func(backend *pgproto3.Backend) bool {
		backend.Send(&pgproto3.AuthenticationSASL{AuthMechanisms: []string{"OAUTHBEARER"}})
		if backend.Flush() != nil || backend.SetAuthType(pgproto3.AuthTypeSASL) != nil {
			return false
		}
		answer, err := backend.Receive()
		initial, ok := answer.(*pgproto3.SASLInitialResponse)
		if err != nil || !ok {
			return false
		}
		if string(initial.Data) == "n,,\x01auth=Bearer "+token+"\x01\x01" {
			return true
		}
		backend.Send(&pgproto3.AuthenticationSASLContinue{Data: []byte(`{"status":"invalid_token"}`)})
		_ = backend.Flush()
		return false
	}
}

func TestOAuthToken(t *testing.T) {
	port := startGuardedServer(t, bearing("valid"))
	for name, c := range map[string]struct {
		provider func(context.Context) (string, error)
		fails    string
	}{
		"right token": {provider: func(context.Context) (string, error) { return "valid", nil }},
		"wrong token": {
			provider: func(context.Context) (string, error) { return "canary", nil }, fails: "invalid_token",
		},
		"no token": {
			provider: func(context.Context) (string, error) { return "", errors.New("the issuer is away") },
			fails:    "the issuer is away",
		},
		"nobody gives one": {fails: "set Config.OAuthTokenProvider"},
	} {
		t.Run(name, func(t *testing.T) {
			config := parse(t, "host=127.0.0.1 user=joe dbname=app sslmode=disable port="+port)
			config.OAuthTokenProvider = c.provider
			db := sql.OpenDB(pgadapt.NewConnector(config))
			defer db.Close()
			err := db.Ping()
			if c.fails == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.fails)
			require.NotContains(t, fmt.Sprintf("%+v", err), "canary")
		})
	}
}

// A token is asked for anew for each connection, and by whatever host is tried.
func TestOAuthTokenOfEachConnection(t *testing.T) {
	port := startGuardedServer(t, bearing("valid"))
	var asked atomic.Int32
	config := parse(t, "host=127.0.0.1,127.0.0.1 port=1,"+port+" user=joe dbname=app sslmode=disable")
	config.OAuthTokenProvider = func(context.Context) (string, error) {
		asked.Add(1)
		return "valid", nil
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	db.SetMaxIdleConns(-1) // each use takes another connection
	for range 3 {
		require.NoError(t, db.Ping())
	}
	require.EqualValues(t, 3, asked.Load())
}

// kerberos is a GSSAPI that hands out what the test expects.
type kerberos struct{}

func (kerberos) GetInitToken(host, service string) ([]byte, error) {
	return []byte("ticket for " + service + " on " + host), nil
}

func (kerberos) GetInitTokenFromSPN(spn string) ([]byte, error) {
	return []byte("ticket for " + spn), nil
}

func (kerberos) Continue(challenge []byte) (done bool, answer []byte, err error) {
	return string(challenge) == "welcome", nil, nil
}

func TestKerberosOfARegisteredProvider(t *testing.T) {
	pgconn.RegisterGSSProvider(func() (pgconn.GSS, error) { return kerberos{}, nil })
	t.Cleanup(func() { pgconn.RegisterGSSProvider(nil) })
	var ticket atomic.Value
	port := startGuardedServer(t, func(backend *pgproto3.Backend) bool {
		backend.Send(&pgproto3.AuthenticationGSS{})
		if backend.Flush() != nil || backend.SetAuthType(pgproto3.AuthTypeGSS) != nil {
			return false
		}
		message, err := backend.Receive()
		answer, ok := message.(*pgproto3.GSSResponse)
		if err != nil || !ok {
			return false
		}
		ticket.Store(string(answer.Data))
		backend.Send(&pgproto3.AuthenticationGSSContinue{Data: []byte("welcome")})
		return backend.Flush() == nil
	})
	for name, c := range map[string]struct{ settings, want string }{
		"name of the host":      {"", "ticket for postgres on 127.0.0.1"},
		"krbsrvname":            {" krbsrvname=pg", "ticket for pg on 127.0.0.1"},
		"service principal":     {" krbspn=pg/db.example", "ticket for pg/db.example"},
		"host behind another":   {" host=127.0.0.2,127.0.0.1 port=1," + port, "ticket for postgres on 127.0.0.1"},
		"require_auth is heard": {" require_auth=gss", "ticket for postgres on 127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			db := openOn(t, "host=127.0.0.1 user=joe dbname=app sslmode=disable port="+port+c.settings)
			require.NoError(t, db.Ping())
			require.Equal(t, c.want, ticket.Load())
		})
	}
}

// SASL does not tell the password, not even to a server that only says it is one.
func TestPasswordIsNotGivenWhereAnotherWayIsRequired(t *testing.T) {
	var told atomic.Bool
	port := startGuardedServer(t, func(backend *pgproto3.Backend) bool {
		backend.Send(&pgproto3.AuthenticationCleartextPassword{})
		if backend.Flush() != nil || backend.SetAuthType(pgproto3.AuthTypeCleartextPassword) != nil {
			return false
		}
		message, _ := backend.Receive()
		_, password := message.(*pgproto3.PasswordMessage)
		told.Store(password)
		return false
	})
	db := openOn(t, "host=127.0.0.1 user=joe password=canary dbname=app sslmode=disable require_auth=scram-sha-256 port="+port)
	require.ErrorContains(t, db.Ping(), "require_auth")
	require.False(t, told.Load())
}
