package dropin_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
)

// sqlStateOf gives the SQLSTATE of an error by the interface that ORMs prefer, empty if it has none.
func sqlStateOf(err error) string {
	var withState interface{ SQLState() string }
	if errors.As(err, &withState) {
		return withState.SQLState()
	}
	return ""
}

const ordersSchema = `
	create temp table customer (id int4 primary key, email text not null unique);
	create temp table purchase (
		id int4 primary key,
		customer_id int4 constraint purchase_customer references customer,
		amount numeric(6,2) check (amount > 0)
	);
	insert into customer values (1, 'a@example.com')`

func TestServerErrors(t *testing.T) {
	cases := []struct {
		query    string
		args     []any
		sqlState string
		text     string
	}{
		{query: "insert into customer values (1, 'b')", sqlState: "23505",
			text: `duplicate key value violates unique constraint "customer_pkey"`},
		{query: "insert into customer values ($1, $2)", args: []any{2, "a@example.com"}, sqlState: "23505",
			text: `duplicate key value violates unique constraint "customer_email_key"`},
		{query: "insert into customer values ($1, $2)", args: []any{3, nil}, sqlState: "23502",
			text: `null value in column "email" of relation "customer" violates not-null constraint`},
		{query: "insert into purchase values ($1, $2, 5)", args: []any{1, 99}, sqlState: "23503",
			text: `violates foreign key constraint "purchase_customer"`},
		{query: "insert into purchase values ($1, $2, $3)", args: []any{1, 1, -5}, sqlState: "23514",
			text: `violates check constraint "purchase_amount_check"`},
		{query: "insert into purchase values ($1, $2, $3)", args: []any{1, 1, "12345.67"}, sqlState: "22003",
			text: "numeric field overflow"},
		{query: "selec 1", sqlState: "42601", text: `syntax error at or near "selec"`},
		{query: "select * from no_such_table", sqlState: "42P01", text: `relation "no_such_table" does not exist`},
		{query: "select no_such_column from customer where id = $1", args: []any{1}, sqlState: "42703",
			text: `column "no_such_column" does not exist`},
		{query: "select no_such_function(1)", sqlState: "42883", text: "function no_such_function(integer) does not exist"},
		{query: "select 1 / $1::int4", args: []any{0}, sqlState: "22012", text: "division by zero"},
		{query: "select cast($1::text as int4)", args: []any{"x"}, sqlState: "22P02",
			text: `invalid input syntax for type integer: "x"`},
		{query: "select 'x'::varchar::date", sqlState: "22007", text: "invalid input syntax for type date"},
		{query: "do $$ begin raise exception 'of the program' using errcode = 'AB123'; end $$", sqlState: "AB123",
			text: "of the program"},
		{query: "create table customer (i int4); create temp table customer (i int4)", sqlState: "42P07", text: "already exists"},
		{query: "set statement_timeout = '20ms'; select pg_sleep(30)", sqlState: "57014",
			text: "canceling statement due to statement timeout"},
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, ordersSchema)
		for _, c := range cases {
			t.Run(c.query, func(t *testing.T) {
				_, err := conn.ExecContext(t.Context(), c.query, c.args...)
				require.ErrorContains(t, err, c.text)
				require.Equal(t, c.sqlState, sqlStateOf(err))
				exec(t, conn, "reset statement_timeout")
				requireUsable(t, conn)
			})
		}
	})
}

// TestErrorsFromEveryCall gets the same error from each way to run a statement.
func TestErrorsFromEveryCall(t *testing.T) {
	const query = "insert into customer values ($1, $2)"
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		tx := begin(t, db)
		exec(t, tx, ordersSchema)
		stmt, err := tx.Prepare(query)
		require.NoError(t, err)
		calls := map[string]func() error{
			"Exec": func() error { _, err := tx.Exec(query, 1, "x"); return err },
			"Query": func() error {
				rows, err := tx.Query(query+" returning id", 1, "x")
				if err == nil {
					rows.Next()
					return errors.Join(rows.Err(), rows.Close())
				}
				return err
			},
			"QueryRow":      func() error { return tx.QueryRow(query+" returning id", 1, "x").Scan(new(int)) },
			"Stmt.Exec":     func() error { _, err := stmt.Exec(1, "x"); return err },
			"Stmt.QueryRow": func() error { return stmt.QueryRow(1, "x").Scan() },
			"simple Exec":   func() error { _, err := tx.Exec("insert into customer values (1, 'x')"); return err },
		}
		for name, call := range calls {
			t.Run(name, func(t *testing.T) {
				exec(t, tx, "savepoint before")
				require.Equal(t, "23505", sqlStateOf(call()))
				exec(t, tx, "rollback to before")
			})
		}
	})
}

