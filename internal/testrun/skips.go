package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// skip is a test that skipped itself, or a group of tests that was not run.
type skip struct {
	reason string
	where  string // the test's package, or what the group is
	test   string // empty for a group
	group  string // the group that the test was run in, empty for a group
}

// writeSkips lists what was skipped under the reasons for it, each test once however often it was run.
func writeSkips(out io.Writer, skips []skip) {
	if len(skips) == 0 {
		fmt.Fprintln(out, "Nothing was skipped.")
		return
	}
	fmt.Fprintln(out, "Skipped, and why:")
	for _, reason := range distinct(skips, func(s skip) string { return s.reason }) {
		fmt.Fprintln(out, "  -", indent(reason))
		writePlaces(out, matching(skips, func(s skip) bool { return s.reason == reason }))
	}
}

// writePlaces lists the skips of one reason, a line for each package or group.
func writePlaces(out io.Writer, skips []skip) {
	for _, where := range distinct(skips, func(s skip) string { return s.where }) {
		here := matching(skips, func(s skip) bool { return s.where == where })
		line := where
		if tests := testNames(here); tests != "" {
			groups := distinct(here, func(s skip) string { return s.group })
			line += ": " + tests + " (" + strings.Join(groups, "; ") + ")"
		}
		fmt.Fprintln(out, "      "+line)
	}
}

// testNames names the tests, and the subtests of one test by their number if there are several.
func testNames(skips []skip) string {
	tests := distinct(skips, func(s skip) string { return s.test })
	var names []string
	for len(tests) > 0 {
		top, _, _ := strings.Cut(tests[0], "/")
		isBelow := func(test string) bool { return strings.HasPrefix(test, top+"/") }
		below := matching(tests, isBelow)
		if len(below) > 1 {
			names = append(names, fmt.Sprintf("%s (%d subtests)", top, len(below)))
			tests = matching(tests, func(test string) bool { return !isBelow(test) && test != top })
			continue
		}
		names = append(names, tests[0])
		tests = tests[1:]
	}
	return strings.Join(names, ", ")
}

// distinct gives the different values of a field, in the order of their first appearance.
func distinct(skips []skip, field func(skip) string) []string {
	var values []string
	for _, each := range skips {
		if value := field(each); value != "" && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	return values
}

func matching[T any](all []T, condition func(T) bool) []T {
	var found []T
	for _, each := range all {
		if condition(each) {
			found = append(found, each)
		}
	}
	return found
}

// shortPackage leaves out the part of an import path that all packages of the repository share.
func shortPackage(importPath string) string {
	const shared = "github.com/pgadapt/"
	return strings.TrimPrefix(strings.TrimPrefix(importPath, shared), "pgadapt/")
}

func indent(text string) string {
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
