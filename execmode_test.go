package pgadapt_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// TestModeOfOneStatement shows by the session's prepared statements how a statement has travelled.
func TestModeOfOneStatement(t *testing.T) {
	const query = "select $1::text || 'x'"
	for _, test := range []struct {
		name     string
		mode     any
		prepared int
	}{
		{"none", nil, 1},
		{"cache_statement", pgadapt.ExecModeCacheStatement, 1},
		{"cache_describe", pgadapt.ExecModeCacheDescribe, 0},
		{"describe_exec", pgadapt.ExecModeDescribeExec, 0},
		{"exec", pgadapt.ExecModeExec, 0},
		{"simple_protocol", pgadapt.ExecModeSimpleProtocol, 0},
		{"pgx's cache statement", pgx.QueryExecModeCacheStatement, 1},
		{"pgx's cache describe", pgx.QueryExecModeCacheDescribe, 0},
		{"pgx's describe exec", pgx.QueryExecModeDescribeExec, 0},
		{"pgx's exec", pgx.QueryExecModeExec, 0},
		{"pgx's simple protocol", pgx.QueryExecModeSimpleProtocol, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := session(t, open(t))
			args := []any{"a"}
			if test.mode != nil {
				args = []any{test.mode, "a"}
			}
			rows, err := conn.QueryContext(t.Context(), query, args...)
			require.NoError(t, err)
			require.True(t, rows.Next())
			var text string
			require.NoError(t, rows.Scan(&text))
			require.Equal(t, "ax", text)
			require.NoError(t, rows.Close())
			result, err := conn.ExecContext(t.Context(), query, args...)
			require.NoError(t, err)
			count, err := result.RowsAffected()
			require.NoError(t, err)
			require.EqualValues(t, 1, count)

			var prepared int
			require.NoError(t, conn.QueryRowContext(t.Context(),
				"select count(*) from pg_prepared_statements where statement = $1", query).Scan(&prepared))
			require.Equal(t, test.prepared, prepared)
		})
	}
}

func TestModeThatDoesNotExist(t *testing.T) {
	db := open(t)
	_, err := db.Exec("select $1::int4", 1, pgadapt.ExecMode(9))
	require.EqualError(t, err, "pgadapt: ExecMode(9) is no execution mode")
	require.EqualError(t, db.QueryRow("select 1", pgadapt.ExecMode(9)).Scan(new(int)), "pgadapt: ExecMode(9) is no execution mode")
	requireWorking(t, db)
}
