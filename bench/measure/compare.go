package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/workload"
)

// Plan says how long to measure.
type Plan struct {
	// Rounds is the number of slots that each driver gets, at least 1.
	Rounds int
	// Slot is how long a slot should take.
	Slot time.Duration
	// Without names the drivers that do not take part.
	Without []string
	// Memory has the peak of the live memory measured, too.
	Memory bool
}

// Comparison is what a workload costs with each driver.
type Comparison struct {
	// Workload is what was done.
	Workload workload.Workload
	// Rounds has the cost of each driver, by name, in each round. A driver that cannot do the workload is
	// missing.
	Rounds []map[string]Cost
	// Memory has the most live heap memory that each driver, by name, needed at a time during one operation, in
	// bytes; nil where it was not asked for.
	Memory map[string]float64
}

// contestant is a driver that takes part.
type contestant struct {
	trial *workload.Trial
	times int
}

// Compare measures a workload with all drivers that can do it.
func Compare(ctx context.Context, admin *workload.Admin, w workload.Workload, dsn string, plan Plan) (_ *Comparison, err error) {
	if err := admin.SetUp(ctx, w); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, admin.TearDown(ctx)) }()
	all, err := enter(ctx, admin, w, dsn, plan)
	defer func() { err = errors.Join(err, leave(all)) }()
	if err != nil {
		return nil, err
	}
	comparison := &Comparison{Workload: w}
	for round := range plan.Rounds {
		costs, err := runRound(ctx, admin, w, all, round)
		if err != nil {
			return nil, err
		}
		comparison.Rounds = append(comparison.Rounds, costs)
	}
	if plan.Memory {
		comparison.Memory, err = peaks(w, all)
	}
	return comparison, err
}

// enter prepares the workload for each driver. It gives what was opened also when it fails.
func enter(ctx context.Context, admin *workload.Admin, w workload.Workload, dsn string, plan Plan) (all []contestant, _ error) {
	for _, driver := range drivers.All() {
		if slices.Contains(plan.Without, driver.Name()) {
			continue
		}
		trial, err := workload.Start(ctx, w, driver, dsn)
		if errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		if err != nil {
			return all, err
		}
		all = append(all, contestant{trial: trial})
		if err := admin.Reset(ctx, w); err != nil {
			return all, err
		}
		times, err := calibrate(operationOf(trial), plan.Slot)
		if err != nil {
			return all, failed(w, driver, err)
		}
		all[len(all)-1].times = times
	}
	return all, nil
}

func leave(all []contestant) error {
	var failures error
	for _, c := range all {
		failures = errors.Join(failures, c.trial.Close())
	}
	return failures
}

// runRound gives each driver its slot; the round decides who begins.
func runRound(ctx context.Context, admin *workload.Admin, w workload.Workload, all []contestant, round int) (map[string]Cost, error) {
	costs := map[string]Cost{}
	for i := range all {
		c := all[(i+round)%len(all)]
		if err := admin.Reset(ctx, w); err != nil {
			return nil, err
		}
		cost, err := slot(operationOf(c.trial), c.times)
		if err != nil {
			return nil, failed(w, c.trial.Driver, err)
		}
		costs[c.trial.Driver.Name()] = cost
	}
	return costs, nil
}

func operationOf(trial *workload.Trial) operation {
	return func(ctx context.Context) error { return trial.Run(ctx, nil) }
}

func failed(w workload.Workload, driver drivers.Driver, err error) error {
	return fmt.Errorf("measure: %s with %s: %w", w.Name, driver.Name(), err)
}

// calibrate finds how many operations fill a slot. What it runs warms up the driver, too.
func calibrate(run operation, wanted time.Duration) (times int, err error) {
	for times = 1; ; times *= 2 {
		start := time.Now()
		for range times {
			if err := run(context.Background()); err != nil {
				return 0, err
			}
		}
		taken := time.Since(start)
		if taken >= wanted/4 && (times > 1 || taken >= 4*wanted) {
			return max(1, int(float64(times)*float64(wanted)/float64(taken))), nil
		}
	}
}
