package wire_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func TestParseInterval(t *testing.T) {
	for src, want := range map[string]wire.Interval{
		"00:00:00":                          {},
		"1 year 2 mons 3 days 04:05:06.789": {Months: 14, Days: 3, Microseconds: 14706_789_000},
		"-1 years -2 mons +3 days":          {Months: -14, Days: 3},
		"-00:00:01":                         {Microseconds: -1_000_000},
		"-00:00:00.5":                       {Microseconds: -500_000},
		"1 day -00:00:01":                   {Days: 1, Microseconds: -1_000_000},
		"1 day +100:00:00":                  {Days: 1, Microseconds: 360_000_000_000},
		"1 mon":                             {Months: 1},
	} {
		got, err := wire.ParseInterval([]byte(src))
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
	}
}

func TestParseIntervalRefusesOtherStyles(t *testing.T) {
	for _, src := range []string{
		"", "P1Y2M", "@ 1 year", "1-2", "1-2 3 4:05:06", "3 4:05:06", "1:02:03", "01:60:00", "01:02", "1 week", "1 year ago", "1", "year",
	} {
		_, err := wire.ParseInterval([]byte(src))
		require.ErrorContains(t, err, "as interval", src)
	}
}

func TestIntervalAsDuration(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		interval wire.Interval
		want     time.Duration
	}{
		{wire.Interval{Months: 12}, 365 * day},
		{wire.Interval{Months: 14, Days: 3}, 428 * day},
		{wire.Interval{Months: -14}, -425 * day},
		{wire.Interval{Days: 1, Microseconds: -1_000_000}, day - time.Second},
	} {
		got, err := test.interval.Duration()
		require.NoError(t, err)
		require.Equal(t, test.want, got)
	}
	for _, interval := range []wire.Interval{
		{Months: 300 * 12}, {Months: -300 * 12}, {Days: math.MaxInt32}, {Days: math.MinInt32},
		{Microseconds: math.MaxInt64}, {Microseconds: math.MinInt64}, {Months: math.MaxInt32, Days: math.MaxInt32, Microseconds: math.MaxInt64},
	} {
		_, err := interval.Duration()
		require.ErrorContains(t, err, "more than a time.Duration holds")
	}
}

func FuzzParseInterval(f *testing.F) {
	for _, src := range []string{"1 year 2 mons 3 days 04:05:06.789", "-00:00:01", "P1Y", "99999999999:00:00"} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		interval, err := wire.ParseInterval(src)
		if err != nil {
			return
		}
		if duration, err := interval.Duration(); err == nil && interval.Months == 0 && interval.Days == 0 {
			again, err := wire.ParseInterval(wire.AppendIntervalText(nil, duration))
			require.NoError(t, err)
			require.Equal(t, interval, again)
		}
	})
}
