// Command maintenance reports what a database needs: bloat, dead tuples, indexes that are unused, double or invalid,
// tables without a primary key, long transactions, cache hit rates, sequences near their end, and the distance to
// wraparound. With -fix it runs VACUUM, ANALYZE and REINDEX CONCURRENTLY where the report says so, without ever keeping
// an application waiting.
//
//	go run ./examples/maintenance                                    # on a database of its own, with defects to show
//	go run ./examples/maintenance -dsn postgres://me@localhost/mydb
//	go run ./examples/maintenance -dsn postgres://me@localhost/mydb -fix
//
// Each file shows one thing: report.go queries into structs with Collect, and the same structs as tables and JSON;
// repair.go long statements on one session, with a lock_timeout, and what to do after an error or Ctrl-C; progress.go a
// second session that watches the first; the others have the queries.
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
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func main() { commandline.Main("maintenance", run) }

const usage = `usage: maintenance [-dsn string] [-fix] [-json] …

Reports what a PostgreSQL database needs, and does with -fix what can be done without
disturbing those who work in it.

Without -dsn it starts a server for this run, or takes the one that PGADAPT_TEST_DSN
names, and makes a database with defects to show, which it drops at the end.

`

// options is what the command line asks for.
type options struct {
	dsn         string
	fix         bool
	json        bool
	verbose     bool
	lockTimeout time.Duration
	limits      limits
}

// limits say from where on something is worth a line in the report.
type limits struct {
	bloatPercent    int
	bloatBytes      int64
	longTransaction time.Duration
	sequencePercent int
	rows            int
}

func parse(args []string, diagnostics io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("maintenance", flag.ContinueOnError)
	flags.StringVar(&o.dsn, "dsn", "", "look at the database of this connection `string`, a URI or keyword=value pairs;\n"+
		"the password is safer in PGPASSWORD or a passfile")
	flags.BoolVar(&o.fix, "fix", false, "run VACUUM, ANALYZE and REINDEX CONCURRENTLY where the report says so")
	flags.BoolVar(&o.json, "json", false, "print JSON, with all rows")
	flags.BoolVar(&o.verbose, "verbose", false, "show what the server tells in detail while it repairs")
	flags.DurationVar(&o.lockTimeout, "lock-timeout", 2*time.Second, "give a repair up that has to wait longer for a lock")
	flags.IntVar(&o.limits.bloatPercent, "bloat-percent", 30, "report bloat of at least so much of a table or index")
	flags.Int64Var(&o.limits.bloatBytes, "bloat-bytes", 1<<20, "report bloat of at least so many bytes")
	flags.DurationVar(&o.limits.longTransaction, "long-transaction", 5*time.Minute, "report transactions older than this")
	flags.IntVar(&o.limits.sequencePercent, "sequence-percent", 50, "report sequences of which so much is used")
	flags.IntVar(&o.limits.rows, "rows", 20, "print at most so many rows of each table")
	if err := commandline.Parse(flags, usage, args, diagnostics); err != nil {
		return o, err
	}
	if o.lockTimeout < time.Millisecond {
		return o, errors.New("-lock-timeout must be at least 1ms: without one a repair could hold everybody up")
	}
	return o, nil
}

// run is the program.
func run(ctx context.Context, args []string, out, diagnostics io.Writer) error {
	options, err := parse(args, diagnostics)
	if err != nil {
		return err
	}
	if options.dsn != "" {
		return maintain(ctx, options, out, diagnostics)
	}
	return demonstrate(ctx, options, out, diagnostics)
}

// demonstrate maintains a database with defects.
func demonstrate(ctx context.Context, options options, out, diagnostics io.Writer) (err error) {
	server, err := exampleserver.Open(ctx, "", pgtest.Options{}, diagnostics)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()

	fmt.Fprintln(diagnostics, "Making a database with defects to show.")
	defects, err := makeDefects(ctx, server.DSN)
	if err != nil {
		return fmt.Errorf("making a database with defects: %w", err)
	}
	defer func() { err = errors.Join(err, defects.close(ctx)) }()

	options.dsn = defects.dsn
	options.limits.longTransaction = 0 // the one to show is young
	return maintain(ctx, options, out, diagnostics)
}

// maintain prints the report on a database, and repairs it if that is wanted.
func maintain(ctx context.Context, options options, out, diagnostics io.Writer) (err error) {
	messages := &messages{out: out}
	if options.json {
		messages.out = diagnostics // the output is one JSON document
	}
	db, err := open(options, messages)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	report, err := inspect(ctx, db, options.limits)
	if err != nil {
		return err
	}
	if !options.json {
		if err := report.print(out, options.limits.rows); err != nil {
			return err
		}
	}
	if !options.fix {
		return report.end(out, options)
	}
	report.Repairs, err = repair(ctx, db, report.remedies(), options, messages)
	return errors.Join(err, report.end(out, options))
}
