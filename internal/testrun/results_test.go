package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// outcome is what one go test leads to.
type outcome struct {
	shown  string
	report *report
}

func readEvents(t *testing.T, lines ...string) outcome {
	t.Helper()
	var shown strings.Builder
	results := &packageResults{
		out: &shown, report: newReport(), group: "Go 1.26", packages: map[string]*packageResult{},
	}
	results.read(strings.NewReader(strings.Join(lines, "\n")))
	return outcome{shown.String(), results.report}
}

func (o outcome) end() string {
	var text strings.Builder
	o.report.write(&text)
	return text.String()
}

func TestPassedPackageIsOneLine(t *testing.T) {
	o := readEvents(t,
		`{"Action":"start","Package":"p"}`,
		`{"Action":"run","Package":"p","Test":"TestA"}`,
		`{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}`,
		`{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.1}`,
		`{"Action":"pass","Package":"p","Elapsed":1.5}`,
	)
	require.Equal(t, "ok   p                                                                1.5s  1 passed, 0 failed, 0 skipped\n", o.shown)
	require.Equal(t, "Nothing was skipped.\n1 passed, 0 failed, 0 skipped\n", o.end())
	require.Zero(t, o.report.exitCode())
}

func TestFailedTestIsShownInFull(t *testing.T) {
	o := readEvents(t,
		`{"Action":"output","Package":"p","Test":"TestGood","Output":"chatter\n"}`,
		`{"Action":"pass","Package":"p","Test":"TestGood"}`,
		`{"Action":"output","Package":"p","Test":"TestBad","Output":"=== RUN   TestBad\n"}`,
		`{"Action":"output","Package":"p","Test":"TestBad","Output":"    a_test.go:1: have 1, want 2\n"}`,
		`{"Action":"fail","Package":"p","Test":"TestBad"}`,
		`{"Action":"output","Package":"p","Output":"FAIL\n"}`,
		`{"Action":"fail","Package":"p"}`,
	)
	require.Contains(t, o.shown, "=== RUN   TestBad\n    a_test.go:1: have 1, want 2\nFAIL\n")
	require.NotContains(t, o.shown, "chatter")
	require.Equal(t, "Failed:\n  - Go 1.26: p TestBad\nNothing was skipped.\n1 passed, 1 failed, 0 skipped\n", o.end())
	require.Equal(t, 1, o.report.exitCode())
}

func TestPackageMayFailWithoutTest(t *testing.T) {
	for _, test := range []struct {
		name   string
		events []string
		shown  string
		failed string
	}{
		{"does not compile", []string{
			`{"Action":"build-output","ImportPath":"p [p.test]","Output":"a.go:1: undefined: x\n"}`,
			`{"Action":"build-fail","ImportPath":"p [p.test]"}`,
			`{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}`,
			`{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`,
		}, "a.go:1: undefined: x\nFAIL\tp [build failed]\n", "p"},
		{"crashes in a test", []string{
			`{"Action":"output","Package":"p","Test":"TestA","Output":"SIGQUIT: quit\n"}`,
			`{"Action":"fail","Package":"p"}`,
		}, "SIGQUIT: quit\n", "p TestA"},
		{"TestMain says so", []string{
			`{"Action":"pass","Package":"p","Test":"TestA"}`,
			`{"Action":"output","Package":"p","Output":"2 sessions left\n"}`,
			`{"Action":"fail","Package":"p"}`,
		}, "2 sessions left\n", "p"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := readEvents(t, test.events...)
			require.Contains(t, o.shown, test.shown)
			require.Contains(t, o.end(), "Failed:\n  - Go 1.26: "+test.failed+"\n")
			require.Equal(t, 1, o.report.exitCode())
		})
	}
}

