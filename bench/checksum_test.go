package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/workload"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// TestSameData runs each workload once with each driver. All must read and store the same as lib/pq; of the
// floors, pgconn drops the values, so that only its rows count, and empty stores nothing.
func TestSameData(t *testing.T) {
	dsn := pgtest.DSN(t)
	all := workload.All()
	for _, sweep := range workload.Sweeps() {
		all = append(all, sweep.Points[2].Workload)
	}
	for _, w := range all {
		t.Run(w.Name, func(t *testing.T) {
			admin := setUp(t, dsn, w)
			var want *workload.Checksum
			var reference drivers.Driver
			for _, driver := range referenceFirst() {
				t.Run(driver.Name(), func(t *testing.T) {
					trial := startTrial(t, w, driver, dsn)
					if trial == nil {
						t.Log("the driver cannot do this")
						return
					}
					got := checksum(t, admin, w, trial)
					if want == nil {
						want, reference = got, driver
					}
					require.Equal(t, want.Rows(), got.Rows(), "rows")
					if !dropsValues(driver, w) && !dropsValues(reference, w) {
						require.Equal(t, want.Sum(), got.Sum(), "values")
					}
				})
			}
		})
	}
}

// referenceFirst gives the peers first: the first that can do a workload says what the data are.
func referenceFirst() []drivers.Driver {
	all := drivers.All()
	return append(all[1:], all[0])
}

// checksum runs the operation twice: what holds for a text that is new to the connection must hold for one that
// is known.
func checksum(t *testing.T, admin *workload.Admin, w workload.Workload, trial *workload.Trial) *workload.Checksum {
	ctx := context.Background()
	require.NoError(t, admin.Reset(ctx, w))
	var sum workload.Checksum
	require.NoError(t, trial.Run(ctx, &sum))
	require.NoError(t, trial.Run(ctx, &sum))
	require.NoError(t, admin.AddStored(ctx, w, &sum))
	return &sum
}

// dropsValues reports whether a floor leaves out what the checksum is made of.
func dropsValues(driver drivers.Driver, w workload.Workload) bool {
	switch driver.Name() {
	case drivers.PgConn.Name():
		return w.Verify == ""
	case drivers.Empty.Name():
		return w.Verify != ""
	}
	return false
}
