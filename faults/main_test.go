package faults_test

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) {
	zerolog.SetGlobalLevel(zerolog.Disabled) // toxiproxy tells of each connection
	os.Exit(pgtest.Main(m))
}

// address gives the network address of the test server.
func address(t testing.TB) string {
	server := pgtest.Shared(t)
	return server.Host() + ":" + server.Port()
}

// parse gives the settings for the test server, reached through another address and with further parameters, as
// "name=value".
func parse(t testing.TB, through string, parameters ...string) *pgadapt.Config {
	t.Helper()
	dsn := strings.Replace(pgtest.DSN(t), address(t), through, 1)
	require.Contains(t, dsn, through, "the test server must be reached by TCP")
	for _, parameter := range parameters {
		dsn += "&" + parameter
	}
	config, err := pgadapt.ParseConfig(dsn)
	require.NoError(t, err)
	return config
}

// open gives a pool that reaches the test server through another address.
func open(t testing.TB, through string, parameters ...string) *sql.DB {
	t.Helper()
	db := sql.OpenDB(pgadapt.NewConnector(parse(t, through, parameters...)))
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// leavesNothing looks at the end of a test whether a goroutine or a session is left. It must be called before
// anything else that cleans up.
func leavesNothing(t testing.TB) {
	t.Helper()
	address(t) // the server of all tests is not one of this
	known := append(toxiproxyGoroutines, goleak.IgnoreCurrent())
	admin := open(t, address(t))
	require.NoError(t, admin.Ping())
	t.Cleanup(func() {
		require.Eventually(t, func() bool {
			var sessions int
			require.NoError(t, admin.QueryRow("select count(*) from pg_stat_activity where application_name = "+
				"current_setting('application_name') and pid <> pg_backend_pid()").Scan(&sessions))
			return sessions == 0
		}, 10*time.Second, 10*time.Millisecond, "sessions are left")
		require.NoError(t, admin.Close())
		goleak.VerifyNone(t, known...)
	})
}

// toxiproxyGoroutines are those of toxiproxy itself, some of which outlive a proxy that is stopped while it holds
// data back.
var toxiproxyGoroutines = []goleak.Option{
	goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
	goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
	goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).write"),
}

// newCounter makes a table in which each attempt to write leaves its number, and gives its name.
func newCounter(t testing.TB) (table string, numbers func() map[int]int) {
	t.Helper()
	admin := open(t, address(t))
	table = fmt.Sprintf("counter_%d", time.Now().UnixNano())
	_, err := admin.Exec("create table " + table + " (number int)")
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec("drop table " + table)
		require.NoError(t, err)
	})
	return table, func() map[int]int {
		rows, err := admin.Query("select number, count(*) from " + table + " group by number")
		require.NoError(t, err)
		defer rows.Close()
		found := map[int]int{}
		for rows.Next() {
			var number, count int
			require.NoError(t, rows.Scan(&number, &count))
			found[number] = count
		}
		require.NoError(t, rows.Err())
		return found
	}
}
