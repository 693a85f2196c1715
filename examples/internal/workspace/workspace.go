// Package workspace gives an example a schema of its own in a database, so that it touches nothing else there.
package workspace

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
)

// Workspace is a pool of connections that work in a schema of this run alone.
type Workspace struct {
	*sql.DB
	schema string
}

// Open connects to a server and makes the schema, whose name begins with the example's.
func Open(ctx context.Context, connString, example string) (_ *Workspace, err error) {
	schema := "pgadapt_" + example + "_" + strings.ToLower(rand.Text())
	// A run-time parameter of PostgreSQL in the connection string holds for every connection of the pool.
	parameters, err := dsn.Make(connString, "search_path", schema)
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	db, err := sql.Open(pgadapt.DriverName, parameters.String())
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if err := db.PingContext(ctx); err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, "create schema "+schema); err != nil {
		return nil, fmt.Errorf("making a schema to work in: %w", err)
	}
	return &Workspace{DB: db, schema: schema}, nil
}

// cleanupTimeout limits the clean-up, which also runs after an interrupt.
const cleanupTimeout = 10 * time.Second

// Close drops the schema and closes the pool.
func (w *Workspace) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	_, err := w.ExecContext(ctx, "drop schema "+w.schema+" cascade")
	if err != nil {
		err = fmt.Errorf("dropping schema %s: %w", w.schema, err)
	}
	return errors.Join(err, w.DB.Close())
}
