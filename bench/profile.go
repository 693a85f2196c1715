package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/workload"
)

// owners are those whose code takes the processor's time, by what the names of their functions begin with.
var owners = []struct{ name, prefix string }{
	{"kernel", "internal/runtime/syscall"},
	{"kernel", "syscall."},
	{"kernel", "runtime.futex"},
	{"kernel", "runtime.epoll"},
	{"pgconn", "github.com/jackc/pgx/v5"},
	{"database/sql", "database/sql"},
	{"encoding/json", "encoding/json"},
	{"benchmark", "github.com/pgadapt/pgadapt/bench"},
	{"pgadapt", "github.com/pgadapt/pgadapt"},
}

// otherOwner is what the runtime does by itself: scheduling and collecting garbage.
const otherOwner = "runtime"

// profileTime is how long each workload is profiled.
const profileTime = 5 * time.Second

// profileAll prints for each of the chosen workloads who takes the processor's time of pgadapt's client.
func profileAll(ctx context.Context, admin *workload.Admin, dsn string, options options, out io.Writer) error {
	for _, w := range workload.All() {
		if !options.selected.MatchString(w.Name) {
			continue
		}
		err := profileOne(ctx, admin, dsn, w, out)
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	return nil
}

func profileOne(ctx context.Context, admin *workload.Admin, dsn string, w workload.Workload, out io.Writer) (err error) {
	if err := admin.SetUp(ctx, w); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, admin.TearDown(ctx)) }()
	if err := admin.Reset(ctx, w); err != nil {
		return err
	}
	trial, err := workload.Start(ctx, w, drivers.PgAdapt, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, trial.Close()) }()
	taken, err := profiled(func() error {
		for start := time.Now(); time.Since(start) < profileTime; {
			if err := trial.Run(ctx, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return writeShares(out, w.Name, sharesOf(taken))
}

// profiled gives the profile of the processor's time while run runs.
func profiled(run func() error) (*profile.Profile, error) {
	var written bytes.Buffer
	if err := pprof.StartCPUProfile(&written); err != nil {
		return nil, err
	}
	err := run()
	pprof.StopCPUProfile()
	if err != nil {
		return nil, err
	}
	return profile.Parse(&written)
}

// sharesOf gives the part of each owner. What the runtime does on behalf of a caller, such as allocating, is the caller's.
func sharesOf(taken *profile.Profile) map[string]float64 {
	shares, total := map[string]float64{}, 0.0
	for _, sample := range taken.Sample {
		samples := float64(sample.Value[0])
		shares[ownerOf(sample)] += samples
		total += samples
	}
	for owner := range shares {
		shares[owner] /= total
	}
	return shares
}

// ownerOf gives the owner of the innermost function that has one.
func ownerOf(sample *profile.Sample) string {
	for _, location := range sample.Location {
		for _, line := range location.Line {
			for _, owner := range owners {
				if strings.HasPrefix(line.Function.Name, owner.prefix) {
					return owner.name
				}
			}
		}
	}
	return otherOwner
}

func writeShares(out io.Writer, name string, shares map[string]float64) error {
	var line strings.Builder
	fmt.Fprintf(&line, "%-32s", name)
	for _, owner := range []string{"kernel", otherOwner, "pgconn", "database/sql", "encoding/json", "pgadapt", "benchmark"} {
		fmt.Fprintf(&line, "  %s %2.0f%%", owner, 100*shares[owner])
	}
	_, err := fmt.Fprintln(out, line.String())
	return err
}
