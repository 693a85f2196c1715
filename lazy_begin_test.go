package pgadapt_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// openLazy gives a pool with a table that belongs to the test.
func openLazy(t *testing.T, parameters ...string) *sql.DB {
	t.Helper()
	db := open(t, append(parameters, "lazy_begin", "true")...)
	db.SetMaxOpenConns(1)
	_, err := db.Exec("create temporary table kept (a int)")
	require.NoError(t, err)
	return db
}

func keptRows(t *testing.T, db *sql.DB) (count int) {
	t.Helper()
	require.NoError(t, db.QueryRow("select count(*) from kept where a = $1", 1).Scan(&count))
	return count
}

// firstStatements are the ways in which the first statement of a transaction may reach the server.
var firstStatements = map[string]func(tx *sql.Tx) error{
	"extended protocol": func(tx *sql.Tx) error { return execOnly(tx.Exec("insert into kept values ($1)", 1)) },
	"simple protocol":   func(tx *sql.Tx) error { return execOnly(tx.Exec("insert into kept values (1)")) },
	"several statements": func(tx *sql.Tx) error {
		return execOnly(tx.Exec("insert into kept values (1); delete from kept where a = 2"))
	},
	"query": func(tx *sql.Tx) error { return tx.QueryRow("insert into kept values (1) returning a").Scan(new(int)) },
	"copy": func(tx *sql.Tx) error {
		return execOnly(tx.Exec("copy kept from stdin", strings.NewReader("1\n")))
	},
	"prepared copy": func(tx *sql.Tx) error {
		stmt, err := tx.Prepare("copy kept from stdin")
		if err != nil {
			return err
		}
		if _, err := stmt.Exec(1); err != nil {
			return err
		}
		return execOnly(stmt.Exec())
	},
	"prepared statement": func(tx *sql.Tx) error {
		stmt, err := tx.Prepare("insert into kept values ($1)")
		if err != nil {
			return err
		}
		return execOnly(stmt.Exec(1))
	},
}

func execOnly(_ sql.Result, err error) error { return err }

func TestLazyBeginPutsEveryFirstStatementIntoTheTransaction(t *testing.T) {
	for name, first := range firstStatements {
		t.Run(name, func(t *testing.T) {
			db := openLazy(t)
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			require.NoError(t, first(tx))
			require.NoError(t, tx.Rollback())
			require.Zero(t, keptRows(t, db))
			tx, err = db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			require.NoError(t, first(tx))
			require.NoError(t, tx.Commit())
			require.Equal(t, 1, keptRows(t, db))
		})
	}
}

func TestLazyBeginInEachMode(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			db := openLazy(t, "default_query_exec_mode", mode)
			tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelSerializable})
			require.NoError(t, err)
			var level string
			require.NoError(t, tx.QueryRow("select current_setting($1)", "transaction_isolation").Scan(&level))
			require.Equal(t, "serializable", level)
			require.NoError(t, execOnly(tx.Exec("insert into kept values ($1)", 1)))
			require.NoError(t, tx.Rollback())
			require.Zero(t, keptRows(t, db))
			requireWorking(t, db)
		})
	}
}

func TestLazyBeginReachesTheSessionBelow(t *testing.T) {
	db := openLazy(t)
	conn := session(t, db)
	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, conn.Raw(func(driverConn any) error {
		return driverConn.(pgadapt.Conn).PgConn().Exec(t.Context(), "insert into kept values (1)").Close()
	}))
	require.NoError(t, tx.Rollback())
	require.NoError(t, conn.Close())
	require.Zero(t, keptRows(t, db))
}

func TestLazyBeginFailsWithItsFirstStatement(t *testing.T) {
	db := openLazy(t)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.ErrorIs(t, execOnly(tx.Exec("insert into kept values (1 / $1::int)", 0)), pgerr.DivisionByZero)
	require.ErrorIs(t, execOnly(tx.Exec("insert into kept values ($1)", 1)), pgerr.InFailedSQLTransaction)
	require.ErrorIs(t, tx.Commit(), pgadapt.ErrCommitRolledBack)
	requireWorking(t, db)
}

func TestLazyBeginFailsWithAStatementThatCannotBeParsed(t *testing.T) {
	db := openLazy(t)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.ErrorIs(t, execOnly(tx.Exec("insert into nowhere values ($1)", 0)), pgerr.UndefinedTable)
	require.ErrorIs(t, execOnly(tx.Exec("insert into kept values ($1)", 1)), pgerr.InFailedSQLTransaction)
	require.ErrorIs(t, tx.Commit(), pgadapt.ErrCommitRolledBack)
	require.Zero(t, keptRows(t, db))
}

// Each statement of a transaction whose BEGIN is refused is preceded by BEGIN again: none may run outside of it.
func TestLazyBeginThatIsRefusedKeepsStatementsFromRunning(t *testing.T) {
	var asked []string
	server := startScriptedServer(t, func(backend *pgproto3.Backend, message pgproto3.FrontendMessage) bool {
		switch message := message.(type) {
		case *pgproto3.Parse:
			asked = append(asked, message.Query)
			return true
		case *pgproto3.Query:
			asked = append(asked, message.String)
		case *pgproto3.Sync:
		default:
			return true
		}
		backend.Send(&pgproto3.ErrorResponse{Severity: "ERROR", Code: "0A000", Message: "refused"})
		backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		return true
	})
	db, err := sql.Open(pgadapt.DriverName,
		"postgres://user@"+server.address+"/db?sslmode=disable&default_query_exec_mode=exec&lazy_begin=true")
	require.NoError(t, err)
	defer db.Close()
	tx, err := db.Begin()
	require.NoError(t, err)
	for range 2 {
		require.ErrorIs(t, execOnly(tx.Exec("insert into kept values ($1)", 1)), pgerr.FeatureNotSupported)
	}
	require.ErrorIs(t, execOnly(tx.Exec("insert into kept values (1)")), pgerr.FeatureNotSupported)
	require.ErrorIs(t, tx.Commit(), pgadapt.ErrCommitRolledBack)
	insert := "insert into kept values ($1)"
	require.Equal(t, []string{"BEGIN", insert, "BEGIN", insert, "BEGIN"}, asked)
}
