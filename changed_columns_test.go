package pgadapt_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// The server gives the values of the new type in the format that was chosen for the old one.
func TestColumnThatHasChangedItsTypeIsRead(t *testing.T) {
	for _, change := range []struct{ to, using, want string }{
		{"numeric", "7.25", "7.25"},
		{"numeric", "'NaN'", "NaN"},
		{"interval", "'1 day 02:03:04'", "1 day 02:03:04"},
		{"inet", "'10.1.2.3/8'", "10.1.2.3/8"},
		{"point", "'(1,2)'", "(1,2)"},
		{"text", "'text'", "text"},
		{"int8", "9", "9"},
		{"int4[]", "'{1,2}'", "{1,2}"},
		{"numeric", "null", "<nil>"},
	} {
		t.Run(change.to+" "+change.using, func(t *testing.T) {
			inEachMode(t, func(t *testing.T, db *sql.DB) {
				conn := session(t, db)
				run := func(query string) {
					_, err := conn.ExecContext(t.Context(), query)
					require.NoError(t, err)
				}
				run("create temp table changing (a int, b int); insert into changing values (1, 2), (1, 3)")
				query := "select a, b from changing where b > $1 order by b"
				read := func() []string {
					var texts []string
					rows, err := conn.QueryContext(t.Context(), query, 0)
					require.NoError(t, err)
					defer rows.Close()
					for rows.Next() {
						var a any
						var b int
						require.NoError(t, rows.Scan(&a, &b))
						if bytes, ok := a.([]byte); ok {
							a = string(bytes)
						}
						texts = append(texts, fmt.Sprintf("%v %d", a, b))
					}
					require.NoError(t, rows.Err())
					return texts
				}
				require.Equal(t, []string{"1 2", "1 3"}, read())

				run(fmt.Sprintf("alter table changing alter a type %s using %s", change.to, change.using))

				for range 2 {
					require.Equal(t, []string{change.want + " 2", change.want + " 3"}, read())
				}
			})
		})
	}
}

// A composite type's binary form is not known to anyone here.
func TestColumnThatHasChangedToAnUnknownTypeIsAnError(t *testing.T) {
	conn := session(t, open(t, "default_query_exec_mode", "cache_describe"))
	run := func(query string) {
		_, err := conn.ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	run("create type pg_temp.pair as (x int, y int); create temp table changing (a int); insert into changing values (1)")
	var a string
	read := func() error { return conn.QueryRowContext(t.Context(), "select a from changing").Scan(&a) }
	require.NoError(t, read())
	run("alter table changing alter a type pg_temp.pair using '(1,2)'")

	require.ErrorContains(t, read(), `column "a" has got another type`)

	require.NoError(t, read(), "it works when it is used again")
	require.Equal(t, "(1,2)", a)
}
