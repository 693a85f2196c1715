package pgadapt_test

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestInfo(t *testing.T) {
	conn := session(t, open(t, "application_name", "informed"))

	info, err := pgadapt.Info(conn)

	require.NoError(t, err)
	require.EqualValues(t, backendPID(t, conn), info.BackendPID)
	var version string
	require.NoError(t, conn.QueryRowContext(t.Context(), "show server_version_num").Scan(&version))
	require.Equal(t, version, strconv.Itoa(info.ServerVersion))
	require.Equal(t, pgadapt.TxIdle, info.TxStatus)
	require.Equal(t, "informed", info.ParameterStatus["application_name"])
	require.Equal(t, "UTF8", info.ParameterStatus["client_encoding"])
	require.NotNil(t, info.RemoteAddr)
	require.Nil(t, info.TLS)
	require.Empty(t, info.Notices)
}

func TestInfoHasAllThatTheServerReports(t *testing.T) {
	config, err := pgadapt.ParseConfig(dsnWith(t, "application_name", "informed"))
	require.NoError(t, err)
	connector := pgadapt.NewConnector(config)
	pg, err := connector.ConnectPgConn(t.Context())
	require.NoError(t, err)
	hijacked, err := pg.Hijack()
	require.NoError(t, err)
	defer hijacked.Conn.Close()

	db := sql.OpenDB(connector)
	defer db.Close()
	info, err := pgadapt.Info(session(t, db))

	require.NoError(t, err)
	require.Equal(t, hijacked.ParameterStatuses, info.ParameterStatus)
}

func TestInfoFollowsTheTransaction(t *testing.T) {
	conn := session(t, open(t))
	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback()
	requireTxStatus(t, conn, pgadapt.TxActive)
	_, err = tx.Exec("select 1/0")
	require.Error(t, err)
	requireTxStatus(t, conn, pgadapt.TxFailed)
	require.NoError(t, tx.Rollback())
	requireTxStatus(t, conn, pgadapt.TxIdle)
}

func requireTxStatus(t *testing.T, conn *sql.Conn, want pgadapt.TxStatus) {
	t.Helper()
	info, err := pgadapt.Info(conn)
	require.NoError(t, err)
	require.Equal(t, want.String(), info.TxStatus.String())
}

func TestInfoWhileRowsAreOpen(t *testing.T) {
	conn := session(t, open(t))
	rows, err := conn.QueryContext(t.Context(), "select i from generate_series(1, 3) i")
	require.NoError(t, err)
	defer rows.Close()

	_, err = pgadapt.Info(conn)

	require.NoError(t, err)
	require.Equal(t, [][]string{{"i"}, {"1"}, {"2"}, {"3"}}, readSet(t, rows))
}

func TestInfoOfAClosedConnection(t *testing.T) {
	conn, err := open(t).Conn(t.Context())
	require.NoError(t, err)
	require.NoError(t, conn.Close())

	_, err = pgadapt.Info(conn)

	require.ErrorIs(t, err, sql.ErrConnDone)
}

func TestLastNotices(t *testing.T) {
	var seen []string
	db := openConfig(t, func(config *pgadapt.Config) {
		config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) { seen = append(seen, notice.Message) }
	})
	db.SetMaxOpenConns(1)
	conn := session(t, db)
	_, err := conn.ExecContext(t.Context(), "do $$ begin for i in 1..60 loop raise notice 'n%', i; end loop; end $$")
	require.NoError(t, err)

	info, err := pgadapt.Info(conn)

	require.NoError(t, err)
	require.Len(t, info.Notices, 50)
	require.Equal(t, "n11", info.Notices[0].Message)
	require.Equal(t, "n60", info.Notices[49].Message)
	require.Len(t, seen, 60, "and the program's own handler is called")

	require.NoError(t, conn.Close())
	info, err = pgadapt.Info(session(t, db))
	require.NoError(t, err)
	require.Empty(t, info.Notices, "the next user of the connection has none")
}

func ExampleInfo() {
	db := openExample()
	defer db.Close()
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()

	_, err = conn.ExecContext(ctx, "do $$ begin raise notice 'nearly done'; end $$")
	if err != nil {
		fmt.Println(err)
		return
	}
	info, err := pgadapt.Info(conn)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(info.ServerVersion >= 140000, info.TxStatus, info.ParameterStatus["client_encoding"])
	for _, notice := range info.Notices {
		fmt.Println(notice.Severity, notice.Message)
	}
	// Output:
	// true idle UTF8
	// NOTICE nearly done
}

func TestInfoHasTheLastCommandTag(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		_, err := conn.ExecContext(t.Context(), "create temporary table tagged (id int)")
		require.NoError(t, err)
		requireCommandTag(t, conn, "CREATE TABLE")
		_, err = conn.ExecContext(t.Context(), "insert into tagged values ($1), ($2)", 1, 2)
		require.NoError(t, err)
		requireCommandTag(t, conn, "INSERT 0 2")
		require.NoError(t, readAll(conn.QueryContext(t.Context(), "select id from tagged where id > $1", 0)))
		requireCommandTag(t, conn, "SELECT 2")
		_, err = conn.ExecContext(t.Context(), "copy tagged from stdin", strings.NewReader("3\n"))
		require.NoError(t, err)
		requireCommandTag(t, conn, "COPY 1")
		_, err = conn.ExecContext(t.Context(), "select 1/0")
		require.Error(t, err)
		requireCommandTag(t, conn, "COPY 1")
		tx, err := conn.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, tx.Rollback())
		requireCommandTag(t, conn, "ROLLBACK")
	})
}

func requireCommandTag(t *testing.T, conn *sql.Conn, want string) {
	t.Helper()
	info, err := pgadapt.Info(conn)
	require.NoError(t, err)
	require.Equal(t, want, info.CommandTag)
}

func TestInfoNamesTheHostThatWasFound(t *testing.T) {
	config, err := pgadapt.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	good, database, user := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))), config.Database, config.User
	db, err := sql.Open(pgadapt.DriverName, "postgres://"+user+"@127.0.0.1:1,"+good+"/"+database+"?sslmode=disable")
	require.NoError(t, err)
	defer db.Close()

	info, err := pgadapt.Info(session(t, db))

	require.NoError(t, err)
	require.Equal(t, good, net.JoinHostPort(info.Host, strconv.Itoa(int(info.Port))))
	require.Equal(t, []string{user, database}, []string{info.User, info.Database})
}
