package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// openOn gives a pool for a connection string that is not the shared server's.
func openOn(t testing.TB, connString string) *sql.DB {
	t.Helper()
	db := sql.OpenDB(pgadapt.NewConnector(parse(t, connString)))
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// portOf tells which server a pool has reached.
func portOf(t testing.TB, db *sql.DB) (port string) {
	t.Helper()
	require.NoError(t, db.QueryRow("select current_setting('port')").Scan(&port))
	return port
}

// unusedPort gives a port where nobody listens.
func unusedPort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

func TestTargetSessionAttrs(t *testing.T) {
	primary, standby := pgtest.NewWithStandby(t, pgtest.Options{})
	first, second := primary.Port(), standby.Port()
	const refused = "refused"
	for _, test := range []struct{ attrs, ports, want string }{
		{"any", first + "," + second, first},
		{"any", second + "," + first, second},
		{"read-write", second + "," + first, first},
		{"read-write", second, refused},
		{"read-only", first + "," + second, second},
		{"read-only", first, refused},
		{"primary", second + "," + first, first},
		{"primary", second, refused},
		{"standby", first + "," + second, second},
		{"standby", first, refused},
		{"prefer-standby", first + "," + second, second},
		{"prefer-standby", second + "," + first, second},
		{"prefer-standby", first, first},
		{"prefer-standby", unusedPort(t) + "," + first, first},
	} {
		name := strings.NewReplacer(first, "primary", second, "standby").Replace(test.attrs + " of " + test.ports)
		for _, sslmode := range []string{"disable", "prefer"} {
			t.Run(name+" sslmode "+sslmode, func(t *testing.T) {
				hosts := strings.Repeat(",127.0.0.1", strings.Count(test.ports, ",")+1)[1:]
				db := openOn(t, fmt.Sprintf("host=%s port=%s user=postgres dbname=postgres sslmode=%s target_session_attrs=%s",
					hosts, test.ports, sslmode, test.attrs))
				if test.want == refused {
					require.Error(t, db.Ping())
					return
				}
				require.Equal(t, test.want, portOf(t, db))
			})
		}
	}
	t.Run("load_balance_hosts", func(t *testing.T) {
		db := openOn(t, fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres dbname=postgres sslmode=disable "+
			"load_balance_hosts=random", first, second))
		requireBoth(t, db, first, second)
		attrs := openOn(t, fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres dbname=postgres sslmode=disable "+
			"load_balance_hosts=random target_session_attrs=standby", first, second))
		attrs.SetMaxIdleConns(0)
		for range 8 {
			require.Equal(t, second, portOf(t, attrs))
		}
	})
	t.Run("the addresses of one name are balanced", func(t *testing.T) {
		config := parse(t, "host=cluster user=postgres dbname=postgres sslmode=disable load_balance_hosts=random")
		config.LookupFunc = func(context.Context, string) ([]string, error) {
			return []string{"127.0.0.1:" + first, "127.0.0.1:" + second}, nil
		}
		db := sql.OpenDB(pgadapt.NewConnector(config))
		defer db.Close()
		requireBoth(t, db, first, second)
	})
}

// requireBoth makes new connections until both servers have been met. The chance that it fails is 2^-99.
func requireBoth(t testing.TB, db *sql.DB, first, second string) {
	t.Helper()
	db.SetMaxIdleConns(0)
	met := map[string]bool{}
	for range 100 {
		met[portOf(t, db)] = true
		if len(met) == 2 {
			break
		}
	}
	require.Equal(t, map[string]bool{first: true, second: true}, met)
}

func TestSeveralHosts(t *testing.T) {
	server := pgtest.Shared(t)
	if server.Host() != "127.0.0.1" {
		t.Skip("needs a server that pgtest has started on this machine")
	}
	port, unused := server.Port(), unusedPort(t)
	for name, connString := range map[string]string{
		"first does not listen":  "host=127.0.0.1,127.0.0.1 port=" + unused + "," + port,
		"first does not exist":   "host=nowhere.invalid,127.0.0.1 port=" + port,
		"first has no socket":    "host=/nonexistent,127.0.0.1 port=" + port,
		"hostaddr":               "host=nowhere.invalid hostaddr=127.0.0.1 port=" + port,
		"hostaddr alone":         "hostaddr=127.0.0.1 port=" + port,
		"hostaddr of the second": "host=127.0.0.1,nowhere.invalid hostaddr=,127.0.0.1 port=" + unused + "," + port,
		"one name, two hostaddr": "host=nowhere.invalid,nowhere.invalid hostaddr=127.0.0.2,127.0.0.1 port=" + port,
	} {
		for _, sslmode := range []string{"disable", "prefer", "allow"} {
			t.Run(name+" sslmode "+sslmode, func(t *testing.T) {
				db := openOn(t, connString+" user=postgres dbname=postgres connect_timeout=5 sslmode="+sslmode)
				require.Equal(t, port, portOf(t, db))
			})
		}
	}
}

