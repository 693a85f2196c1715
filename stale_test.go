package pgadapt_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/adapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// staleCases change what a statement that is already known depends on.
var staleCases = []struct {
	name  string
	setUp string
	query string
	// change happens between two uses of query.
	change string
	// want has what the first column of the first row is, as text, before and after change.
	want [2]string
}{
	{"type of a column changes", "create table s.t (a int); insert into s.t values (1)",
		"select * from s.t where $1::text is not null", "alter table s.t alter a type text using 'now text'", [2]string{"1", "now text"}},
	{"type of a compared column changes", "create table s.t (a int); insert into s.t values (1)",
		"select a from s.t where a = $1", "alter table s.t alter a type text", [2]string{"1", "1"}},
	{"column is added under select *", "create table s.t (a int); insert into s.t values (1)",
		"select * from s.t where $1::text is not null", "alter table s.t add b text default 'x'", [2]string{"1", "1"}},
	{"column is dropped under select *", "create table s.t (z int, a int); insert into s.t values (1, 1)",
		"select * from s.t where $1::text is not null", "alter table s.t drop z", [2]string{"1", "1"}},
	{"table is dropped and created", "create table s.t (a int); insert into s.t values (1)",
		"select * from s.t where $1::text is not null", "drop table s.t; create table s.t (b text, c int); insert into s.t values ('new', 2)", [2]string{"1", "new"}},
	{"view is replaced", "create view s.t as select 1 as a",
		"select * from s.t where $1::text is not null", "drop view s.t; create view s.t as select 'x'::text as a, 2 as b", [2]string{"1", "x"}},
	{"function is replaced", "create function s.f(text) returns int language sql as 'select 1'",
		"select s.f($1::text)", "drop function s.f; create function s.f(text) returns text language sql as $$ select 'x' $$", [2]string{"1", "x"}},
	{"DISCARD ALL", "", "select $1::text", "discard all", [2]string{"1", "1"}},
	{"DEALLOCATE ALL", "", "select $1::text", "deallocate all", [2]string{"1", "1"}},
	{"DISCARD PLANS", "", "select $1::text", "discard plans", [2]string{"1", "1"}},
	{"search_path changes", "create table s.t (a int); insert into s.t values (1); create schema if not exists s2; drop table if exists s2.t; " +
		"create table s2.t (b text, c int); insert into s2.t values ('other', 1); set search_path = s",
		"select * from t where $1::text is not null", "set search_path = s2", [2]string{"1", "other"}},
	{"type gets another OID", "create type s.mood as enum ('1', 'x'); create table s.t (a s.mood); insert into s.t values ('1')",
		"select a from s.t where a = $1", "drop table s.t; drop type s.mood; create type s.mood as enum ('0', '1'); " +
			"create table s.t (a s.mood); insert into s.t values ('1')", [2]string{"1", "1"}},
	{"composite type changes", "create type s.pair as (x int, y int); create table s.t (a s.pair); insert into s.t values ('(1,2)')",
		"select (a).x from s.t where $1::text is not null", "drop table s.t; drop type s.pair; create type s.pair as (x text, y int); " +
			"create table s.t (a s.pair); insert into s.t values ('(z,2)')", [2]string{"1", "z"}},
}

// setUpStale makes an empty schema s and runs the case's own statements.
func setUpStale(t *testing.T, conn *sql.Conn, setUp string) {
	t.Helper()
	_, err := conn.ExecContext(t.Context(), "set client_min_messages = warning; drop schema if exists s cascade; create schema s; "+setUp)
	require.NoError(t, err)
}

// asker is what runs a query in a test: a connection, a transaction or a prepared statement.
type asker func(ctx context.Context) (*sql.Rows, error)

// firstValue gives the first column of the first row, read as a program reads it.
func firstValue(t *testing.T, ask asker) (string, error) {
	t.Helper()
	rows, err := ask(t.Context())
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	require.True(t, rows.Next(), rows.Err())
	var first string
	destinations := make([]any, len(columns))
	for i := range destinations {
		destinations[i] = new(any)
	}
	destinations[0] = &first
	require.NoError(t, rows.Scan(destinations...))
	return first, rows.Close()
}

// Outside of a transaction a program never notices.
func TestStaleStatementOutsideOfATransaction(t *testing.T) {
	for _, c := range staleCases {
		t.Run(c.name, func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				for _, held := range []bool{false, true} {
					conn := session(t, db)
					setUpStale(t, conn, c.setUp)
					ask := asker(func(ctx context.Context) (*sql.Rows, error) { return conn.QueryContext(ctx, c.query, "1") })
					if held {
						statement, err := conn.PrepareContext(t.Context(), c.query)
						require.NoError(t, err)
						defer statement.Close()
						ask = func(ctx context.Context) (*sql.Rows, error) { return statement.QueryContext(ctx, "1") }
					}
					for range 7 { // PostgreSQL may change to a generic plan after five
						got, err := firstValue(t, ask)
						require.NoError(t, err)
						require.Equal(t, c.want[0], got)
					}
					_, err := conn.ExecContext(t.Context(), c.change)
					require.NoError(t, err)
					for range 2 {
						got, err := firstValue(t, ask)
						require.NoError(t, err)
						require.Equal(t, c.want[1], got)
					}
					require.NoError(t, conn.Close())
				}
			})
		})
	}
}

// Inside a transaction PostgreSQL allows no second try: the one error is a clear one, and the next transaction works.
func TestStaleStatementInsideATransaction(t *testing.T) {
	for _, c := range staleCases {
		t.Run(c.name, func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				conn := session(t, db)
				setUpStale(t, conn, c.setUp)
				for range 7 {
					_, err := firstValue(t, func(ctx context.Context) (*sql.Rows, error) { return conn.QueryContext(ctx, c.query, "1") })
					require.NoError(t, err)
				}
				_, err := conn.ExecContext(t.Context(), c.change)
				require.NoError(t, err)

				for attempt := range 3 {
					tx, err := conn.BeginTx(t.Context(), nil)
					require.NoError(t, err)
					got, err := firstValue(t, func(ctx context.Context) (*sql.Rows, error) { return tx.QueryContext(ctx, c.query, "1") })
					if err != nil {
						require.Zero(t, attempt, "one error at most: %v", err)
						_, ok := pgerr.Of(err)
						require.True(t, ok, "the server's own: %v", err)
						require.NoError(t, tx.Rollback())
						continue
					}
					require.Equal(t, c.want[1], got)
					require.NoError(t, tx.Commit())
				}
			})
		})
	}
}

// A registered type that is dropped and created again has another OID.
func TestRegisteredTypeIsCreatedAnew(t *testing.T) {
	type mood string
	registry := &adapt.Registry{}
	adapt.Enum[mood](registry, "s.mood")
	db := openConfig(t, func(config *pgadapt.Config) { config.Types = registry })
	conn := session(t, db)
	for range 3 {
		setUpStale(t, conn, "create type s.mood as enum ('sad', 'ok'); create table s.t (a s.mood, b s.mood[])")
		for range 3 {
			_, err := conn.ExecContext(t.Context(), "insert into s.t values ($1, $2)", mood("ok"), []mood{"sad", "ok"})
			require.NoError(t, err)
			var got mood
			require.NoError(t, conn.QueryRowContext(t.Context(), "select a from s.t where a = $1 limit 1", mood("ok")).Scan(&got))
			require.Equal(t, mood("ok"), got)
		}
	}
}
