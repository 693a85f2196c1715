package drivers

import (
	"context"
	"database/sql"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

// PGX is pgx's database/sql driver with its default settings.
var PGX SQL = pgxStdlib{identity{name: "pgx/stdlib", module: "github.com/jackc/pgx/v5", role: Peer}}

type pgxStdlib struct{ identity }

var (
	_ RichScanner = pgxStdlib{}
	_ RichSender  = pgxStdlib{}
	_ Batcher     = pgxStdlib{}
	_ CopierIn    = pgxStdlib{}
	_ CopierOut   = pgxStdlib{}
)

// OpenDB parses dsn itself: sql.Open("pgx", dsn) would do so again for each connection.
func (pgxStdlib) OpenDB(dsn string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	return stdlib.OpenDB(*config), nil
}

func (pgxStdlib) HstoreDestination() (destination, pairs any) {
	pairs = new(pgtype.Hstore)
	return pairs, pairs
}

func (pgxStdlib) Argument(slice any) any { return slice }

func (pgxStdlib) Batch(ctx context.Context, db *sql.DB, query string, times int, arguments []any) error {
	return withPGX(ctx, db, func(conn *pgx.Conn) error {
		var batch pgx.Batch
		for range times {
			batch.Queue(query, arguments...)
		}
		return conn.SendBatch(ctx, &batch).Close()
	})
}

func (pgxStdlib) CopyIn(ctx context.Context, db *sql.DB, source CopySource) error {
	return withPGX(ctx, db, func(conn *pgx.Conn) error {
		table := pgx.Identifier{source.Schema, source.Table}
		rows := pgx.CopyFromSlice(source.Rows, func(i int) ([]any, error) { return source.Row(i), nil })
		_, err := conn.CopyFrom(ctx, table, source.Columns, rows)
		return err
	})
}

func (pgxStdlib) CopyOut(ctx context.Context, db *sql.DB, w io.Writer, query string) error {
	return withPGX(ctx, db, func(conn *pgx.Conn) error {
		_, err := conn.PgConn().CopyTo(ctx, w, query)
		return err
	})
}

// withPGX goes below database/sql, where pgx has COPY.
func withPGX(ctx context.Context, db *sql.DB, use func(*pgx.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driverConn any) error { return use(driverConn.(*stdlib.Conn).Conn()) })
}
