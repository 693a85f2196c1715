package main

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"time"

	"github.com/pgadapt/pgadapt/bench/measure"
)

// options are the command line.
type options struct {
	dsn         string
	selected    *regexp.Regexp
	plan        measure.Plan
	jsonFile    string
	chartFolder string
	sweep       *regexp.Regexp
	profile     bool
	record      string
	sizes       bool
}

// parseOptions prints its error, and what would have been right.
func parseOptions(arguments []string) (options, error) {
	var chosen options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&chosen.dsn, "dsn", "", "URI of a running server; its schema pgadapt_bench is dropped. Default: one is started")
	flags.IntVar(&chosen.plan.Rounds, "rounds", 11, "how many times each driver gets its turn")
	flags.DurationVar(&chosen.plan.Slot, "slot", 75*time.Millisecond, "how long a turn takes")
	flags.StringVar(&chosen.jsonFile, "json", "", "write the results to this `file`")
	flags.StringVar(&chosen.chartFolder, "svg", "", "draw the charts into this `folder`")
	quick := flags.Bool("quick", false, "three short rounds, to see that everything works")
	chosen.selected = regexp.MustCompile("")
	flags.Func("run", "measure only the workloads whose name matches this `regexp`", func(text string) (err error) {
		chosen.selected, err = regexp.Compile(text)
		return err
	})
	flags.BoolVar(&chosen.profile, "profile", false, "in place of measuring, print who takes the processor's time of pgadapt's client")
	flags.StringVar(&chosen.record, "record", "", "measure everything with the oldest and the newest supported Go, and write "+
		"the results into this `folder` of documents")
	flags.BoolVar(&chosen.sizes, "sizes", false, "in place of the workloads, compare what drivers add to the size and the start of "+
		"a program; with -record only these are written")
	flags.Func("sweep", "in place of the workloads, measure how cost and memory grow: sweeps whose name matches this `regexp`, "+
		"of rows, columns, concurrency and message", func(text string) (err error) {
		chosen.sweep, err = regexp.Compile(text)
		return err
	})
	if err := flags.Parse(arguments); err != nil {
		return options{}, err
	}
	if chosen.plan.Rounds < 1 {
		err := errors.New("-rounds must be at least 1")
		fmt.Fprintln(flags.Output(), err)
		return options{}, err
	}
	if *quick {
		chosen.plan = measure.Plan{Rounds: 3, Slot: 10 * time.Millisecond}
	}
	return chosen, nil
}
