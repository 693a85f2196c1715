package main

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/bench/drivers"
	"github.com/pgadapt/pgadapt/bench/workload"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// Benchmark runs each workload with each driver, as Benchmark/family/case/driver. For example,
// -bench Benchmark/rows/int8 chooses workloads and -bench Benchmark/.*/.*/pgadapt a driver.
func Benchmark(b *testing.B) {
	dsn := pgtest.DSN(b)
	for _, w := range workload.All() {
		b.Run(w.Name, func(b *testing.B) {
			admin := setUp(b, dsn, w)
			for _, driver := range drivers.All() {
				b.Run(driver.Name(), func(b *testing.B) {
					trial := startTrial(b, w, driver, dsn)
					if trial == nil {
						b.Skip("the driver cannot do this")
					}
					require.NoError(b, admin.Reset(context.Background(), w))
					require.NoError(b, trial.Run(context.Background(), nil))
					b.ReportAllocs()
					for b.Loop() {
						if err := trial.Run(context.Background(), nil); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// setUp makes the tables of w until the end of the test. Its context is not the test's, which would cost
// every operation the watching of it.
func setUp(tb testing.TB, dsn string, w workload.Workload) *workload.Admin {
	tb.Helper()
	ctx := context.Background()
	admin, err := workload.NewAdmin(ctx, dsn)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, admin.Close(ctx)) })
	err = admin.SetUp(ctx, w)
	if errors.Is(err, errors.ErrUnsupported) {
		tb.Skip(err)
	}
	require.NoError(tb, err)
	return admin
}

// startTrial gives nil where the driver cannot do w.
func startTrial(tb testing.TB, w workload.Workload, driver drivers.Driver, dsn string) *workload.Trial {
	tb.Helper()
	trial, err := workload.Start(context.Background(), w, driver, dsn)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, trial.Close()) })
	return trial
}
