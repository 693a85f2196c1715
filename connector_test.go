package pgadapt_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestBeforeConnectChangesEachAttempt(t *testing.T) {
	attempts := 0
	db := openConfig(t, func(config *pgadapt.Config) {
		config.BeforeConnect = func(_ context.Context, settings *pgconn.Config) error {
			attempts++
			settings.RuntimeParams["application_name"] = fmt.Sprint("attempt ", attempts)
			return nil
		}
	})
	db.SetMaxIdleConns(0)
	for attempt := 1; attempt <= 2; attempt++ {
		var name string
		require.NoError(t, db.QueryRow("show application_name").Scan(&name))
		require.Equal(t, fmt.Sprint("attempt ", attempt), name)
	}
}

func TestBeforeConnectCanRefuse(t *testing.T) {
	refused := errors.New("no token")
	db := openConfig(t, func(config *pgadapt.Config) {
		config.BeforeConnect = func(context.Context, *pgconn.Config) error { return refused }
	})
	require.ErrorIs(t, db.Ping(), refused)
}

func TestAfterConnectSetsUpTheSession(t *testing.T) {
	db := openConfig(t, func(config *pgadapt.Config) {
		config.AfterConnect = func(ctx context.Context, session *pgconn.PgConn) error {
			_, err := session.Exec(ctx, "set search_path = pg_catalog").ReadAll()
			return err
		}
	})
	var path string
	require.NoError(t, db.QueryRow("show search_path").Scan(&path))
	require.Equal(t, "pg_catalog", path)
}

func TestFailedConnectLeavesNoSession(t *testing.T) {
	for name, hook := range map[string]pgconn.AfterConnectFunc{
		"AfterConnect fails": func(context.Context, *pgconn.PgConn) error { return errors.New("on purpose") },
		"AfterConnect leaves a transaction open": func(ctx context.Context, session *pgconn.PgConn) error {
			return session.Exec(ctx, "begin").Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			failing := openConfig(t, func(config *pgadapt.Config) {
				config.RuntimeParams["application_name"] = "failed connect"
				config.AfterConnect = hook
			})
			for range 5 {
				require.ErrorContains(t, failing.Ping(), "AfterConnect")
			}
			db := open(t)
			require.Eventually(t, func() bool {
				var left int
				require.NoError(t, db.QueryRow(
					"select count(*) from pg_stat_activity where application_name = 'failed connect'").Scan(&left))
				return left == 0
			}, 5*time.Second, 10*time.Millisecond)
		})
	}
}

func TestResetSessionRunsBetweenUses(t *testing.T) {
	resets := 0
	db := openConfig(t, func(config *pgadapt.Config) {
		config.ResetSession = func(ctx context.Context, session *pgconn.PgConn) error {
			resets++
			if resets == 3 {
				return errors.New("on purpose")
			}
			return session.Exec(ctx, "reset all").Close()
		}
	})
	db.SetMaxOpenConns(1)
	var first, second, third, fourth int
	for _, pid := range []*int{&first, &second, &third, &fourth} {
		require.NoError(t, db.QueryRow("select pg_backend_pid()").Scan(pid))
	}
	require.Equal(t, first, second)
	require.Equal(t, second, third)
	require.NotEqual(t, third, fourth, "the failed reset costs the connection, not the program")
}

func TestNoticesReachTheHook(t *testing.T) {
	var notices []string
	db := openConfig(t, func(config *pgadapt.Config) {
		config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) { notices = append(notices, notice.Message) }
	})
	_, err := db.Exec("do $$ begin raise notice 'one'; raise warning 'two'; end $$")
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two"}, notices)
}

// A program's own BuildFrontend may put a buffer between the network and the messages.
func TestFrontendOfTheProgram(t *testing.T) {
	db := openConfig(t, func(config *pgadapt.Config) {
		config.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
			return pgproto3.NewFrontend(bufio.NewReaderSize(r, 100_000), w)
		}
	})
	rows, err := db.Query("select i, repeat('x', i % 1000) from generate_series(1, $1) i", 5000)
	require.NoError(t, err)
	defer rows.Close()
	for want := 1; rows.Next(); want++ {
		var number int
		var text string
		require.NoError(t, rows.Scan(&number, &text))
		require.Equal(t, want, number)
		require.Len(t, text, want%1000)
	}
	require.NoError(t, rows.Err())
	requireWorking(t, db)
}

func TestConnectorKeepsItsOwnConfig(t *testing.T) {
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()

	config.Database, config.Host = "there_is_none", "nowhere.invalid"
	config.RuntimeParams["search_path"] = "spoilt"

	requireWorking(t, db)
	require.IsType(t, pgadapt.Driver{}, db.Driver())
}

func TestConfigThatWasNotParsed(t *testing.T) {
	for name, config := range map[string]*pgadapt.Config{
		"nil": nil, "empty": {}, "empty pgconn.Config": {Config: &pgconn.Config{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pgadapt.NewConnector(config).Connect(t.Context())
			require.ErrorContains(t, err, "ParseConfig")
		})
	}
}

func TestOtherEncodingsAreRefused(t *testing.T) {
	db := openConfig(t, func(config *pgadapt.Config) { config.RuntimeParams["client_encoding"] = "LATIN1" })
	require.ErrorContains(t, db.Ping(), "LATIN1")
	fine := open(t, "client_encoding", "utf8")
	requireWorking(t, fine)
}

func ExampleNewConnector() {
	config, err := pgadapt.ParseConfig(pgtest.ExampleDSN())
	if err != nil {
		fmt.Println(err)
		return
	}
	config.AfterConnect = func(ctx context.Context, session *pgconn.PgConn) error {
		return session.Exec(ctx, "set application_name = 'invoices'").Close()
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer db.Close()

	var name string
	err = db.QueryRow("show application_name").Scan(&name)
	fmt.Println(name, err)
	// Output: invoices <nil>
}

func TestSessionOutsideOfThePool(t *testing.T) {
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	var hooks []string
	config.BeforeConnect = func(_ context.Context, settings *pgconn.Config) error {
		hooks = append(hooks, "before")
		settings.RuntimeParams["search_path"] = "pg_catalog"
		return nil
	}
	config.AfterConnect = func(context.Context, *pgconn.PgConn) error {
		hooks = append(hooks, "after")
		return nil
	}
	connector := pgadapt.NewConnector(config)

	session, err := connector.ConnectPgConn(t.Context())
	require.NoError(t, err)
	defer session.Close(context.Background())

	results, err := session.Exec(t.Context(), "show search_path; show client_encoding").ReadAll()
	require.NoError(t, err)
	require.Equal(t, "pg_catalog", string(results[0].Rows[0][0]))
	require.Equal(t, "UTF8", string(results[1].Rows[0][0]))
	require.Equal(t, []string{"before", "after"}, hooks)
}

func TestSessionOutsideOfThePoolFails(t *testing.T) {
	_, err := pgadapt.NewConnector(&pgadapt.Config{}).ConnectPgConn(t.Context())
	require.ErrorContains(t, err, "ParseConfig")

	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	config.Database = "there_is_none"
	_, err = pgadapt.NewConnector(config).ConnectPgConn(t.Context())
	require.ErrorIs(t, err, pgerr.InvalidCatalogName)
}
