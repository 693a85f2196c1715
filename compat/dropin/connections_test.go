package dropin_test

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// TestRunTimeParameters gives the server's own settings as keywords of the DSN.
func TestRunTimeParameters(t *testing.T) {
	settings := map[string]string{
		"search_path":       "pg_catalog",
		"work_mem":          "2345kB",
		"statement_timeout": "12345",
		"TimeZone":          "Asia/Tokyo",
		"application_name":  "drop in",
		"datestyle":         "ISO, MDY",
		"bytea_output":      "escape",
	}
	shown := map[string]string{"statement_timeout": "12345ms"}
	for driver := range registeredNames {
		t.Run(driver, func(t *testing.T) {
			for name, value := range settings {
				db := open(t, driver, name, value)
				want := value
				if other, ok := shown[name]; ok {
					want = other
				}
				require.Equal(t, want, queryValue[string](t, db, "show "+name), name)
			}
		})
	}
}

// TestSettingsThatChangeTheTextOfValues says that values do not depend on how the session prints them.
func TestSettingsThatChangeTheTextOfValues(t *testing.T) {
	moment := utc(2024, 2, 29, 12, 34, 56, 789000)
	for _, settings := range [][]string{
		{"datestyle", "ISO, DMY"},
		{"bytea_output", "escape"},
		{"extra_float_digits", "0"},
		{"intervalstyle", "iso_8601"},
		{"standard_conforming_strings", "off"},
	} {
		for _, mode := range executionModes {
			t.Run(fmt.Sprint(settings, mode), func(t *testing.T) {
				db := open(t, pgadaptDriver, append(settings, "default_query_exec_mode", mode)...)
				requireSame(t, moment, queryValue[time.Time](t, db, "select $1::timestamptz", moment))
				requireSame(t, moment, queryValue[time.Time](t, db, "select $1::timestamp", moment))
				require.Equal(t, []byte{0, 255, '\\'}, queryValue[[]byte](t, db, "select $1::bytea", []byte{0, 255, '\\'}))
				require.Equal(t, `it's a \ here`, queryValue[string](t, db, "select $1::text", `it's a \ here`))
				require.Equal(t, 0.1, queryValue[float64](t, db, "select $1::float8", 0.1))
				require.Equal(t, "1-2", queryValue[string](t, db, "select format('%s-%s', $1::int4, $2::int4)", 1, 2))
			})
		}
	}
}

// TestDateStyleOfTheDatabase has a database whose dates are printed in another way than drivers read.
func TestDateStyleOfTheDatabase(t *testing.T) {
	admin := open(t, pgadaptDriver)
	database := queryValue[string](t, admin, "select current_database()")
	exec(t, admin, `alter database "`+database+`" set datestyle = 'German'`)
	defer exec(t, admin, `alter database "`+database+`" reset datestyle`)
	moment := utc(2024, 2, 29, 12, 34, 56, 789000)
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		requireSame(t, moment, queryValue[time.Time](t, db, "select $1::timestamptz", moment))
		requireSame(t, moment, queryValue[time.Time](t, db, "select '2024-02-29 12:34:56.789'::timestamp"))
		if driver != pgxDriver {
			requireSame(t, moment, queryValue[time.Time](t, db, "select '2024-02-29 12:34:56.789'::timestamp; select 1"))
		}
	})
	for _, mode := range executionModes {
		t.Run(mode, func(t *testing.T) {
			db := open(t, pgadaptDriver, "default_query_exec_mode", mode)
			requireSame(t, moment, queryValue[time.Time](t, db, "select $1::timestamptz", moment))
			requireSame(t, moment, queryValue[time.Time](t, db, "select $1::timestamp", moment))
		})
	}
}

