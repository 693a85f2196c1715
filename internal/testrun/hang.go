package main

import (
	"iter"
	"strings"
)

// timedOut is what the testing package says when a package's tests take longer than -timeout. The stacks of all
// goroutines follow.
const timedOut = "panic: test timed out after "

// whereItHung gives, of the output of a package that was ended by its timeout, the tests that were running and the calls of
// this project's goroutines, a line each: the stacks themselves are far too long to find those in. It gives nothing
// for other output.
func whereItHung(output string) []string {
	_, panicked, found := strings.Cut(output, timedOut)
	if !found {
		return nil
	}
	var told []string
	_, running, _ := strings.Cut(panicked, "running tests:\n")
	for line := range strings.Lines(running) {
		test := strings.TrimSpace(line)
		if test == "" {
			break
		}
		told = append(told, "running "+test)
	}
	for goroutine := range strings.SplitSeq(panicked, "\n\n") {
		if state, stack, _ := strings.Cut(goroutine, "\n"); strings.HasPrefix(state, "goroutine ") {
			told = append(told, ownCalls(state, stack)...)
		}
	}
	return told
}

// modulePath is the beginning of this project's import paths.
const modulePath = "github.com/pgadapt/"

// ownCalls gives the state of a goroutine and its calls, innermost first, when one of them is this project's. A test that
// waits for its subtests or for its turn is left out.
func ownCalls(state, stack string) []string {
	calls := []string{state}
	own := false
	for call := range callsOf(stack) {
		if strings.HasPrefix(call, "testing.(*T).Run(") || strings.HasPrefix(call, "testing.(*T).Parallel(") {
			return nil
		}
		own = own || strings.HasPrefix(call, modulePath)
		calls = append(calls, "    "+call)
	}
	if !own {
		return nil
	}
	return calls
}

// callsOf goes through a stack, which has two lines for each call: the function, and where in its file.
func callsOf(stack string) iter.Seq[string] {
	return func(yield func(string) bool) {
		function := ""
		for line := range strings.Lines(stack) {
			position, isPosition := strings.CutPrefix(strings.TrimSpace(line), "/")
			if !isPosition {
				function = strings.TrimSpace(line)
				continue
			}
			position, _, _ = strings.Cut(position, " +0x")
			if !yield(function + " " + position[strings.LastIndex(position, "/")+1:]) {
				return
			}
		}
	}
}
