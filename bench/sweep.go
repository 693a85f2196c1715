package main

import (
	"context"
	"io"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/measure"
	"github.com/pgadapt/pgadapt/bench/report"
	"github.com/pgadapt/pgadapt/bench/workload"
)

// measureSweeps prints each sweep when it is there. The empty driver has no data of such sizes.
func measureSweeps(ctx context.Context, admin *workload.Admin, dsn string, options options, into *report.Report, out io.Writer) error {
	plan := options.plan
	plan.Memory, plan.Without = true, []string{drivers.Empty.Name()}
	for _, sweep := range workload.Sweeps() {
		if !options.sweep.MatchString(sweep.Name) {
			continue
		}
		summed := report.Sweep{Name: sweep.Name, Axis: sweep.Axis, Unit: sweep.Unit}
		for _, point := range sweep.Points {
			comparison, err := measure.Compare(ctx, admin, point.Workload, dsn, plan)
			if err != nil {
				return err
			}
			summed.Add(point, comparison)
		}
		into.Sweeps = append(into.Sweeps, summed)
		if err := summed.WriteTable(out); err != nil {
			return err
		}
	}
	return nil
}
