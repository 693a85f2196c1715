package dropin_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRowsAffected(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id int4 primary key, name text)")
		for _, c := range []struct {
			query string
			args  []any
			want  int64
		}{
			{query: "insert into item select i, 'item ' || i from generate_series(1, 10) i", want: 10},
			{query: "insert into item values ($1, $2), ($3, $4)", args: []any{11, "a", 12, "b"}, want: 2},
			{query: "insert into item values (1, 'again') on conflict do nothing", want: 0},
			{query: "update item set name = 'x' where id > 8", want: 4},
			{query: "update item set name = $1 where id > $2", args: []any{"y", 100}, want: 0},
			{query: "delete from item where id = $1", args: []any{12}, want: 1},
			{query: "select * from item", want: 11},
			{query: "select * from item where id <= $1", args: []any{5}, want: 5},
			{query: "create temp table copied as select * from item", want: 11},
			{query: "select * into temp another from item where id < 4", want: 3},
			{query: "create temp table plain (i int4)", want: 0},
			{query: "set local work_mem = '1MB'", want: 0},
			{query: "truncate item", want: 0},
			{query: "do $$ begin perform 1; end $$", want: 0},
			{query: "insert into plain values (1); insert into plain values (2), (3)", want: 2},
		} {
			t.Run(c.query, func(t *testing.T) {
				result, err := conn.ExecContext(t.Context(), c.query, c.args...)
				require.NoError(t, err)
				have, err := result.RowsAffected()
				require.NoError(t, err)
				require.Equal(t, c.want, have)
			})
		}
	})
}

func TestLastInsertIdIsAnError(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id serial)")
		result, err := conn.ExecContext(t.Context(), "insert into item default values")
		require.NoError(t, err)
		_, err = result.LastInsertId()
		require.ErrorContains(t, err, "LastInsertId")
		if driver == pgadaptDriver {
			require.ErrorContains(t, err, "RETURNING")
		}
	})
}

func TestReturning(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id serial primary key, name text)")
		require.Equal(t, 1, queryValue[int](t, conn, "insert into item (name) values ($1) returning id", "a"))
		require.Equal(t, []int{2, 3}, queryColumn[int](t, conn, "insert into item (name) values ('b'), ('c') returning id"))
		require.Equal(t, []string{"B", "C"}, queryColumn[string](t, conn, "update item set name = upper(name) where id > $1 returning name", 1))
		require.Equal(t, []int{1}, queryColumn[int](t, conn, "delete from item where id = 1 returning id"))
		require.ErrorIs(t, conn.QueryRowContext(t.Context(), "delete from item where id = 99 returning id").Scan(new(int)), sql.ErrNoRows)
		require.Equal(t, 5, queryValue[int](t, conn,
			"with new as (insert into item (id, name) values (5, 'd') returning id) select id from new"))
	})
}

// TestReturningThatNobodyReads says that an INSERT has happened although its rows were not read.
func TestReturningThatNobodyReads(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id int4)")
		rows, err := conn.QueryContext(t.Context(), "insert into item select generate_series(1, $1::int4) returning id", 5000)
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, rows.Close())
		require.Equal(t, 5000, queryValue[int](t, conn, "select count(*) from item"))
	})
}

// TestQueryOfStatementsWithoutRows uses Query for what Exec is meant for.
func TestQueryOfStatementsWithoutRows(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id int4)")
		for _, c := range []struct {
			query string
			args  []any
		}{
			{query: "insert into item values (1)"},
			{query: "insert into item values ($1)", args: []any{2}},
			{query: "create temp table if not exists other (i int4)"},
			{query: ""}, {query: " "}, {query: ";"}, {query: "-- a comment"}, {query: "/* a comment */"},
		} {
			t.Run(c.query, func(t *testing.T) {
				rows, err := conn.QueryContext(t.Context(), c.query, c.args...)
				require.NoError(t, err)
				columns, err := rows.Columns()
				require.NoError(t, err)
				require.Empty(t, columns)
				require.False(t, rows.Next())
				require.NoError(t, rows.Err())
				require.NoError(t, rows.Close())
				require.ErrorIs(t, conn.QueryRowContext(t.Context(), c.query, c.args...).Scan(), sql.ErrNoRows)
			})
		}
		require.Equal(t, 4, queryValue[int](t, conn, "select count(*) from item"))
	})
}

