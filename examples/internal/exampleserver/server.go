// Package exampleserver gives the examples the PostgreSQL server that they run on.
package exampleserver

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// Server is the PostgreSQL server of a run.
type Server struct {
	// DSN is its connection string.
	DSN string
	// Origin says in words where the server comes from.
	Origin string

	stop func() error
}

// Open takes the server that dsn names, or starts one with opts if dsn is empty, which it says on diagnostics.
func Open(ctx context.Context, dsn string, opts pgtest.Options, diagnostics io.Writer) (*Server, error) {
	if dsn != "" {
		return &Server{DSN: dsn, Origin: "the server that -dsn names", stop: func() error { return nil }}, nil
	}
	fmt.Fprintln(diagnostics, "Starting a PostgreSQL server; where none is installed, npm fetches one first, once.")
	started, err := pgtest.Start(ctx, opts)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err() // what the interrupted programs say is of no use
	}
	if err != nil {
		return nil, fmt.Errorf("%w\nor name a server with -dsn", err)
	}
	return &Server{DSN: started.DSN(), Origin: started.Origin(), stop: started.Stop}, nil
}

// Stop stops the server if it was started for this run.
func (s *Server) Stop() error { return s.stop() }

// Introduce writes to out which server and version answers.
func (s *Server) Introduce(ctx context.Context, db *sql.DB, out io.Writer) error {
	var version string
	if err := db.QueryRowContext(ctx, "show server_version").Scan(&version); err != nil {
		return fmt.Errorf("asking for the server's version: %w", err)
	}
	_, err := fmt.Fprintf(out, "PostgreSQL %s, %s.\n", version, s.Origin)
	return err
}
