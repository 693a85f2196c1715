package main

import (
	"testing"

	"github.com/google/pprof/profile"
	"github.com/stretchr/testify/require"
)

// The innermost function that has an owner decides: what the runtime does for a caller is the caller's.
func TestSharesOfAProfile(t *testing.T) {
	sample := func(count int64, functions ...string) *profile.Sample {
		taken := &profile.Sample{Value: []int64{count, 10 * count}}
		for _, name := range functions {
			taken.Location = append(taken.Location, &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: name}}}})
		}
		return taken
	}
	const rows, scan = "github.com/pgadapt/pgadapt.(*rows).ScanColumn", "database/sql.(*Rows).Scan"

	shares := sharesOf(&profile.Profile{Sample: []*profile.Sample{
		sample(5, "internal/runtime/syscall/linux.Syscall6", "syscall.read", rows, scan),
		sample(2, "runtime.mallocgc", rows, scan),
		sample(1, "sync.(*RWMutex).RLock", scan, "github.com/pgadapt/pgadapt/bench/workload.scanAll"),
		sample(1, "github.com/jackc/pgx/v5/pgproto3.(*DataRow).Decode", rows),
		sample(1, "runtime.gcDrain", "runtime.gcBgMarkWorker"),
	}})

	require.Equal(t, map[string]float64{"kernel": 0.5, "pgadapt": 0.2, "database/sql": 0.1, "pgconn": 0.1, "runtime": 0.1}, shares)
}