// TestConnectionStrings writes the same target in the two forms of connection strings.
func TestConnectionStrings(t *testing.T) {
	params, err := dsn.Make(pgtest.DSN(t), "options", "-c work_mem=3MB", "connect_timeout", "10")
	require.NoError(t, err)
	for driver, name := range registeredNames {
		for form, connString := range map[string]string{"keywords": params.String(), "URI": params.URL()} {
			t.Run(driver+" "+form, func(t *testing.T) {
				db, err := sql.Open(name, connString)
				require.NoError(t, err)
				defer db.Close()
				require.Equal(t, "3MB", queryValue[string](t, db, "show work_mem"))
				require.Equal(t, "pgtest", queryValue[string](t, db, "select substr(current_database(), 1, 6)"))
			})
		}
	}
}

// TestEnvironment leaves everything to libpq's environment variables.
func TestEnvironment(t *testing.T) {
	params, err := dsn.Parse(pgtest.DSN(t))
	require.NoError(t, err)
	for keyword, variable := range map[string]string{
		"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE",
		"application_name": "PGAPPNAME", "password": "PGPASSWORD",
	} {
		if value, ok := params.Get(keyword); ok {
			t.Setenv(variable, value)
		}
	}
	for driver, name := range registeredNames {
		t.Run(driver, func(t *testing.T) {
			db, err := sql.Open(name, "")
			require.NoError(t, err)
			defer db.Close()
			require.Equal(t, "pgtest", queryValue[string](t, db, "select substr(current_database(), 1, 6)"))
		})
	}
}

// TestLazyOpen says that Open does not connect.
func TestLazyOpen(t *testing.T) {
	for driver, name := range registeredNames {
		db, err := sql.Open(name, "host=127.0.0.1 port=1 sslmode=disable")
		require.NoError(t, err, driver)
		require.Zero(t, db.Stats().OpenConnections, driver)
		require.Error(t, db.PingContext(context.Background()), driver)
		require.NoError(t, db.Close(), driver)
	}
}

// TestSessionStateSurvives says that a session's settings stay with a pooled connection, as with both others:
// nothing is discarded between two uses.
func TestSessionStateSurvives(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		exec(t, db, "set work_mem = '3456kB'", "create temp table kept (i int4)", "insert into kept values (1)")
		require.Equal(t, "3456kB", queryValue[string](t, db, "show work_mem"))
		require.Equal(t, 1, queryValue[int](t, db, "select i from kept where i = $1", 1))
	})
}

// TestAdvisoryLocks needs the same connection for lock and unlock.
func TestAdvisoryLocks(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "select pg_advisory_lock(42)")
		require.False(t, queryValue[bool](t, db, "select pg_try_advisory_lock($1)", 42))
		require.True(t, queryValue[bool](t, conn, "select pg_advisory_unlock($1)", 42))
	})
}

// stallingConn takes its time to return from a write whose bytes have left long ago, as happens when the process
// gets no processor. A driver that reads in the background meanwhile has the whole answer before it expects it.
type stallingConn struct{ *net.TCPConn }

func (c stallingConn) Write(p []byte) (int, error) {
	n, err := c.TCPConn.Write(p)
	time.Sleep(50 * time.Millisecond)
	return n, err
}

// TestStallingWrites says that a read in the background, which is still waiting for more, is not in the way of
// the connection's next use.
func TestStallingWrites(t *testing.T) {
	config, err := pgadapt.ParseConfig(connString(t))
	require.NoError(t, err)
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if tcp, ok := conn.(*net.TCPConn); ok {
			return stallingConn{tcp}, nil
		}
		return conn, err
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()
	db.SetMaxOpenConns(1)
	done := make(chan error, 1)
	go func() {
		for i := range 5 {
			var have int
			if err := db.QueryRow("select $1::int4", i).Scan(&have); err != nil || have != i {
				done <- fmt.Errorf("%d instead of %d: %w", have, i, err)
				return
			}
		}
		done <- nil
	}()
	select {
	case err := <-done:
		require.NoError(t, err)
	case <-time.After(20 * time.Second):
		t.Fatal("the connection hangs")
	}
}