// violation is what programs read of a server's error.
type violation struct{ code, severity, message, detail, schema, table, column, constraint, dataType string }

func violationOf(t *testing.T, driver string, err error) violation {
	t.Helper()
	if driver == libpqDriver {
		var e *pq.Error
		require.ErrorAs(t, err, &e)
		return violation{string(e.Code), e.Severity, e.Message, e.Detail, e.Schema, e.Table, e.Column, e.Constraint, e.DataTypeName}
	}
	var e *pgconn.PgError
	require.ErrorAs(t, err, &e)
	return violation{e.Code, e.Severity, e.Message, e.Detail, e.SchemaName, e.TableName, e.ColumnName, e.ConstraintName, e.DataTypeName}
}

func TestErrorFields(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		tx := begin(t, db)
		exec(t, tx, "create schema shop; set local search_path = shop; create table item (id int4 primary key, name text not null)",
			"insert into item values (1, 'x')", "savepoint before")
		_, err := tx.Exec("insert into item values ($1, 'y')", 1)
		require.Equal(t, violation{
			code: "23505", severity: "ERROR", message: `duplicate key value violates unique constraint "item_pkey"`,
			detail: "Key (id)=(1) already exists.", schema: "shop", table: "item", constraint: "item_pkey",
		}, violationOf(t, driver, err))

		exec(t, tx, "rollback to before")
		_, err = tx.Exec("insert into item values ($1, $2)", 2, nil)
		have := violationOf(t, driver, err)
		require.Equal(t, "name", have.column)
		require.Equal(t, "23502", have.code)
	})
}

func TestErrorPositionAndHint(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		_, err := db.Exec("select 1 from pg_class where relnam = $1", "x")
		require.Error(t, err)
		if driver == libpqDriver {
			var e *pq.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "30", e.Position)
			require.Contains(t, e.Hint, "relname")
			return
		}
		var e *pgconn.PgError
		require.ErrorAs(t, err, &e)
		require.EqualValues(t, 30, e.Position)
		require.Contains(t, e.Hint, "relname")
	})
}

// TestErrorsOfTheWayThere looks at what happens when there is no session.
func TestErrorsOfTheWayThere(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		for driver, name := range registeredNames {
			db, err := sql.Open(name, "host=127.0.0.1 port=1 user=nobody password=hushhush dbname=x sslmode=disable connect_timeout=5")
			require.NoError(t, err, driver)
			err = db.Ping()
			require.Error(t, err, driver)
			var network *net.OpError
			require.ErrorAs(t, err, &network, driver)
			require.NotContains(t, err.Error(), "hushhush", driver)
			require.NoError(t, db.Close())
		}
	})
	t.Run("no such database", func(t *testing.T) {
		for driver := range registeredNames {
			err := open(t, driver, "dbname", "no_such_database").Ping()
			require.ErrorContains(t, err, `database "no_such_database" does not exist`, driver)
			require.Equal(t, "3D000", sqlStateOf(err), driver)
		}
	})
	t.Run("bad DSN", func(t *testing.T) {
		for driver, name := range registeredNames {
			db, err := sql.Open(name, "postgres://user:hushhush@local host:x/")
			if err == nil {
				err = db.Ping()
			}
			require.Error(t, err, driver)
			if driver != libpqDriver { // quotes the whole string
				require.NotContains(t, err.Error(), "hushhush", driver)
			}
		}
	})
	t.Run("context ended before", func(t *testing.T) {
		eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			require.ErrorIs(t, db.PingContext(ctx), context.Canceled)
		})
	})
}

// TestKilledSession loses its session to an administrator between two statements and in the middle of one.
func TestKilledSession(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		other := open(t, driver)
		db.SetMaxOpenConns(1)
		pid := queryValue[int](t, db, "select pg_backend_pid()")
		require.True(t, queryValue[bool](t, other, "select pg_terminate_backend($1, 10000)", pid))
		eventually(t, func() bool { return db.Ping() == nil }, "the pool does not recover")
		requireUsable(t, db)

		err := db.QueryRow("select pg_terminate_backend(pg_backend_pid())").Scan(new(bool))
		require.Error(t, err)
		if driver != libpqDriver { // says: driver: bad connection
			require.Equal(t, "57P01", sqlStateOf(err))
		}
		requireUsable(t, db)
	})
}

// TestKilledTransaction says that a transaction does not go on in another session.
func TestKilledTransaction(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		tx := begin(t, db)
		pid := queryValue[int](t, tx, "select pg_backend_pid()")
		require.True(t, queryValue[bool](t, db, "select pg_terminate_backend($1, 10000)", pid))
		_, err := tx.Exec("select 1")
		require.Error(t, err)
		require.Error(t, tx.Commit())
		requireUsable(t, db)
	})
}
