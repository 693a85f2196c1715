package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

func TestValues(t *testing.T) {
	for _, count := range []int{0, 1, 2, 99, 100, 101, 250, 5_000} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				conn, requireRows := batchSession(t, db)
				for range 2 {
					result, err := conn.ExecContext(t.Context(), "insert into t values $1", pgadapt.Values(countedRows(count, nil)))
					require.NoError(t, err)
					requireAffected(t, result, count)
					requireRows(count)

					rows, err := conn.QueryContext(t.Context(),
						"insert into t values $1 on conflict (a) do update set b = $2 || excluded.a returning a, b",
						pgadapt.Values(countedRows(count, nil)), "new")
					require.NoError(t, err)
					requireCountedRows(t, rows, count)
					_, err = conn.ExecContext(t.Context(), "truncate t")
					require.NoError(t, err)
				}
			})
		})
	}
}

// requireCountedRows reads rows of (i, 'new' || i).
func requireCountedRows(t *testing.T, rows *sql.Rows, count int) {
	t.Helper()
	defer rows.Close()
	read := 0
	for rows.Next() {
		var a int
		var b string
		require.NoError(t, rows.Scan(&a, &b))
		require.Equal(t, read, a)
		require.Equal(t, fmt.Sprintf("new%d", a), b)
		read++
	}
	require.NoError(t, rows.Err())
	require.Equal(t, count, read)
}

func TestValuesOutsideOfInsert(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, _ := batchSession(t, db)
		_, err := conn.ExecContext(t.Context(), "insert into t select i, 'old' from generate_series(1, 300) i")
		require.NoError(t, err)
		result, err := conn.ExecContext(t.Context(),
			"update t set b = v.b from (values $1) as v (a, b) where t.a = v.a and t.a > $2", pgadapt.Values(countedRows(251, nil)), 100)
		require.NoError(t, err)
		requireAffected(t, result, 150)

		var text string
		require.NoError(t, conn.QueryRowContext(t.Context(), "select string_agg(d::text || n, ',') from (values $1) as v (d, n)",
			pgadapt.Values(pgadapt.RowsOf([][]any{{"2024-05-06", 1}, {"2024-05-07", 2}})).Template("($1::date, $2::int * 2)")).Scan(&text))
		require.Equal(t, "2024-05-062,2024-05-074", text)
	})
}

func TestValuesTypes(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn := session(t, db)
		_, err := conn.ExecContext(t.Context(), "create temp table k (i int8, f float8, s text, t timestamptz, l text[], j jsonb)")
		require.NoError(t, err)
		moment := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
		rows := [][]any{
			{nil, nil, nil, nil, nil, nil},
			{1, 1.5, "a", moment, []string{"x", "y"}, map[string]any{"k": 1}},
			{int64(1) << 40, 2, "", moment, []string{}, `[1]`},
		}
		_, err = conn.ExecContext(t.Context(), "insert into k values $1", pgadapt.Values(pgadapt.RowsOf(rows)))
		require.NoError(t, err)
		have, err := pgxStrings(conn, "select concat_ws(' ', i, f, s, t at time zone 'UTC', l, j) from k order by i nulls first")
		require.NoError(t, err)
		require.Equal(t, []string{"", `1 1.5 a 2024-05-06 07:08:09 {x,y} {"k": 1}`, `1099511627776 2  2024-05-06 07:08:09 {} [1]`}, have)
	})
}

func TestValuesInEachStyle(t *testing.T) {
	rows := pgadapt.Values(countedRows(150, nil))
	cases := map[string]struct {
		style, query string
		args         []any
	}{
		"numeric":  {"numeric", "insert into t select v.a + $2, v.b from (values $1) v (a, b) where a in $3", []any{rows, 1000, pgadapt.In([]int{1, 2, 149})}},
		"last":     {"numeric", "insert into t select v.a + $1, v.b from (values $3) v (a, b) where a in $2", []any{1000, pgadapt.In([]int{1, 2, 149}), rows}},
		"at names": {"numeric", "insert into t select v.a + @more, v.b from (values @rows) v (a, b) where a in @ids", []any{pgadapt.NamedArgs{"more": 1000, "rows": rows, "ids": pgadapt.In([]int{1, 2, 149})}}},
		"pyformat": {"pyformat", "insert into t select v.a + %s, v.b from (values %s) v (a, b) where a in %s", []any{1000, rows, pgadapt.In([]int{1, 2, 149})}},
		"qmark":    {"qmark", "insert into t select v.a + ?, v.b from (values ?) v (a, b) where a in ?", []any{1000, rows, pgadapt.In([]int{1, 2, 149})}},
		"named":    {"named", "insert into t select v.a + :more, v.b from (values :rows) v (a, b) where a in :ids", []any{pgadapt.NamedArgs{"more": 1000, "rows": rows, "ids": pgadapt.In([]int{1, 2, 149})}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, mode := range modes {
				conn, _ := batchSession(t, open(t, "paramstyle", c.style, "default_query_exec_mode", mode))
				result, err := conn.ExecContext(t.Context(), c.query, c.args...)
				require.NoError(t, err, mode)
				requireAffected(t, result, 3)
			}
		})
	}
}

