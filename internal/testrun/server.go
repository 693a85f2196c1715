package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// environment is what tests are told about their server.
type environment struct {
	name      string   // for headings and the report
	variables []string // for the test processes
}

// serverless is the environment of tests that need no server.
var serverless = environment{name: "no server"}

// onServers calls test once for each server, while that runs.
func (r *testRun) onServers(ctx context.Context, test func(environment)) error {
	versions, err := r.versions(ctx)
	if err != nil {
		return err
	}
	tested := 0
	for _, version := range versions {
		if ctx.Err() == nil && r.onServer(ctx, version, test) {
			tested++
		}
	}
	if tested == 0 && ctx.Err() == nil {
		r.withoutServer(test)
	}
	return nil
}

// versions gives the major versions to test on: those that PGADAPT_TEST_VERSIONS lists, or the oldest
// and the newest at hand. 0 stands for what pgtest.Start chooses, such as the server of
// PGADAPT_TEST_DSN or a Docker image.
func (r *testRun) versions(ctx context.Context) ([]int, error) {
	if os.Getenv("PGADAPT_TEST_DSN") != "" {
		return []int{0}, nil
	}
	found, err := pgtest.AtHand(ctx)
	if err != nil {
		return nil, err
	}
	if os.Getenv("PGADAPT_TEST_VERSIONS") != "" {
		return found, nil
	}
	return r.oldestAndNewest(found), nil
}

func (r *testRun) oldestAndNewest(found []int) []int {
	switch len(found) {
	case 0:
		return []int{0}
	case 1:
		r.report.skipGroup("a second PostgreSQL version",
			fmt.Sprintf("only %d is at hand; npm, or another version beside it, would give one", found[0]))
		return found
	default:
		return []int{found[0], found[len(found)-1]}
	}
}

// onServer starts a server for the tests and tells whether there was one.
func (r *testRun) onServer(ctx context.Context, version int, test func(environment)) bool {
	server, err := pgtest.Start(ctx, pgtest.Options{Version: version, Logf: r.logf})
	if err != nil {
		r.noServer(version, err)
		return false
	}
	test(environmentOf(server))
	if err := server.Stop(); err != nil {
		r.report.fail(fmt.Sprintf("stopping PostgreSQL %d", server.Version()), err.Error())
	}
	return true
}

// noServer is a skip where there is nothing to start, and a failure where something does not start.
func (r *testRun) noServer(version int, err error) {
	name := "PostgreSQL"
	if version != 0 {
		name = fmt.Sprintf("PostgreSQL %d", version)
	}
	if pgtest.IsUnavailable(err) {
		r.report.skipGroup(name, err.Error())
		return
	}
	r.report.fail(name, err.Error())
}

// withoutServer runs the packages all the same, because they have tests that need no server.
func (r *testRun) withoutServer(test func(environment)) {
	if inCI() {
		r.report.fail("PostgreSQL", "there is no server, which CI must have")
		return
	}
	test(serverless)
}

func environmentOf(server *pgtest.Server) environment {
	return environment{
		name: fmt.Sprintf("PostgreSQL %d", server.Version()),
		variables: []string{
			"PGADAPT_TEST_DSN=" + server.DSN(),
			"PGADAPT_TEST_LOG=" + server.LogFile(),
			"PGADAPT_TEST_VERSION=" + strconv.Itoa(server.Version()),
		},
	}
}

func (r *testRun) logf(format string, args ...any) {
	fmt.Fprintf(r.out, "\n"+format+"\n", args...)
}
