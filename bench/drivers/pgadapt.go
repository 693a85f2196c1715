package drivers

import (
	"context"
	"database/sql"
	"io"
	"iter"

	"github.com/pgadapt/pgadapt"
)

// PgAdapt is the subject, as a program gets it from sql.Open.
var PgAdapt SQL = pgAdapt{identity{name: "pgadapt", module: "github.com/pgadapt/pgadapt", role: Subject}}

type pgAdapt struct{ identity }

var (
	_ RichScanner = pgAdapt{}
	_ RichSender  = pgAdapt{}
	_ Batcher     = pgAdapt{}
	_ CopierIn    = pgAdapt{}
	_ CopierOut   = pgAdapt{}
)

func (pgAdapt) OpenDB(dsn string) (*sql.DB, error) { return sql.Open(pgadapt.DriverName, dsn) }

func (p pgAdapt) HstoreDestination() (destination, pairs any) {
	pairs = new(map[string]string)
	return p.Destination(pairs), pairs
}

func (pgAdapt) Argument(slice any) any { return slice }

func (pgAdapt) Batch(ctx context.Context, db *sql.DB, query string, times int, arguments []any) error {
	_, err := db.ExecContext(ctx, query, pgadapt.Batch(func(yield func([]any, error) bool) {
		for range times {
			if !yield(arguments, nil) {
				return
			}
		}
	}))
	return err
}

func (pgAdapt) CopyIn(ctx context.Context, db *sql.DB, source CopySource) error {
	_, err := db.ExecContext(ctx, source.Statement, pgadapt.CopyRows(source.all()))
	return err
}

func (pgAdapt) CopyOut(ctx context.Context, db *sql.DB, w io.Writer, query string) error {
	_, err := db.ExecContext(ctx, query, w)
	return err
}

// all gives the rows one after the other.
func (s CopySource) all() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := range s.Rows {
			if !yield(s.Row(i), nil) {
				return
			}
		}
	}
}