func TestEveryFailureIsReportedOnce(t *testing.T) {
	port := unusedPort(t)
	db := openOn(t, "host=127.0.0.1,nowhere.invalid port="+port+" user=joe dbname=app sslmode=prefer")

	err := db.Ping()

	require.ErrorContains(t, err, `cannot connect as user "joe" to database "app"`)
	require.Equal(t, 1, strings.Count(err.Error(), "127.0.0.1:"+port+" "), "TLS and plain fail alike: %v", err)
	require.ErrorContains(t, err, "nowhere.invalid")
	var network *net.OpError
	require.ErrorAs(t, err, &network)
}

func TestWrongPasswordEndsTheSearch(t *testing.T) {
	hba := pgtest.ServerFile(t, "pg_hba.conf", "host all postgres all trust\nhost all all all scram-sha-256\n")
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"hba_file": hba}})
	_, err := openOn(t, server.DSN()).Exec("create role joe login password 'right'")
	require.NoError(t, err)
	dials := 0
	config := parse(t, fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s user=joe password=wrong dbname=postgres", server.Port()))
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return dial(ctx, network, address)
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()

	var refused *pgconn.PgError
	require.ErrorAs(t, db.Ping(), &refused)

	require.Equal(t, "28P01", refused.Code)
	require.Equal(t, 2, dials, "TLS, which the server has not, and plain")
}

func TestPassfileOfSeveralHosts(t *testing.T) {
	home := withoutEnvironment(t)
	hba := pgtest.ServerFile(t, "pg_hba.conf", "local all all trust\nhost all postgres all trust\nhost all all all scram-sha-256\n")
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"hba_file": hba}})
	for _, sql := range []string{"create role joe login password 'right'", "create database joe"} {
		_, err := openOn(t, server.DSN()).Exec(sql)
		require.NoError(t, err)
	}
	unused := unusedPort(t)
	passfile := writeFile(t, home, "passfile", fmt.Sprintf(
		"127.0.0.1:%s:*:joe:wrong\n# comment\n127.0.0.1:%s:joe:joe:right\nnamed:*:*:joe:right\n", unused, server.Port()))
	for name, connString := range map[string]string{
		"second host":       "host=127.0.0.1,127.0.0.1 port=" + unused + "," + server.Port(),
		"named by host":     "host=named hostaddr=127.0.0.1 port=" + server.Port(),
		"database by user":  "host=127.0.0.1 port=" + server.Port(),
		"password is given": "host=named hostaddr=127.0.0.1 password=right port=" + server.Port(),
	} {
		t.Run(name, func(t *testing.T) {
			db := openOn(t, connString+" user=joe sslmode=disable passfile="+passfile)
			require.Equal(t, server.Port(), portOf(t, db))
		})
	}
	t.Run("a password of BeforeConnect wins", func(t *testing.T) {
		config := parse(t, "host=127.0.0.1 port="+server.Port()+" user=joe sslmode=disable passfile="+passfile)
		config.BeforeConnect = func(_ context.Context, settings *pgconn.Config) error {
			settings.Password = "another"
			return nil
		}
		db := sql.OpenDB(pgadapt.NewConnector(config))
		defer db.Close()
		require.ErrorContains(t, db.Ping(), "28P01")
	})
}

// silentListener accepts connections and says nothing.
func silentListener(t testing.TB) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var mu sync.Mutex
	var open []net.Conn
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, connection)
			mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, connection := range open {
			connection.Close()
		}
	})
	_, port, err = net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

func TestConnectTimeoutIsForEachHost(t *testing.T) {
	server := pgtest.Shared(t)
	if server.Host() != "127.0.0.1" {
		t.Skip("needs a server that pgtest has started on this machine")
	}
	silent := silentListener(t)
	db := openOn(t, fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres dbname=postgres connect_timeout=1",
		silent, server.Port()))
	require.Equal(t, server.Port(), portOf(t, db))

	alone := openOn(t, "host=127.0.0.1 port="+silent+" user=postgres connect_timeout=1")
	require.ErrorIs(t, alone.Ping(), context.DeadlineExceeded)
}

func TestConnectTimeoutLeavesAfterConnectAlone(t *testing.T) {
	config := parse(t, dsnWith(t, "connect_timeout", "60"))
	config.AfterConnect = func(ctx context.Context, _ *pgconn.PgConn) error {
		if _, limited := ctx.Deadline(); limited {
			return errors.New("there is a deadline")
		}
		return nil
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	conn, err := db.Conn(context.Background())
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}

func TestCancelledConnectEndsTheSearch(t *testing.T) {
	silent := silentListener(t)
	db := openOn(t, fmt.Sprintf("host=127.0.0.1,127.0.0.1 port=%s,%s user=postgres", silent, silent))
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	require.ErrorIs(t, db.PingContext(ctx), context.DeadlineExceeded)
}

func TestCancelReachesTheSecondHost(t *testing.T) {
	server := pgtest.Shared(t)
	if server.SocketDir() == "" {
		t.Skip("needs a server with a Unix-domain socket")
	}
	db := openOn(t, fmt.Sprintf("host=/nonexistent,%s port=%s user=postgres dbname=postgres", server.SocketDir(), server.Port()))
	conn := session(t, db)
	before := backendPID(t, conn)
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	_, err := conn.ExecContext(ctx, "select pg_sleep(30)")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, before, backendPID(t, conn), "the request has to go to the socket of the second host")
}
