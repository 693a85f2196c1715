//go:build go1.27

package main

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/workload"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestAllocationsOfPreparedInt(t *testing.T) {
	floor := allocations(t, "single/int-prepared", drivers.Empty)
	got := allocations(t, "single/int-prepared", drivers.PgAdapt)
	t.Logf("empty driver %v, pgadapt %v", floor, got)
	require.LessOrEqual(t, got, floor+2)
}

func TestAllocationsOfManyIntegers(t *testing.T) {
	got := allocations(t, "rows/int8-100000", drivers.PgAdapt)
	t.Logf("pgadapt %v", got)
	require.Less(t, got, 50.0)
}

// allocations gives the number of allocations of one operation.
func allocations(t *testing.T, name string, driver drivers.Driver) float64 {
	t.Helper()
	all := workload.All()
	index := slices.IndexFunc(all, func(w workload.Workload) bool { return w.Name == name })
	require.GreaterOrEqual(t, index, 0, name)
	dsn := pgtest.DSN(t)
	admin := setUp(t, dsn, all[index])
	require.NoError(t, admin.Reset(context.Background(), all[index]))
	trial := startTrial(t, all[index], driver, dsn)
	return testing.AllocsPerRun(20, func() {
		if err := trial.Run(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	})
}
