// Command suites runs the test suites that other libraries bring along for lib/pq, first over lib/pq and then, with
// nothing changed in them, over pgadapt:
//
//	cd compat && go run ./suites                        # all of them, on a server that is started for it
//	cd compat && go run ./suites -run sqlx -dsn URI -v  # one of them, on a server of yours, with what it prints
//	cd compat && go run ./suites -record ../docs        # and write the outcome into compat.md
//
// The sources come from the Go module proxy. For the second run the module github.com/lib/pq is replaced by a copy of
// itself that leaves the name "postgres" to pgadapt. Each run has a database of its own. The command fails if a test
// passes over lib/pq and does not over pgadapt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func main() {
	var chosen options
	flag.StringVar(&chosen.dsn, "dsn", "", "URI of a running server, as a superuser. Default: one is started")
	flag.StringVar(&chosen.record, "record", "", "write the outcome into compat.md in this `folder`")
	flag.BoolVar(&chosen.verbose, "v", false, "print what the failed tests print")
	names := flag.String("run", "", "run only the suites whose name matches this `regexp`")
	flag.Parse()
	var err error
	if chosen.selected, err = regexp.Compile(*names); err == nil {
		err = run(context.Background(), chosen)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	dsn, record string
	verbose     bool
	selected    *regexp.Regexp
}

func run(ctx context.Context, options options) (err error) {
	folder, err := os.MkdirTemp("", "suites")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if options.dsn == "" {
		server, err := pgtest.Start(ctx, pgtest.Options{Logf: func(format string, args ...any) { fmt.Printf(format+"\n", args...) }})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		options.dsn = server.DSN()
	}
	var outcomes []outcome
	for _, suite := range suites {
		if !options.selected.MatchString(suite.name) {
			continue
		}
		outcome, err := suite.compare(ctx, filepath.Join(folder, suite.name), options)
		if err != nil {
			return fmt.Errorf("%s: %w", suite.name, err)
		}
		outcome.print(os.Stdout)
		outcomes = append(outcomes, outcome)
	}
	if options.record != "" {
		if err := record(options.record, outcomes); err != nil {
			return err
		}
	}
	return unexpected(outcomes)
}
