// Command analysis loads three million flights into PostgreSQL, has the server answer questions about them, and writes
// the answers as tables, CSV files and charts. It starts a server for itself, or takes the one that -dsn names:
//
//	go run ./examples/analysis
//	go run ./examples/analysis -dsn postgres://me@localhost/mydb -charts svg
//
// Each file shows one thing: flights.go a file read row by row, load.go COPY from a sequence of rows, with progress.go
// for the bar, questions.go window functions, percentiles and grouping sets, answer.go COPY to CSV, charts.go rows into
// structs into charts, and dataset.go where the data come from.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pgadapt/pgadapt/examples/internal/commandline"
	"github.com/pgadapt/pgadapt/examples/internal/exampleserver"
	"github.com/pgadapt/pgadapt/examples/internal/workspace"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func main() { commandline.Main("analysis", run) }

const usage = `usage: analysis [-dsn string] [-out folder] [-charts png|svg] [-data folder]

Loads the three million flights of the United States of the first half of 2001 into
PostgreSQL, asks questions about delays, and writes the answers to files.

npm fetches the data once, 17 MB, into the cache folder of the user. Without -dsn the
program starts a server for this run, or takes the one that PGADAPT_TEST_DSN names.
It works in a schema of its own, which it drops at the end.

`

// options is what the command line asks for.
type options struct {
	dsn, data, out, charts string
}

func parse(args []string, diagnostics io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("analysis", flag.ContinueOnError)
	flags.StringVar(&o.dsn, "dsn", "", "use the server of this connection `string`, a URI or keyword=value pairs;\n"+
		"the password is safer in PGPASSWORD or a passfile")
	flags.StringVar(&o.data, "data", "", "take the data from this `folder`, with the files "+flightsFile+" and "+airportsFile)
	flags.StringVar(&o.out, "out", filepath.Join(os.TempDir(), "pgadapt-analysis"), "write the answers into this `folder`")
	flags.StringVar(&o.charts, "charts", "png", "`format` of the charts: png or svg")
	if err := commandline.Parse(flags, usage, args, diagnostics); err != nil {
		return o, err
	}
	if o.charts != "png" && o.charts != "svg" {
		return o, fmt.Errorf("-charts %q: png and svg are known", o.charts)
	}
	return o, nil
}

// run is the program.
func run(ctx context.Context, args []string, out, diagnostics io.Writer) (err error) {
	options, err := parse(args, diagnostics)
	if err != nil {
		return err
	}
	started := time.Now()
	if options.data == "" {
		if options.data, err = fetchData(ctx, diagnostics); err != nil {
			return fmt.Errorf("fetching the data: %w", err)
		}
	}
	if err := os.MkdirAll(options.out, 0o777); err != nil {
		return fmt.Errorf("making the folder for the answers: %w", err)
	}
	if err := onServer(ctx, options, out, diagnostics); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\nDone in %.1f s.\n", time.Since(started).Seconds())
	return err
}

// onServer finds a server, loads the data into a schema of its own, and answers the questions.
func onServer(ctx context.Context, options options, out, diagnostics io.Writer) (err error) {
	server, err := exampleserver.Open(ctx, options.dsn, pgtest.Options{}, diagnostics)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()

	db, err := workspace.Open(ctx, server.DSN, "analysis")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()

	if err := server.Introduce(ctx, db.DB, out); err != nil {
		return err
	}
	if err := load(ctx, db.DB, options.data, out, diagnostics); err != nil {
		return fmt.Errorf("loading the data: %w", err)
	}
	for _, question := range questions {
		if err := question.answer(ctx, db.DB, options, out); err != nil {
			return fmt.Errorf("%s: %w", question.title, err)
		}
	}
	return nil
}
