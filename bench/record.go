package main

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pgadapt/pgadapt/bench/report"
)

// The newest Go that is supported, and the oldest, which the others measure beside it.
const (
	newestGo = "go1.27.4"
	oldestGo = "go1.26.8"
)

// record measures with both Go versions, each in a process of its own on the same server, and writes the results into
// folder: bench/*.json, bench/*.svg, and the generated parts of performance.md.
func record(ctx context.Context, dsn string, options options, out io.Writer) (err error) {
	scratch, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	newest, oldest := toolchains()
	results := filepath.Join(options.record, "bench")
	if err := os.MkdirAll(results, 0o755); err != nil {
		return err
	}
	rounds := []string{"-rounds", fmt.Sprint(options.plan.Rounds), "-slot", options.plan.Slot.String(), "-run", options.selected.String()}
	record := report.Record{}
	for _, part := range []struct {
		toolchain, file string
		arguments       []string
		into            **report.Report
	}{
		{newest, "go1.27.json", rounds, &record.Newest},
		{oldest, "go1.26.json", rounds, &record.Oldest},
		{newest, "sweeps.json", []string{"-sweep", ".", "-rounds", "3", "-slot", "20ms"}, &record.Sweeps},
	} {
		file := filepath.Join(scratch, part.file)
		if err := runWith(ctx, part.toolchain, out, append(part.arguments, "-dsn", dsn, "-json", file)...); err != nil {
			return err
		}
		if *part.into, err = report.ReadJSON(file); err != nil {
			return err
		}
		if err := (*part.into).WriteJSON(filepath.Join(results, part.file)); err != nil {
			return err
		}
	}
	if err := record.Write(options.record); err != nil {
		return err
	}
	if err := sizes(ctx, options.record, out); err != nil {
		return err
	}
	return record.WriteTargets(out)
}

// toolchains gives what GOTOOLCHAIN has to be for each version: nothing for the one that runs.
func toolchains() (newest, oldest string) {
	if version.Compare(version.Lang(runtime.Version()), version.Lang(newestGo)) < 0 {
		return newestGo, "local"
	}
	return "local", oldestGo
}

// runWith runs this command with another Go.
func runWith(ctx context.Context, toolchain string, out io.Writer, arguments ...string) error {
	folder, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.Dir}}", "github.com/pgadapt/pgadapt/bench").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	command := exec.CommandContext(ctx, "go", append([]string{"run", "."}, arguments...)...)
	command.Dir = strings.TrimSpace(string(folder))
	command.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain)
	command.Stdout, command.Stderr = out, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("go run with %s: %w", toolchain, err)
	}
	return nil
}
