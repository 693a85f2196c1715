package drivers

import (
	"context"
	"database/sql"

	"github.com/lib/pq"
	"github.com/lib/pq/hstore"
)

// LibPQ is github.com/lib/pq with its default settings.
var LibPQ SQL = libPQ{identity{name: "lib/pq", module: "github.com/lib/pq", role: Peer}}

type libPQ struct{ identity }

var (
	_ RichScanner = libPQ{}
	_ RichSender  = libPQ{}
	_ Batcher     = libPQ{}
	_ CopierIn    = libPQ{}
)

func (libPQ) OpenDB(dsn string) (*sql.DB, error) {
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// Destination uses pq.Array, which knows no times, and encoding/json.
func (libPQ) Destination(target any) any {
	switch target.(type) {
	case *[]int64, *[]float64, *[]string:
		return pq.Array(target)
	}
	return documentDestination(target)
}

func (libPQ) HstoreDestination() (destination, pairs any) {
	pairs = new(hstore.Hstore)
	return pairs, pairs
}

func (libPQ) Argument(slice any) any { return pq.Array(slice) }

// Batch executes a prepared statement in a transaction, a round trip each: lib/pq has no other way.
func (libPQ) Batch(ctx context.Context, db *sql.DB, query string, times int, arguments []any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	stmt, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for range times {
		if _, err := stmt.ExecContext(ctx, arguments...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// CopyIn is what lib/pq documents for bulk imports: a prepared COPY, executed for each row, and once
// without arguments at the end.
func (libPQ) CopyIn(ctx context.Context, db *sql.DB, source CopySource) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	stmt, err := tx.PrepareContext(ctx, source.Statement)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i := range source.Rows {
		if _, err := stmt.ExecContext(ctx, source.Row(i)...); err != nil {
			return err
		}
	}
	if _, err := stmt.ExecContext(ctx); err != nil {
		return err
	}
	return tx.Commit()
}
