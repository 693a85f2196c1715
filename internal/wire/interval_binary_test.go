package wire_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func TestIntervalText(t *testing.T) {
	for want, interval := range map[string]wire.Interval{
		"00:00:00":                          {},
		"1 day":                             {Days: 1},
		"1 year 2 mons 3 days 04:05:06.789": {Months: 14, Days: 3, Microseconds: 14706_789_000},
		"-1 years -2 mons +3 days":          {Months: -14, Days: 3},
		"-1 days +00:00:01":                 {Days: -1, Microseconds: 1_000_000},
		"1 mon -00:00:00.000001":            {Months: 1, Microseconds: -1},
		"-2562047788:00:54.775808":          {Microseconds: math.MinInt64},
		"-178956970 years -8 mons":          {Months: math.MinInt32},
		"infinity":                          {Months: math.MaxInt32, Days: math.MaxInt32, Microseconds: math.MaxInt64},
		"-infinity":                         {Months: math.MinInt32, Days: math.MinInt32, Microseconds: math.MinInt64},
		"-178956970 years -8 mons -1 days +00:00:01": {Months: math.MinInt32, Days: -1, Microseconds: 1_000_000},
	} {
		require.Equal(t, want, string(interval.Append(nil)))
	}
}

func TestDecodeIntervalRefusesOtherSizes(t *testing.T) {
	_, err := wire.DecodeInterval(make([]byte, 15))
	require.EqualError(t, err, "binary interval has a length of 15 bytes, want 16")
}

// The three numbers of an interval come back from both forms.
func FuzzInterval(f *testing.F) {
	f.Add(int32(14), int32(3), int64(14706_789_000))
	f.Add(int32(-1), int32(1), int64(-1))
	f.Add(int32(math.MinInt32), int32(math.MaxInt32), int64(math.MinInt64+1))
	f.Fuzz(func(t *testing.T, months, days int32, microseconds int64) {
		interval := wire.Interval{Months: months, Days: days, Microseconds: microseconds}
		got, err := wire.DecodeInterval(wire.AppendInterval(nil, interval))
		require.NoError(t, err)
		require.Equal(t, interval, got)
		text := interval.Append(nil)
		if microseconds == math.MinInt64 || string(text) == "infinity" {
			return // more than ParseInterval reads
		}
		got, err = wire.ParseInterval(text)
		require.NoError(t, err, "%s", text)
		require.Equal(t, interval, got, "%s", text)
	})
}
