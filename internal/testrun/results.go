package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// event is a line of go test -json (see go doc test2json and go help buildjson).
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

// packageResults reads the events of one go test, shows a line for each package and the whole output of
// what fails, and counts.
type packageResults struct {
	out    io.Writer
	report *report
	group  string

	packages map[string]*packageResult
	failed   bool // whether an event told of a failure
}

// packageResult is a package whose tests run.
type packageResult struct {
	passed, failed, skipped int
	output                  []event         // in order
	harmless                map[string]bool // by name: the tests that passed or were skipped
}

// isOfFailure tells whether an output belongs to a failed test, to one that never ended because the test
// program crashed, or to the package itself.
func (r *packageResult) isOfFailure(output event) bool { return !r.harmless[output.Test] }

// collect runs the command and reads its output to the end.
func (p *packageResults) collect(cmd *exec.Cmd) {
	p.packages = map[string]*packageResult{}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 3 * time.Second
	output, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.report.fail(p.group, err.Error())
		return
	}
	p.read(output)
	if err := cmd.Wait(); err != nil && !p.failed { // for example a wrong flag, or a go.mod to be tidied
		p.report.fail(p.group, strings.TrimSpace(err.Error()+"\n"+complaint.String()))
	}
}

// read handles each line. One that is no event was written past go test and is shown as it is.
func (p *packageResults) read(output io.Reader) {
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) == nil {
			p.handle(e)
		} else if line != "" {
			fmt.Fprint(p.out, line)
		}
		if err != nil {
			return
		}
	}
}

func (p *packageResults) handle(e event) {
	if e.Action == "build-output" {
		fmt.Fprint(p.out, e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	result := p.packages[e.Package]
	if result == nil {
		result = &packageResult{harmless: map[string]bool{}}
		p.packages[e.Package] = result
	}
	if e.Action == "output" {
		p.lookForSecrets(e)
		result.output = append(result.output, e)
		return
	}
	if e.Test == "" {
		p.endPackage(e, result)
		return
	}
	p.endTest(e, result)
}

// testPassword is in every password that the tests use and nothing may print.
const testPassword = "canary"

// lookForSecrets makes a failure of a password in the output of a test, whether that passes or not. Names of tests may
// have one: they show what a test is given.
func (p *packageResults) lookForSecrets(e event) {
	if strings.Contains(e.Output, testPassword) && !statusLine.MatchString(e.Output) {
		p.failed = true
		p.report.fail(p.group, shortPackage(e.Package)+" "+e.Test+" prints a password")
	}
}

func (p *packageResults) endTest(e event, result *packageResult) {
	switch e.Action {
	case "pass":
		result.passed++
		result.harmless[e.Test] = true
	case "fail":
		result.failed++
	case "skip":
		result.skipped++
		result.harmless[e.Test] = true
		p.report.skipTest(p.group, e.Package, e.Test, result.reason(e.Test))
	}
}

// endPackage shows the package's line. A package may fail without a failed test: when it does not
// compile, or its TestMain says so.
func (p *packageResults) endPackage(e event, result *packageResult) {
	if e.Action != "pass" && e.Action != "fail" {
		return
	}
	if e.Action == "fail" {
		p.failed = true
		p.showFailure(result)
		p.recordFailure(e, result)
	}
	p.report.passed += result.passed
	mark := map[string]string{"pass": "ok  ", "fail": "FAIL"}[e.Action]
	fmt.Fprintf(p.out, "%s %-60s %7.1fs  %d passed, %d failed, %d skipped\n",
		mark, e.Package, e.Elapsed, result.passed, result.failed, result.skipped)
}

// showFailure prints the output that can tell why the package failed.
func (p *packageResults) showFailure(result *packageResult) {
	var shown strings.Builder
	for _, e := range result.output {
		if result.isOfFailure(e) {
			shown.WriteString(e.Output)
		}
	}
	fmt.Fprint(p.out, shown.String())
	if hung := whereItHung(shown.String()); len(hung) > 0 {
		fmt.Fprintf(p.out, "Where it hung:\n%s\n", strings.Join(hung, "\n"))
	}
}

func (p *packageResults) recordFailure(e event, result *packageResult) {
	failed := map[string]bool{}
	for _, output := range result.output {
		if output.Test == "" || failed[output.Test] || !result.isOfFailure(output) {
			continue
		}
		failed[output.Test] = true
		p.report.fail(p.group, shortPackage(e.Package)+" "+output.Test)
	}
	if len(failed) == 0 {
		p.report.fail(p.group, shortPackage(e.Package))
	}
}

var (
	statusLine = regexp.MustCompile(`^\s*(===|---) `)
	position   = regexp.MustCompile(`^\s*[\w.-]+\.go:\d+: `)
)

// reason gives what a skipped test has said, which is why it was skipped.
func (r *packageResult) reason(test string) string {
	var said []string
	for _, e := range r.output {
		if e.Test != test || statusLine.MatchString(e.Output) {
			continue
		}
		if line := strings.TrimSpace(position.ReplaceAllString(e.Output, "")); line != "" {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, "\n")
}
