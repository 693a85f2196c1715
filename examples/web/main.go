// Command web is a sign-up board for lightning talks: a page with a form and a list that changes in every browser
// while people sign up. It starts a PostgreSQL server for itself, or takes the one that -dsn names:
//
//	go run ./examples/web
//	go run ./examples/web -dsn postgres://me@localhost/mydb -listen :8080
//
// Each file shows one thing: schema.sql a trigger that notifies, store.go the queries, follow.go a Listener and what
// to do about its gaps, broadcaster.go handing on what it hears to many browsers, of which some are slow, events.go
// server-sent events, form.go what may be signed up, page.go the pages, serve.go a server that ends gracefully.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/examples/internal/commandline"
	"github.com/pgadapt/pgadapt/examples/internal/exampleserver"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func main() { commandline.Main("web", run) }

const usage = `usage: web [-dsn string] [-listen address]

A sign-up board for lightning talks, with live updates in every browser. It runs until
it is interrupted.

Without -dsn it starts a PostgreSQL server for this run and stops it at the end, and the
talks are gone. With -dsn they stay, in the schema ` + schema + `.

`

// run does what the command line args ask for until ctx ends. It prints the address of the page to out, and logs to
// diagnostics.
func run(ctx context.Context, args []string, out, diagnostics io.Writer) error {
	flags := flag.NewFlagSet("web", flag.ContinueOnError)
	dsn := flags.String("dsn", "", "use the server of this connection `string`, a URI or keyword=value pairs;\n"+
		"the password is safer in PGPASSWORD or a passfile")
	address := flags.String("listen", "localhost:8080", "serve the page at this `address`; port 0 takes a free one")
	if err := commandline.Parse(flags, usage, args, diagnostics); err != nil {
		return err
	}
	return onServer(ctx, *dsn, *address, out, diagnostics)
}

// onServer finds a PostgreSQL server and runs the board on it.
func onServer(ctx context.Context, dsn, address string, out, diagnostics io.Writer) (err error) {
	server, err := exampleserver.Open(ctx, dsn, pgtest.Options{}, diagnostics)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()

	talks, err := openStore(ctx, server.DSN, schema)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, talks.close()) }()
	if err := server.Introduce(ctx, talks.db, out); err != nil {
		return err
	}
	return runBoard(ctx, talks, address, out, slog.New(slog.NewTextHandler(diagnostics, nil)))
}

// runBoard serves the board until ctx ends. It listens before the first page is read, so that no change falls between.
func runBoard(ctx context.Context, talks *store, address string, out io.Writer, logger *slog.Logger) error {
	listener, err := pgadapt.Listen(ctx, talks.config, talks.channel)
	if err != nil {
		return err
	}
	defer listener.Close()

	b := &board{talks: talks, changes: newBroadcaster(), logger: logger}
	ctx, stop := context.WithCancel(ctx)
	followed := make(chan error, 1)
	go func() {
		defer stop()
		followed <- b.follow(ctx, listener)
	}()
	err = serve(ctx, b, address, out)
	stop()
	return errors.Join(err, <-followed)
}
