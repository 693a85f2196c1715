package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pgadapt/pgadapt/internal/document"
)

func (o outcome) print(out io.Writer) {
	fmt.Fprintf(out, "%s %s: over lib/pq %s; over pgadapt %s\n", o.suite.module, o.suite.version, o.libPQ, o.pgadapt)
	for _, name := range o.onlyOverPgadapt() {
		fmt.Fprintf(out, "  fails over pgadapt only: %s\n", name)
	}
	for _, name := range o.onlyOverLibPQ() {
		fmt.Fprintf(out, "  fails over lib/pq only: %s\n", name)
	}
}

// String gives the counts.
func (r results) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", r.count("pass"), r.count("fail"), r.count("skip"))
}

// unexpected is the error of tests that fail over pgadapt only.
func unexpected(outcomes []outcome) error {
	var failures []error
	for _, outcome := range outcomes {
		for _, name := range outcome.onlyOverPgadapt() {
			failures = append(failures, fmt.Errorf("%s: %s passes over lib/pq and not over pgadapt", outcome.suite.name, name))
		}
	}
	return errors.Join(failures...)
}

var section = document.Section{
	Begin: "<!-- Suites by go run ./suites -record ../docs, in compat; do not edit. -->\n",
	End:   "<!-- End of the suites. -->\n",
}

// record writes a table into compat.md in a folder of documents.
func record(folder string, outcomes []outcome) error {
	var text strings.Builder
	fmt.Fprintf(&text, "\n| with %s | over lib/pq %s | over pgadapt | fails over pgadapt only | fails over lib/pq only |\n|---|---|---|---|---|\n",
		runtime.Version(), libPQVersion)
	for _, o := range outcomes {
		fmt.Fprintf(&text, "| %s %s | %s | %s | %s | %s |\n", o.suite.module, o.suite.version, o.libPQ, o.pgadapt,
			testNames(o.onlyOverPgadapt()), testNames(o.onlyOverLibPQ()))
	}
	return section.Rewrite(filepath.Join(folder, "compat.md"), text.String()+"\n")
}

// testNames leaves out the packages.
func testNames(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var short []string
	for _, name := range names {
		_, test, _ := strings.Cut(name, " ")
		short = append(short, "`"+test+"`")
	}
	return strings.Join(short, ", ")
}
