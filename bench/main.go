// Command bench compares what a client pays for PostgreSQL with pgadapt, with other drivers, and with the two
// floors below which none can come: PostgreSQL's protocol alone and database/sql alone.
//
//	go run ./bench                                    # everything, on a server that is started for it
//	go run ./bench -run rows/ -rounds 5               # some workloads
//	go run ./bench -sweep rows                        # how cost and memory grow with the number of rows
//	go run ./bench -sizes                             # what a driver adds to the size and the start of a program
//	go run ./bench -run rows/ -profile                # who takes the processor's time
//	go run ./bench -record docs                       # what the documentation shows, with both Go versions
//
// All drivers run in this one process and take turns; see the package measure for how, and the package workload
// for what is done. Processor time is that of this process, the server's is not in it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/pgadapt/pgadapt/bench/measure"
	"github.com/pgadapt/pgadapt/bench/report"
	"github.com/pgadapt/pgadapt/bench/workload"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func main() {
	options, err := parseOptions(os.Args[1:])
	if err != nil {
		os.Exit(2) // the flag package has said why
	}
	if err := run(context.Background(), options, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run measures, prints and writes what options ask for.
func run(ctx context.Context, options options, out io.Writer) (err error) {
	if options.sizes {
		return sizes(ctx, options.record, out)
	}
	dsn, stop, err := server(ctx, options.dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if options.record != "" {
		return record(ctx, dsn, options, out)
	}
	admin, err := workload.NewAdmin(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, admin.Close(ctx)) }()
	measured := newReport(admin, options)
	if err := measured.WriteHead(out); err != nil {
		return err
	}
	if options.profile {
		return profileAll(ctx, admin, dsn, options, out)
	}
	if options.sweep != nil {
		if err := measureSweeps(ctx, admin, dsn, options, measured, out); err != nil {
			return err
		}
		return write(measured, options)
	}
	if err := measureAll(ctx, admin, dsn, options, measured, out); err != nil {
		return err
	}
	if err := measured.WriteSummary(out); err != nil {
		return err
	}
	return write(measured, options)
}

// server starts one unless the user has named one.
func server(ctx context.Context, dsn string) (_ string, stop func() error, _ error) {
	if dsn != "" {
		return dsn, func() error { return nil }, nil
	}
	logf := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	started, err := pgtest.Start(ctx, pgtest.Options{Logf: logf})
	if err != nil {
		return "", nil, err
	}
	return started.DSN(), started.Stop, nil
}

func newReport(admin *workload.Admin, options options) *report.Report {
	return &report.Report{
		Recorded: time.Now().UTC().Truncate(time.Second),
		Machine:  report.ThisMachine(),
		Go:       runtime.Version(),
		Server:   admin.ServerVersion(),
		Versions: report.Versions(),
		Rounds:   options.plan.Rounds,
		Slot:     options.plan.Slot.Milliseconds(),
	}
}

// measureAll prints each result when it is there.
func measureAll(ctx context.Context, admin *workload.Admin, dsn string, options options, into *report.Report, out io.Writer) error {
	for _, w := range workload.All() {
		if !options.selected.MatchString(w.Name) {
			continue
		}
		comparison, err := measure.Compare(ctx, admin, w, dsn, options.plan)
		if errors.Is(err, errors.ErrUnsupported) {
			fmt.Fprintf(out, "%s: skipped: %v\n", w.Name, err)
			continue
		}
		if err != nil {
			return err
		}
		result := report.NewResult(comparison)
		into.Results = append(into.Results, result)
		if err := result.WriteTable(out); err != nil {
			return err
		}
	}
	return nil
}

func write(measured *report.Report, options options) error {
	if options.jsonFile != "" {
		if err := measured.WriteJSON(options.jsonFile); err != nil {
			return err
		}
	}
	if options.chartFolder != "" {
		return measured.WriteCharts(options.chartFolder)
	}
	return nil
}