func TestValuesIsAllOrNothing(t *testing.T) {
	errSource := errors.New("the source is broken")
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		conn, requireRows := batchSession(t, db)
		_, err := conn.ExecContext(t.Context(), "insert into t values $1", pgadapt.Values(countedRows(20_000, errSource)))
		require.ErrorIs(t, err, errSource)
		require.ErrorContains(t, err, "row 20001 of Values")
		requireRows(0)

		_, err = conn.QueryContext(t.Context(), "insert into t values $1 returning a", pgadapt.Values(pgadapt.RowsOf(
			append(make250Rows(), []any{7, "twice"}))))
		require.ErrorIs(t, err, pgerr.UniqueViolation)
		require.ErrorContains(t, err, "rows 201 to 251 of Values")
		requireRows(0)

		_, err = conn.ExecContext(t.Context(), "insert into t values $1", pgadapt.Values(pgadapt.RowsOf(
			append(make250Rows(), []any{300, "a\x00b"}))))
		require.ErrorContains(t, err, "row 251 of Values: value 2")
		requireRows(0)

		_, err = conn.ExecContext(t.Context(), "insert into t values $1", pgadapt.Values(pgadapt.RowsOf(
			append(make250Rows(), []any{300}))))
		require.ErrorContains(t, err, "row 251 of Values: it has 1 values, but the first has 2")
		requireRows(0)

		ctx, cancel := context.WithCancel(t.Context())
		_, err = conn.ExecContext(ctx, "insert into t values $1", pgadapt.Values(func(yield func([]any, error) bool) {
			for i := range 1_000_000_000 {
				if i == 10_000 {
					cancel()
				}
				if !yield([]any{i, "text"}, nil) {
					return
				}
			}
		}))
		require.ErrorIs(t, err, context.Canceled)
		requireRows(0)
	})
}

func make250Rows() [][]any {
	rows := make([][]any, 250)
	for i := range rows {
		rows[i] = []any{i, "text"}
	}
	return rows
}

func TestValuesOfManyColumns(t *testing.T) {
	db := open(t)
	row := make([]any, 1000)
	for i := range row {
		row[i] = i
	}
	rows := make([][]any, 150) // 150,000 parameters
	for i := range rows {
		rows[i] = row
	}
	columns := strings.TrimSuffix(strings.Repeat("int,", 1000), ",")
	for i := 1; strings.Contains(columns, "int,") && i < 1000; i++ {
		columns = strings.Replace(columns, "int,", fmt.Sprintf("c%d integer,", i), 1)
	}
	columns = strings.TrimSuffix(columns, "int") + "c1000 integer"
	conn := session(t, db)
	_, err := conn.ExecContext(t.Context(), "create temp table wide ("+columns+")")
	require.NoError(t, err)
	result, err := conn.ExecContext(t.Context(), "insert into wide values $1", pgadapt.Values(pgadapt.RowsOf(rows)))
	require.NoError(t, err)
	requireAffected(t, result, 150)
}

func TestValuesRefused(t *testing.T) {
	conn, _ := batchSession(t, open(t))
	one := pgadapt.RowsOf([][]any{{1, "one"}})
	cases := map[string]struct {
		query string
		args  []any
		want  string
	}{
		"not in the text": {"insert into t values (1, 'a')", []any{pgadapt.Values(one)}, "once"},
		"twice":           {"insert into t values $1, $1", []any{pgadapt.Values(one)}, "once"},
		"two of them":     {"insert into t values $1, $2", []any{pgadapt.Values(one), pgadapt.Values(one)}, "one Values"},
		"no sequence":     {"insert into t values $1", []any{pgadapt.Values(nil)}, "nil"},
		"an empty row":    {"insert into t values $1", []any{pgadapt.Values(pgadapt.RowsOf([][]any{{}}))}, "row 1 of Values: it has no values"},
		"template":        {"insert into t values $1", []any{pgadapt.Values(one).Template("($1)")}, "no $2"},
		"template of 3":   {"insert into t values $1", []any{pgadapt.Values(one).Template("($1, $2, $3)")}, "$3"},
		"unused":          {"insert into t values $1", []any{pgadapt.Values(one), 3}, "no parameter $2"},
		"missing":         {"insert into t values $1 on conflict do update set b = $2", []any{pgadapt.Values(one)}, "$2, but 1 arguments"},
		"syntax":          {"insrt into t values $1", []any{pgadapt.Values(one)}, "syntax error"},
		"as an element":   {"insert into t values $1", []any{pgadapt.Values(pgadapt.RowsOf([][]any{{1, pgadapt.Values(one)}}))}, "is no value"},
		"with a batch":    {"insert into t values $1", []any{pgadapt.Batch(one), pgadapt.Values(one)}, "stands for all"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := conn.ExecContext(t.Context(), c.query, c.args...)
			require.ErrorContains(t, err, c.want)
			requireWorking(t, connQuerier{conn})
		})
	}
}

// connQuerier makes a *sql.Conn a querier.
type connQuerier struct{ *sql.Conn }

func (c connQuerier) QueryRow(query string, args ...any) *sql.Row {
	return c.QueryRowContext(context.Background(), query, args...)
}

func TestValuesKeepsItsMemoryLimit(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		limited := open(t, "max_buffered_bytes", "100000", "default_query_exec_mode", strings.Split(t.Name(), "/")[1])
		conn, requireRows := batchSession(t, limited)
		for range 3 { // what was counted is given back
			_, err := conn.QueryContext(t.Context(), "insert into t values $1 returning repeat(b, 1000)", pgadapt.Values(countedRows(1_000, nil)))
			require.ErrorContains(t, err, "max_buffered_bytes")
			requireRows(0)
		}
		rows, err := conn.QueryContext(t.Context(), "insert into t values $1 returning a, 'new' || a", pgadapt.Values(countedRows(1_000, nil)))
		require.NoError(t, err)
		requireCountedRows(t, rows, 1_000)
	})
}
