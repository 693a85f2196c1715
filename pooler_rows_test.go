package pgadapt_test

import (
	"database/sql"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// What sends or reads many rows works on the server connection of the moment, too.
func TestManyRowsThroughPgBouncer(t *testing.T) {
	poolers := map[string]func(t *testing.T) (dsn string){
		"drops prepared statements": func(t *testing.T) string { return startPgBouncer(t, "transaction") },
		"keeps prepared statements": func(t *testing.T) string {
			program, _ := newestPgBouncer(t)
			return runPgBouncer(t, program, "transaction", "max_prepared_statements = 200")
		},
	}
	for name, start := range poolers {
		t.Run(name, func(t *testing.T) {
			db, err := sql.Open(pgadapt.DriverName, start(t))
			require.NoError(t, err)
			defer db.Close()
			table := fmt.Sprintf("pooled_%d", time.Now().UnixNano())
			_, err = db.Exec("create table " + table + " (a int primary key, b text)")
			require.NoError(t, err)
			defer func() { _, _ = db.Exec("drop table " + table) }()

			const count = 1000
			for range 3 { // on a server connection that knows the texts, and on one that does not
				for _, write := range []struct {
					query string
					rows  any
				}{
					{"insert into " + table + " values ($1, $2)", pgadapt.Batch(countedRows(count, nil))},
					{"update " + table + " set b = v.b from (values $1) v (a, b) where v.a = " + table + ".a", pgadapt.Values(countedRows(count, nil))},
					{"delete from " + table + " where a = $1 and b = $2", pgadapt.Batch(countedRows(count, nil))},
					{"copy " + table + " from stdin", pgadapt.CopyRows(countedRows(count, nil))},
					{"copy " + table + " to stdout", io.Discard},
				} {
					result, err := db.Exec(write.query, write.rows)
					require.NoError(t, err, write.query)
					requireAffected(t, result, count)
				}
				tx, err := db.Begin()
				require.NoError(t, err)
				rows, err := tx.Query("select a from "+table+" order by a", pgadapt.FetchSize(77))
				require.NoError(t, err)
				numbers, err := pgadapt.Collect[int](rows, err)
				require.NoError(t, err)
				require.Len(t, numbers, count)
				require.NoError(t, tx.Commit())
				_, err = db.Exec("truncate " + table)
				require.NoError(t, err)
			}
		})
	}
}
