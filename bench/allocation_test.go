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

func TestAllocationsAboveTheEmptyDriver(t *testing.T) {
	for name, want := range aboveEmpty {
		t.Run(name, func(t *testing.T) {
			floor := allocations(t, name, drivers.Empty)
			require.Equal(t, want, allocations(t, name, drivers.PgAdapt)-floor, "above %v", floor)
		})
	}
}

// Where a context can end, database/sql has a goroutine wait for that; what it allocates depends on when it is run.
func TestAllocationsUnderAContextThatCanEnd(t *testing.T) {
	for _, name := range []string{"single/int-deadline", "write/transaction-select", "write/insert-batch-100"} {
		floor := allocations(t, name, drivers.Empty)
		require.LessOrEqual(t, allocations(t, name, drivers.PgAdapt), floor+4, name)
	}
}

// pgconn's goroutines and the buffers that garbage collections take from its pools make some more or fewer.
func TestAllocationsOfCopies(t *testing.T) {
	for name, most := range map[string]float64{"copy/in-100000": 40, "copy/out-100000": 4} {
		require.LessOrEqual(t, allocations(t, name, drivers.PgAdapt), most, name)
	}
}

// Most allocations of a new connection are pgconn's, whose buffers garbage collections take from its pool.
func TestAllocationsOfConnecting(t *testing.T) {
	floor := allocations(t, "connections/connect", drivers.PgConn)
	require.LessOrEqual(t, allocations(t, "connections/connect", drivers.PgAdapt), floor+22)
}

// allocations gives the number of allocations of one operation, once the driver knows its statements.
func allocations(t *testing.T, name string, driver drivers.Driver) float64 {
	t.Helper()
	all := workload.All()
	index := slices.IndexFunc(all, func(w workload.Workload) bool { return w.Name == name })
	require.GreaterOrEqual(t, index, 0, name)
	dsn := pgtest.DSN(t)
	admin := setUp(t, dsn, all[index])
	require.NoError(t, admin.Reset(context.Background(), all[index]))
	trial := startTrial(t, all[index], driver, dsn)
	run := func() {
		if err := trial.Run(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		run()
	}
	return testing.AllocsPerRun(20, run)
}