func TestSkippedTestsAreListedByReason(t *testing.T) {
	skipped := func(test, reason string) []string {
		return []string{
			`{"Action":"output","Package":"github.com/pgadapt/pgadapt/dsn","Test":"` + test + `","Output":"=== RUN   x\n"}`,
			`{"Action":"output","Package":"github.com/pgadapt/pgadapt/dsn","Test":"` + test + `","Output":"    a_test.go:7: ` + reason + `\n"}`,
			`{"Action":"output","Package":"github.com/pgadapt/pgadapt/dsn","Test":"` + test + `","Output":"--- SKIP: x (0.00s)\n"}`,
			`{"Action":"skip","Package":"github.com/pgadapt/pgadapt/dsn","Test":"` + test + `"}`,
		}
	}
	var events []string
	events = append(events, skipped("TestA", "no libpq")...)
	events = append(events, skipped("TestB/one", "no server")...)
	events = append(events, skipped("TestB/two", "no server")...)
	events = append(events, skipped("TestC/one", "no libpq")...)
	o := readEvents(t, events...)
	o.report.skipGroup("Go 1.27", "cannot be fetched")
	o.report.skipTest("Go 1.27", "github.com/pgadapt/pgadapt/dsn", "TestA", "no libpq")

	require.Equal(t, `Skipped, and why:
  - no libpq
      dsn: TestA, TestC/one (Go 1.26; Go 1.27)
  - no server
      dsn: TestB (2 subtests) (Go 1.26)
  - cannot be fetched
      Go 1.27
0 passed, 0 failed, 6 skipped
`, o.end())
}

func TestLinesThatAreNoEventsAreShown(t *testing.T) {
	require.Equal(t, "panic in the runner\n", readEvents(t, "panic in the runner", "").shown)
}

func TestCommandThatFailsWithoutEventsIsAFailure(t *testing.T) {
	results := &packageResults{out: &strings.Builder{}, report: newReport(), group: "Go 1.26"}
	outsideOfModules := toolchain{}.command(t.Context(), t.TempDir(), "test", "-json")
	outsideOfModules.Env = append(os.Environ(), "GOWORK=off")
	results.collect(outsideOfModules)
	require.Len(t, results.report.failures, 1)
	require.Contains(t, results.report.failures[0], "go.mod file not found")
}

func TestSortPackages(t *testing.T) {
	have, err := sortPackages(`
		{"ImportPath":"a"}
		{"ImportPath":"a.test","Deps":["fmt","a"]}
		{"ImportPath":"b.test","Deps":["fmt","github.com/pgadapt/pgadapt/internal/pgtest"]}
		{"ImportPath":"c.test","Deps":["github.com/pgadapt/pgadapt/internal/pgtest [c.test]"]}
		{"ImportPath":"d.test","Deps":["github.com/pgadapt/pgadapt/internal/pgtest/other"]}`)
	require.NoError(t, err)
	require.Equal(t, testedPackages{serverless: []string{"a", "d"}, onServer: []string{"b", "c"}}, have)
}

func TestOldestAndNewest(t *testing.T) {
	for _, test := range []struct {
		name         string
		found, want  []int
		skippedGroup int
	}{
		{"none", nil, []int{0}, 0},
		{"one", []int{15}, []int{15}, 1},
		{"several", []int{14, 15, 18}, []int{14, 18}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := &testRun{report: newReport()}
			require.Equal(t, test.want, run.oldestAndNewest(test.found))
			require.Len(t, run.report.skips, test.skippedGroup)
		})
	}
}

func TestPrintedPasswordIsAFailure(t *testing.T) {
	password := "can" + "ary" // in one piece it would be found here
	o := readEvents(t,
		`{"Action":"output","Package":"p","Test":"TestGood/`+password+`","Output":"=== RUN   TestGood/`+password+`\n"}`,
		`{"Action":"pass","Package":"p","Test":"TestGood/`+password+`"}`,
		`{"Action":"output","Package":"p","Test":"TestTalks","Output":"cannot log in with `+password+`\n"}`,
		`{"Action":"pass","Package":"p","Test":"TestTalks"}`,
		`{"Action":"pass","Package":"p","Elapsed":1.5}`,
	)
	require.Equal(t, "Failed:\n  - Go 1.26: p TestTalks prints a password\nNothing was skipped.\n2 passed, 1 failed, 0 skipped\n", o.end())
}
