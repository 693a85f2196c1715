// Command testrun runs the tests of all modules of the repository, as make test does:
//
//	go run ./internal/testrun [-short] [package patterns]
//
// It runs them with the Go at hand and with Go 1.27 (PGADAPT_TEST_TOOLCHAINS chooses others, in the words of
// GOTOOLCHAIN, such as local), with the race detector, and those that need a server on the oldest and the newest
// PostgreSQL at hand (PGADAPT_TEST_VERSIONS chooses others, PGADAPT_TEST_DSN names a running server). Each server is started once and shared by the packages.
//
// It ends with a list of what was skipped and why, and with the totals on the last line. The exit code
// is 1 if anything failed. Where the environment variable CI is true, having no server is a failure.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
)

func main() {
	short := flag.Bool("short", false, "pass -short to go test")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()

	run := &testRun{out: os.Stdout, short: *short, patterns: flag.Args(), report: newReport()}
	if len(run.patterns) == 0 {
		run.patterns = []string{"./..."}
	}
	if err := run.everything(ctx); err != nil {
		run.report.fail("the run itself", err.Error())
	}
	if ctx.Err() != nil {
		run.report.fail("the run itself", "interrupted")
	}
	fmt.Println()
	run.report.write(os.Stdout)
	os.Exit(run.report.exitCode())
}
