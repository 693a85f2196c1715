package drivers

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"time"

	"github.com/lib/pq"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/driver/pgdriver"
)

// PgDriver is bun's own driver with its default settings.
var PgDriver SQL = bunDriver{identity{name: "pgdriver", module: "github.com/uptrace/bun/driver/pgdriver", role: Peer}}

type bunDriver struct{ identity }

var (
	_ RichScanner = bunDriver{}
	_ RichSender  = bunDriver{}
	_ CopierIn    = bunDriver{}
	_ CopierOut   = bunDriver{}
)

// OpenDB turns the panics with which pgdriver answers a DSN it cannot read into errors.
func (bunDriver) OpenDB(dsn string) (db *sql.DB, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("drivers: pgdriver does not take the DSN, it must be a URI: %v", reason)
		}
	}()
	return sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(dsn))), nil
}

// Destination uses bun's own wrapper for slices, and encoding/json.
func (bunDriver) Destination(target any) any {
	switch target.(type) {
	case *[]int64, *[]float64, *[]string, *[]time.Time:
		return pgdialect.Array(target)
	}
	return documentDestination(target)
}

// HstoreDestination gives nothing: bun's wrapper for hstore, v1.2.18, panics when it scans into a pointer to a map.
func (bunDriver) HstoreDestination() (destination, pairs any) { return nil, nil }

// Argument uses lib/pq's wrapper: bun's works in its own queries only.
func (bunDriver) Argument(slice any) any { return pq.Array(slice) }

// CopyIn writes the rows as text, which pgdriver leaves to the program.
func (bunDriver) CopyIn(ctx context.Context, db *sql.DB, source CopySource) error {
	conn, err := bun.NewDB(db, pgdialect.New()).Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = pgdriver.CopyFrom(ctx, conn, source.Text(), source.Statement)
	return err
}

func (bunDriver) CopyOut(ctx context.Context, db *sql.DB, w io.Writer, query string) error {
	conn, err := bun.NewDB(db, pgdialect.New()).Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = pgdriver.CopyTo(ctx, conn, w, query)
	return err
}
