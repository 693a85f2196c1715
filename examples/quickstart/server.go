package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// server is the PostgreSQL server of this run.
type server struct {
	dsn    string
	origin string // in human words
	stop   func() error
}

// openServer takes the server that dsn names, or starts one if dsn is empty.
func openServer(ctx context.Context, dsn string, diagnostics io.Writer) (*server, error) {
	if dsn != "" {
		return &server{dsn: dsn, origin: "the server that -dsn names", stop: func() error { return nil }}, nil
	}
	fmt.Fprintln(diagnostics, "Starting a PostgreSQL server; where none is installed, npm fetches one first, once.")
	started, err := pgtest.Start(ctx, pgtest.Options{})
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err() // what the interrupted programs say is of no use
	}
	if err != nil {
		return nil, fmt.Errorf("%w\nor name a server with -dsn", err)
	}
	return &server{dsn: started.DSN(), origin: started.Origin(), stop: started.Stop}, nil
}

// introduce says which server and version answers.
func introduce(ctx context.Context, db *sql.DB, server *server, out io.Writer) error {
	var version string
	if err := db.QueryRowContext(ctx, "show server_version").Scan(&version); err != nil {
		return fmt.Errorf("asking for the server's version: %w", err)
	}
	_, err := fmt.Fprintf(out, "PostgreSQL %s, %s.\n", version, server.origin)
	return err
}
