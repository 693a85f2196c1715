//go:build go1.27

package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

// An array costs its slice, and one of short texts the memory that these share. The empty driver has no arrays.
func TestAllocationsOfArrays(t *testing.T) {
	const rows = 1000
	for name, each := range map[string]float64{
		"arrays/scan-int8-1000x100": 1, "arrays/scan-float8-1000x100": 1, "arrays/scan-timestamptz-1000x100": 1,
		"arrays/scan-text-1000x100": 2,
	} {
		t.Run(name, func(t *testing.T) {
			require.Less(t, allocations(t, name, drivers.PgAdapt), each*rows+50)
		})
	}
}