func TestExecOfTextsWithoutStatement(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, query := range []string{"", " ", ";", ";;", "-- a comment", "/* a comment */", "\n"} {
			result, err := db.Exec(query)
			require.NoError(t, err, query)
			affected, err := result.RowsAffected()
			if driver != libpqDriver { // has no number for an empty statement
				require.NoError(t, err, query)
			}
			require.Zero(t, affected, query)
			stmt, err := db.Prepare(query)
			require.NoError(t, err, query)
			_, err = stmt.Exec()
			require.NoError(t, err, query)
			require.NoError(t, stmt.Close())
		}
	})
}

func TestPrepareAndReuse(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		stmt, err := db.Prepare("select $1::int4 * 2, $2::text where $1 > 0")
		require.NoError(t, err)
		for i := 1; i <= 50; i++ {
			var number int
			var text sql.NullString
			var arg any = fmt.Sprint(i)
			if i%2 == 0 {
				arg = nil
			}
			require.NoError(t, stmt.QueryRow(i, arg).Scan(&number, &text))
			require.Equal(t, i*2, number)
			require.Equal(t, i%2 != 0, text.Valid)
		}
		require.ErrorIs(t, stmt.QueryRow(0, "x").Scan(new(int), new(string)), sql.ErrNoRows)
		require.NoError(t, stmt.Close())
		require.NoError(t, stmt.Close(), "closing twice is no error")
		_, err = stmt.Query(1, "x")
		require.ErrorContains(t, err, "closed")
	})
}

// TestManyStatements prepares more texts than any cache holds.
func TestManyStatements(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		for i := range 1200 {
			require.Equal(t, i+1, queryValue[int](t, db, fmt.Sprintf("select $1::int4 + %d", i), 1))
		}
		require.Equal(t, 1, queryValue[int](t, db, "select $1::int4 + 0", 1))
	})
}

// TestStatementsHeldWhileTheCacheOverflows keeps prepared statements in use while others come and go.
func TestStatementsHeldWhileTheCacheOverflows(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		db.SetMaxOpenConns(1)
		var held []*sql.Stmt
		for i := range 700 {
			stmt, err := db.Prepare(fmt.Sprintf("select $1::int4 + %d", i))
			require.NoError(t, err)
			held = append(held, stmt)
		}
		twin, err := db.Prepare("select $1::int4 + 0")
		require.NoError(t, err)
		require.NoError(t, twin.Close())
		for i, stmt := range held {
			var have int
			require.NoError(t, stmt.QueryRow(1).Scan(&have))
			require.Equal(t, i+1, have)
			require.NoError(t, stmt.Close())
		}
		requireUsable(t, db)
	})
}

// TestArgumentCount gives too few and too many arguments, directly and over a prepared statement.
func TestArgumentCount(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, c := range []struct {
			query string
			args  []any
		}{
			{query: "select $1::int4"},
			{query: "select $1::int4", args: []any{1, 2}},
			{query: "select $1::int4, $2::int4", args: []any{1}},
			{query: "select 1", args: []any{1}},
		} {
			t.Run(fmt.Sprintf("%s with %d", c.query, len(c.args)), func(t *testing.T) {
				_, err := db.Exec(c.query, c.args...)
				require.Error(t, err)
				err = db.QueryRow(c.query, c.args...).Scan(new(any), new(any))
				require.Error(t, err)
				require.NotErrorIs(t, err, sql.ErrNoRows)
				stmt, err := db.Prepare(c.query)
				require.NoError(t, err)
				defer stmt.Close()
				_, err = stmt.Exec(c.args...)
				require.ErrorContains(t, err, "sql: expected")
				requireUsable(t, db)
			})
		}
	})
}

