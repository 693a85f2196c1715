package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// testRun is one run of the command.
type testRun struct {
	out      io.Writer
	short    bool
	patterns []string // which packages of each module, in the words of go test
	report   *report
}

// everything runs the packages that need no server once for each toolchain, then the others once for
// each server and toolchain.
func (r *testRun) everything(ctx context.Context) error {
	modules, err := workspaceModules(ctx)
	if err != nil {
		return err
	}
	toolchains := r.toolchains(ctx)
	units := r.plan(ctx, toolchains, modules)
	for _, unit := range units {
		r.test(ctx, unit, unit.serverless, serverless)
	}
	return r.onServers(ctx, func(server environment) {
		for _, unit := range units {
			r.test(ctx, unit, unit.onServer, server)
		}
	})
}

// unit is a module under a toolchain, with its packages.
type unit struct {
	toolchain  toolchain
	module     module
	serverless []string // packages whose tests need no server
	onServer   []string // packages whose tests need one
}

// plan sorts the packages of each module. A module that cannot be listed is a failure, not an obstacle.
func (r *testRun) plan(ctx context.Context, toolchains []toolchain, modules []module) []unit {
	var units []unit
	for _, toolchain := range toolchains {
		for _, module := range modules {
			packages, err := listPackages(ctx, toolchain, module, r.patterns)
			if err != nil {
				r.report.fail(fmt.Sprintf("%s, module %s", toolchain, module), err.Error())
				continue
			}
			units = append(units, unit{toolchain, module, packages.serverless, packages.onServer})
		}
	}
	return units
}

// packageTimeout ends a package whose tests hang long before a whole run would be ended from outside.
const packageTimeout = "15m"

// test runs go test for packages of a unit and adds the outcome to the report.
func (r *testRun) test(ctx context.Context, unit unit, packages []string, on environment) {
	if len(packages) == 0 || ctx.Err() != nil {
		return
	}
	group := fmt.Sprintf("%s, %s", unit.toolchain, on.name)
	fmt.Fprintf(r.out, "\n=== %s%s, module %s\n", group, raceNote(unit.toolchain), unit.module)
	args := []string{"test", "-json", "-timeout", packageTimeout}
	if unit.toolchain.race {
		args = append(args, "-race")
	}
	if r.short {
		args = append(args, "-short")
	}
	cmd := unit.toolchain.command(ctx, unit.module.dir, append(args, packages...)...)
	cmd.Env = append(cmd.Environ(), on.variables...)
	results := &packageResults{out: r.out, report: r.report, group: group}
	results.collect(cmd)
}

func raceNote(t toolchain) string {
	if t.race {
		return ", race detector"
	}
	return ""
}

// inCI tells whether the run is a continuous integration's, where a server is a must.
func inCI() bool { return os.Getenv("CI") == "true" }
