package drivers

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"
)

// PgConn is the first floor: the protocol as pgadapt and pgx use it, with the values dropped as they come.
var PgConn Wire = rawPgConn{identity{name: "pgconn", module: "github.com/jackc/pgx/v5", role: Floor}}

type rawPgConn struct{ identity }

func (rawPgConn) Connect(ctx context.Context, dsn string) (*pgconn.PgConn, error) {
	return pgconn.Connect(ctx, dsn)
}
