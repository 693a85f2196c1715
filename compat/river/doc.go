// Package river holds the tests of github.com/riverqueue/river with its driver riverdatabasesql over pgadapt:
//
//	client, err := river.NewClient(riverdatabasesql.New(db), config)
//
// riverdatabasesql takes any *sql.DB, writes arrays with pq.Array, and looks for new jobs at an interval: it does not
// listen for notifications, whatever the driver.
package river
