package pgadapt_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
)

// nullability is what a column says of itself: "NULL", "NOT NULL", or "" where nobody knows.
func nullability(t *testing.T, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, query string, args ...any) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err)
	defer rows.Close()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	answers := make([]string, len(types))
	for i, column := range types {
		switch nullable, ok := column.Nullable(); {
		case ok && nullable:
			answers[i] = "NULL"
		case ok:
			answers[i] = "NOT NULL"
		}
	}
	return answers
}

const nullabilityTables = `
	create schema nullability;
	set search_path = nullability, public;
	create domain filled as text not null;
	create table item (id int primary key, note text, label filled, size int not null);
	create table other (id int not null);
	create view item_view as select * from item;
	create materialized view item_copy as select * from item;
	create table parent (id int not null);
	create table child () inherits (parent);
	create table whole (id int not null) partition by range (id);
	create table part partition of whole for values from (0) to (10);`

func TestNullable(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		t.Cleanup(func() {
			_, err := db.Exec("drop schema if exists nullability cascade")
			require.NoError(t, err)
		})
		_, err := conn.ExecContext(t.Context(), nullabilityTables)
		require.NoError(t, err)
		for _, test := range []struct {
			name, query string
			want        []string
		}{
			{"table", "select * from item", []string{"NOT NULL", "NULL", "NULL", "NOT NULL"}},
			{"other names and order", "select size as id, note as size from item i", []string{"NOT NULL", "NULL"}},
			{"join", "select item.id, other.id, note from item join other using (id)", []string{"NOT NULL", "NOT NULL", "NULL"}},
			{"subquery", "select s.a from (select id as a from item) s", []string{"NOT NULL"}},
			{"with", "with s as (select id from item) select * from s", []string{"NOT NULL"}},
			{"returning", "insert into item values (1, null, 'a', 1) returning id, note", []string{"NOT NULL", "NULL"}},
			{"system column", "select ctid from item", []string{"NOT NULL"}},
			{"partitioned table", "select id from whole", []string{"NOT NULL"}},

			{"expression", "select id + 1, 1, null from item", []string{"", "", ""}},
			{"scalar subquery", "select (select id from item where false)", []string{""}},
			{"union", "select id from item union all select null", []string{""}},
			{"left join", "select item.id, other.id, note from item left join other using (id)", []string{"", "", "NULL"}},
			{"full join", "select item.id from item full join other using (id)", []string{""}},
			{"right join in a subquery", "select s.id from (select item.id from item Right join other using (id)) s", []string{""}},
			{"grouping sets", "select id from item group by rollup (id)", []string{""}},
			{"view", "select id from item_view", []string{""}},
			{"materialized view", "select id from item_copy", []string{""}},
			{"inherited by other tables", "select id from parent", []string{""}},
			{"inheriting", "select id from child", []string{"NOT NULL"}},
			{"function", "select * from generate_series(1, 2)", []string{""}},
		} {
			t.Run(test.name, func(t *testing.T) {
				for range 2 {
					require.Equal(t, test.want, nullability(t, conn, test.query))
					if test.name == "returning" {
						_, err := conn.ExecContext(t.Context(), "delete from item")
						require.NoError(t, err)
					}
				}
			})
		}
	})
}

// The statements whose results show that a word, and not the catalog alone, decides.
func TestNullableIsNeverWrong(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), "create temp table item (id int not null); insert into item values (1)")
	require.NoError(t, err)
	_, err = conn.ExecContext(t.Context(), `
		create domain pg_temp.filled as text not null;
		create temp table labelled (id int not null, label pg_temp.filled);
		insert into labelled values (1, (select label from labelled where false));
		prepare hidden as select item.id from (values (2)) v(id) left join item using (id);
		create temp table doubtful (id int);
		insert into doubtful values (null);`)
	require.NoError(t, err)
	queries := []string{
		"select item.id from (values (2)) v(id) left join item using (id)",
		"select id from item group by cube (id) order by 1 desc nulls first",
		"select label from labelled",
		"execute hidden",
	}
	var version int
	require.NoError(t, conn.QueryRowContext(t.Context(), "select current_setting('server_version_num')::int").Scan(&version))
	if version >= 180000 {
		_, err = conn.ExecContext(t.Context(), "alter table doubtful add constraint filled not null id not valid")
		require.NoError(t, err)
		queries = append(queries, "insert into item values (2) returning old.id", "select id from doubtful")
	}
	for _, query := range queries {
		t.Run(query, func(t *testing.T) {
			require.NotEqual(t, []string{"NOT NULL"}, nullability(t, conn, query))
			var value any
			require.NoError(t, conn.QueryRowContext(t.Context(), query).Scan(&value))
			require.Nil(t, value)
		})
	}
}

func TestNullableInATransaction(t *testing.T) {
	db := open(t)
	tx, err := db.Begin()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.Exec("create table fleeting (id int not null, note text)")
	require.NoError(t, err)
	require.Equal(t, []string{"NOT NULL", "NULL"}, nullability(t, tx, "select * from fleeting"))
	requireWorking(t, tx)
}

// The rows that are still on the network are read after the catalog's answer.
func TestNullableWhileRowsAreOpen(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), "create temp table many as select i as id from generate_series(1, 2000) i; alter table many alter id set not null")
	require.NoError(t, err)
	rows, err := conn.QueryContext(t.Context(), "select id from many order by id")
	require.NoError(t, err)
	defer rows.Close()
	count := 0
	for rows.Next() {
		count++
		types, err := rows.ColumnTypes()
		require.NoError(t, err)
		nullable, ok := types[0].Nullable()
		require.True(t, ok)
		require.False(t, nullable)
		var id int
		require.NoError(t, rows.Scan(&id))
		require.Equal(t, count, id)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 2000, count)
}

// A result too large to be read ahead for an answer goes on without one.
func TestNullableOfALargeResult(t *testing.T) {
	conn := session(t, open(t))
	_, err := conn.ExecContext(t.Context(), `create temp table wide as select i as id, repeat('x', 10000) as filling
		from generate_series(1, 1000) i; alter table wide alter id set not null`)
	require.NoError(t, err)
	rows, err := conn.QueryContext(t.Context(), "select * from wide")
	require.NoError(t, err)
	defer rows.Close()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	_, ok := types[0].Nullable()
	require.False(t, ok)
	count := 0
	for rows.Next() {
		count++
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 1000, count)
	require.Equal(t, []string{"NOT NULL", "NULL"}, nullability(t, conn, "select * from wide limit 0"))
	require.Equal(t, []string{"NOT NULL", "NULL"}, nullability(t, conn, "select * from wide"))
}

// What one connection has learnt the others know: the last query of the second is the program's own.
func TestNullableIsAskedOnce(t *testing.T) {
	db := open(t)
	_, err := db.Exec("create table nullable_once (id int not null)")
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("drop table nullable_once")
		require.NoError(t, err)
	})
	first, second := session(t, db), session(t, db)
	pid := backendPID(t, second)
	lastQuery := func() (query string) {
		require.NoError(t, first.QueryRowContext(t.Context(), "select query from pg_stat_activity where pid = $1", pid).Scan(&query))
		return query
	}
	require.Equal(t, []string{"NOT NULL"}, nullability(t, first, "select id from nullable_once"))
	require.Equal(t, []string{"NOT NULL"}, nullability(t, second, "select id from nullable_once"))
	require.Equal(t, "select id from nullable_once", lastQuery())
}