func TestMostParameters(t *testing.T) {
	query := func(count int) (string, []any) {
		var text strings.Builder
		args := make([]any, count)
		text.WriteString("select count(*) from (values ($1::int4)")
		args[0] = 0
		for i := 1; i < count; i++ {
			fmt.Fprintf(&text, ",($%d)", i+1)
			args[i] = i
		}
		text.WriteString(") v(i)")
		return text.String(), args
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		text, args := query(65535)
		require.Equal(t, 65535, queryValue[int](t, db, text, args...))

		text, args = query(65536)
		err := db.QueryRow(text, args...).Scan(new(int))
		require.ErrorContains(t, err, "6553")
		_, err = db.Exec(text, args...)
		require.Error(t, err)
		requireUsable(t, db)
	})
}

func TestExecOfSeveralStatements(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn,
			"create temp table item (id int4); insert into item values (1); insert into item values (2)",
			"; ; insert into item values (3);;",
			"insert into item values (4) -- ; not a separator\n; select ';'",
			"do $$ begin insert into item values (5); end $$; select 1",
		)
		require.Equal(t, []int{1, 2, 3, 4, 5}, queryColumn[int](t, conn, "select id from item order by id"))

		_, err := conn.ExecContext(t.Context(), "insert into item values (6); insert into item values ('x')")
		require.ErrorContains(t, err, "invalid input syntax")
		require.Equal(t, 5, queryValue[int](t, conn, "select count(*) from item"), "the statements are one transaction")

		_, err = conn.ExecContext(t.Context(), "insert into item values ($1); insert into item values ($1)", 7)
		require.Error(t, err, "arguments go to one statement only")
		requireUsable(t, conn)

		_, err = conn.PrepareContext(t.Context(), "select 1; select 2")
		require.Error(t, err)
		requireUsable(t, conn)
	})
}

// TestSchemaChange runs a statement again whose columns have changed.
func TestSchemaChange(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver != pgadaptDriver {
			t.Skip("says: cached plan must not change result type")
		}
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id int4); insert into item values (1)")
		stmt, err := conn.PrepareContext(context.Background(), "select * from item where id = $1")
		require.NoError(t, err)
		defer stmt.Close()
		var id int
		require.NoError(t, stmt.QueryRow(1).Scan(&id))
		exec(t, conn, "alter table item add name text default 'new'")
		var name string
		require.NoError(t, stmt.QueryRow(1).Scan(&id, &name))
		require.Equal(t, "new", name)
	})
}

// TestParameterTypeChange runs a query again whose parameter has become another type: it may fail once, since
// the server had been told the old type, but not for good.
func TestParameterTypeChange(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		exec(t, conn, "create temp table item (id int4); insert into item values (1)")
		const query = "select id from item where id = $1"
		require.Equal(t, "1", queryValue[string](t, conn, query, "1"))
		exec(t, conn, "alter table item alter id type text")
		_ = conn.QueryRowContext(t.Context(), query, "1").Scan(new(any))
		require.Equal(t, "1", queryValue[string](t, conn, query, "1"))
	})
}

// TestStatementsTheServerForgot deallocates behind the driver's back.
func TestStatementsTheServerForgot(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver != pgadaptDriver {
			t.Skip("says: prepared statement does not exist")
		}
		conn := singleConn(t, db)
		for _, forget := range []string{"deallocate all", "discard all"} {
			require.Equal(t, 2, queryValue[int](t, conn, "select $1::int4 + 1", 1))
			exec(t, conn, forget)
			require.Equal(t, 3, queryValue[int](t, conn, "select $1::int4 + 1", 2))
		}
	})
}
