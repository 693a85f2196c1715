package pgadapt

import (
	"context"
	"database/sql"
)

// Execer is what the functions beside the driver run statements on: a *sql.DB, a *sql.Conn, a *sql.Tx, or what embeds
// one of them.
type Execer interface {
	// ExecContext runs a statement that gives no rows.
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
