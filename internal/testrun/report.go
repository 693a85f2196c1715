package main

import (
	"fmt"
	"io"
)

// report counts what happened and remembers what failed and what was skipped.
type report struct {
	passed   int
	failures []string
	skips    []skip
}

func newReport() *report { return &report{} }

// fail records a failure of something in a group of tests.
func (r *report) fail(group, what string) {
	r.failures = append(r.failures, group+": "+what)
}

// skipGroup records that a whole group of tests was not run.
func (r *report) skipGroup(name, reason string) {
	r.skips = append(r.skips, skip{reason: reason, where: name})
}

// skipTest records that a test skipped itself.
func (r *report) skipTest(group, pkg, test, reason string) {
	r.skips = append(r.skips, skip{reason: reason, where: shortPackage(pkg), test: test, group: group})
}

// write ends the run: what failed, what was skipped and why, the totals.
func (r *report) write(out io.Writer) {
	if len(r.failures) > 0 {
		fmt.Fprintln(out, "Failed:")
		for _, failure := range r.failures {
			fmt.Fprintln(out, "  -", indent(failure))
		}
	}
	writeSkips(out, r.skips)
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", r.passed, len(r.failures), len(r.skips))
}

func (r *report) exitCode() int {
	if len(r.failures) > 0 {
		return 1
	}
	return 0
}
