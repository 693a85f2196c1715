package drivers

import (
	"context"
	"database/sql"

	"github.com/lib/pq"
)

// LibPQ is github.com/lib/pq with its default settings.
var LibPQ SQL = libPQ{identity{name: "lib/pq", module: "github.com/lib/pq", role: Peer}}

type libPQ struct{ identity }

var (
	_ ArrayScanner = libPQ{}
	_ CopierIn     = libPQ{}
)

func (libPQ) OpenDB(dsn string) (*sql.DB, error) {
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func (libPQ) ScanArray(array *[]int64) any { return pq.Array(array) }

// CopyIn is what lib/pq documents for bulk imports: a prepared COPY, executed for each row, and once
// without arguments at the end.
func (libPQ) CopyIn(ctx context.Context, db *sql.DB, source CopySource) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	stmt, err := tx.PrepareContext(ctx, source.Statement())
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
