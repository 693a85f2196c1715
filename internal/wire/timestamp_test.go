package wire_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

var timestamps = []struct {
	text         string
	v            time.Time
	microseconds int64
}{
	{"2000-01-01 00:00:00", day(2000, 1, 1), 0},
	{"2000-01-01 00:00:00.000001", time.Date(2000, 1, 1, 0, 0, 0, 1000, time.UTC), 1},
	{"1999-12-31 23:59:59.999999", time.Date(1999, 12, 31, 23, 59, 59, 999_999_000, time.UTC), -1},
	{"2024-03-15 04:05:06.789", time.Date(2024, 3, 15, 4, 5, 6, 789_000_000, time.UTC), 763790706789000},
	{"1969-12-31 23:59:59.5", time.Date(1969, 12, 31, 23, 59, 59, 500_000_000, time.UTC), -946684800500000},
	{"0044-03-15 12:00:00 BC", time.Date(-43, 3, 15, 12, 0, 0, 0, time.UTC), -64464465600000000},
	{"10000-01-01 00:00:00.1", time.Date(10000, 1, 1, 0, 0, 0, 100_000_000, time.UTC), 252455616000100000},
	{"4714-11-24 00:00:00 BC", day(-4713, 11, 24), -211813488000000000},
	{"294276-12-31 23:59:59.999999", time.Date(294276, 12, 31, 23, 59, 59, 999_999_000, time.UTC), 9223371331199999999},
}

func TestTimestamp(t *testing.T) {
	for _, c := range timestamps {
		t.Run(c.text, func(t *testing.T) {
			encoded, err := wire.AppendTimestamp(nil, c.v)
			require.NoError(t, err)
			require.Equal(t, wire.AppendInt8(nil, c.microseconds), encoded)
			withZone, err := wire.AppendTimestampTZ(nil, c.v.In(time.FixedZone("", 3600)))
			require.NoError(t, err)
			require.Equal(t, encoded, withZone)
			decoded, infinity, err := wire.DecodeTimestamp(encoded)
			require.NoError(t, err)
			require.Equal(t, wire.Finite, infinity)
			require.Equal(t, c.v, decoded)

			text, err := wire.AppendTimestampText(nil, c.v)
			require.NoError(t, err)
			require.Equal(t, c.text, string(text))
			parsed, infinity, err := wire.ParseTimestamp(text)
			require.NoError(t, err)
			require.Equal(t, wire.Finite, infinity)
			require.Equal(t, c.v, parsed)
		})
	}
}

func TestTimestampTZText(t *testing.T) {
	instant := time.Date(2024, 3, 15, 4, 5, 6, 789_000_000, time.UTC)
	cases := []struct {
		text   string
		v      time.Time
		offset int
	}{
		{"2024-03-15 04:05:06.789+00", instant, 0},
		{"2024-03-15 09:35:06.789+05:30", instant, 19800},
		{"2024-03-14 20:05:06.789-08", instant, -8 * 3600},
		{"2024-03-15 09:26:16.789+05:21:10", instant, 19270},
		{"2024-03-15 04:05:05.789-00:00:01", instant, -1},
		{"0044-03-15 13:00:00+01 BC", time.Date(-43, 3, 15, 12, 0, 0, 0, time.UTC), 3600},
		{"0001-01-01 00:30:00+01", time.Date(0, 12, 31, 23, 30, 0, 0, time.UTC), 3600},
		{"0001-12-31 23:30:00-01 BC", time.Date(1, 1, 1, 0, 30, 0, 0, time.UTC), -3600},
		{"294277-01-01 01:00:00+02", time.Date(294276, 12, 31, 23, 0, 0, 0, time.UTC), 7200},
		{"4714-11-23 22:00:00-02 BC", day(-4713, 11, 24), -7200},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			text, err := wire.AppendTimestampTZText(nil, c.v.In(time.FixedZone("", c.offset)))
			require.NoError(t, err)
			require.Equal(t, c.text, string(text))

			parsed, _, err := wire.ParseTimestampTZ(text, nil)
			require.NoError(t, err)
			require.True(t, c.v.Equal(parsed), "want %v, got %v", c.v, parsed)
			_, offset := parsed.Zone()
			require.Equal(t, c.offset, offset)

			tokyo := time.FixedZone("Asia/Tokyo", 9*3600)
			parsed, _, err = wire.ParseTimestampTZ(text, tokyo)
			require.NoError(t, err)
			require.Equal(t, c.v.In(tokyo), parsed)
		})
	}
}

func TestTimestampTZTextOfAnOffsetPostgreSQLHasNot(t *testing.T) {
	text, err := wire.AppendTimestampTZText(nil, day(2024, 3, 15).In(time.FixedZone("", 20*3600)))
	require.NoError(t, err)
	require.Equal(t, "2024-03-15 00:00:00+00", string(text))
}

func TestParseTimestampTZWithoutLocationGivesUTC(t *testing.T) {
	parsed, _, err := wire.ParseTimestampTZ([]byte("2024-03-15 04:05:06+00"), nil)
	require.NoError(t, err)
	require.Equal(t, time.UTC, parsed.Location())
}

func TestTimestampTakesTheWallClockAndTimestampTZTheInstant(t *testing.T) {
	v := time.Date(2024, 3, 15, 4, 5, 6, 0, time.FixedZone("", -5*3600))
	wall, err := wire.AppendTimestamp(nil, v)
	require.NoError(t, err)
	decoded, _, err := wire.DecodeTimestamp(wall)
	require.NoError(t, err)
	require.Equal(t, time.Date(2024, 3, 15, 4, 5, 6, 0, time.UTC), decoded)
	text, err := wire.AppendTimestampText(nil, v)
	require.NoError(t, err)
	require.Equal(t, "2024-03-15 04:05:06", string(text))

	instant, err := wire.AppendTimestampTZ(nil, v)
	require.NoError(t, err)
	decoded, _, err = wire.DecodeTimestamp(instant)
	require.NoError(t, err)
	require.Equal(t, v.UTC(), decoded)
}

func TestTimestampDropsNanosecondsTowardsThePast(t *testing.T) {
	for _, year := range []int{2024, 1999, 1960, -43} {
		exact := time.Date(year, 6, 1, 12, 0, 0, 1000, time.UTC)
		for _, nanoseconds := range []time.Duration{1, 500, 999} {
			encoded, err := wire.AppendTimestampTZ(nil, exact.Add(nanoseconds))
			require.NoError(t, err)
			decoded, _, err := wire.DecodeTimestamp(encoded)
			require.NoError(t, err)
			require.Equal(t, exact, decoded)
			text, err := wire.AppendTimestampText(nil, exact.Add(nanoseconds))
			require.NoError(t, err)
			require.Contains(t, string(text), " 12:00:00.000001")
		}
	}
}

func TestTimestampInfinity(t *testing.T) {
	for _, v := range []wire.Infinity{wire.NegativeInfinity, wire.PositiveInfinity} {
		decoded, infinity, err := wire.DecodeTimestamp(wire.AppendTimestampInfinity(nil, v))
		require.NoError(t, err)
		require.Equal(t, v, infinity)
		require.Zero(t, decoded)
		parsed, infinity, err := wire.ParseTimestamp([]byte(v.String()))
		require.NoError(t, err)
		require.Equal(t, v, infinity)
		require.Zero(t, parsed)
		parsed, infinity, err = wire.ParseTimestampTZ([]byte(v.String()), nil)
		require.NoError(t, err)
		require.Equal(t, v, infinity)
		require.Zero(t, parsed)
	}
	require.Empty(t, wire.AppendTimestampInfinity(nil, wire.Finite))
}

func TestDecodeTimestampTakesEveryMicrosecond(t *testing.T) {
	_, _, err := wire.DecodeTimestamp(make([]byte, 4))
	require.EqualError(t, err, "binary timestamp or timestamptz has a length of 4 bytes, want 8")
	epoch := day(2000, 1, 1).Unix()
	for _, microseconds := range []int64{math.MinInt64 + 1, math.MinInt64 + 775_808, math.MaxInt64 - 1} {
		decoded, infinity, err := wire.DecodeTimestamp(wire.AppendInt8(nil, microseconds))
		require.NoError(t, err)
		require.Equal(t, wire.Finite, infinity)
		require.Equal(t, microseconds, (decoded.Unix()-epoch)*1_000_000+int64(decoded.Nanosecond()/1000))
	}
}

func TestAppendTimestampRefusesWhatPostgreSQLHasNot(t *testing.T) {
	appenders := map[string]func([]byte, time.Time) ([]byte, error){
		"AppendTimestamp":       wire.AppendTimestamp,
		"AppendTimestampTZ":     wire.AppendTimestampTZ,
		"AppendTimestampText":   wire.AppendTimestampText,
		"AppendTimestampTZText": wire.AppendTimestampTZText,
	}
	for name, appendTo := range appenders {
		t.Run(name, func(t *testing.T) {
			for _, v := range []time.Time{
				day(-4713, 11, 24).Add(-1), day(294277, 1, 1), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0),
			} {
				dst, err := appendTo([]byte("before"), v)
				require.ErrorContains(t, err, "outside the range of timestamp, 4714-11-24 BC to 294276-12-31")
				require.Equal(t, "before", string(dst))
			}
		})
	}
}

var malformedTimestamps = []string{
	"", "2024-03-15", "2024-03-15 ", "2024-03-15T04:05:06", "2024-03-15  04:05:06", "2024-03-15 04:05", "2024-03-15 24:00:00",
	"2024-03-15 04:05:60", "2024-03-15 04:05:06.", "2024-03-15 04:05:06.1234567", "2024-02-30 04:05:06",
	"0000-01-01 00:00:00", "2024-03-15 04:05:06 AD", "2024-03-15 BC 04:05:06", "now", "epoch",
}

// Those of the styles Postgres, SQL and German.
var timestampsOfOtherStyles = []string{
	"Fri Mar 15 04:05:06 2024", "Fri 15 Mar 04:05:06 2024", "03/15/2024 04:05:06", "15/03/2024 04:05:06", "15.03.2024 04:05:06",
}

func TestParseTimestampRefuses(t *testing.T) {
	for _, text := range append(malformedTimestamps, timestampsOfOtherStyles...) {
		v, _, err := wire.ParseTimestamp([]byte(text))
		require.ErrorContains(t, err, "as timestamp: want ", text)
		require.ErrorContains(t, err, "DateStyle must be ISO", text)
		require.Zero(t, v)
		v, _, err = wire.ParseTimestampTZ([]byte(text+"+00"), time.UTC)
		require.ErrorContains(t, err, "as timestamptz: want ", text)
		require.ErrorContains(t, err, "DateStyle must be ISO", text)
		require.Zero(t, v)
	}
	for _, offset := range malformedOffsets {
		_, _, err := wire.ParseTimestampTZ([]byte("2024-03-15 04:05:06"+offset), time.UTC)
		require.ErrorContains(t, err, "as timestamptz: want ", offset)
	}
	_, _, err := wire.ParseTimestamp([]byte("2024-03-15 04:05:06+00"))
	require.Error(t, err, "a timestamp has no offset")
}

func FuzzTimestampBinary(f *testing.F) {
	for _, c := range timestamps {
		f.Add(wire.AppendInt8(nil, c.microseconds), 3600)
	}
	f.Add(wire.AppendTimestampInfinity(nil, wire.PositiveInfinity), 0)
	f.Add([]byte{1}, -1)
	f.Fuzz(func(t *testing.T, src []byte, offset int) {
		v, infinity, err := wire.DecodeTimestamp(src)
		if err != nil {
			return
		}
		if infinity != wire.Finite {
			require.Equal(t, src, wire.AppendTimestampInfinity(nil, infinity))
			return
		}
		encoded, err := wire.AppendTimestamp(nil, v)
		if err != nil {
			return // not a timestamp that PostgreSQL sends
		}
		require.Equal(t, src, encoded)
		text, err := wire.AppendTimestampText(nil, v)
		require.NoError(t, err)
		parsed, _, err := wire.ParseTimestamp(text)
		require.NoError(t, err)
		require.Equal(t, v, parsed)

		text, err = wire.AppendTimestampTZText(nil, v.In(time.FixedZone("", offset%100_000)))
		require.NoError(t, err)
		parsed, _, err = wire.ParseTimestampTZ(text, time.UTC)
		require.NoError(t, err)
		require.Equal(t, v, parsed)
	})
}

func FuzzParseTimestamp(f *testing.F) {
	for _, c := range timestamps {
		f.Add([]byte(c.text))
		f.Add([]byte(c.text + "+05:30"))
	}
	for _, text := range append(malformedTimestamps, timestampsOfOtherStyles...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if v, infinity, err := wire.ParseTimestamp(text); err == nil && infinity == wire.Finite {
			again, err := wire.AppendTimestampText(nil, v)
			if err == nil {
				requireSameDigits(t, text, again)
			}
		}
		v, infinity, err := wire.ParseTimestampTZ(text, nil)
		if err != nil || infinity != wire.Finite {
			return
		}
		again, err := wire.AppendTimestampTZText(nil, v)
		if err != nil {
			return // beyond PostgreSQL's range
		}
		parsed, _, err := wire.ParseTimestampTZ(again, v.Location())
		require.NoError(t, err)
		require.Equal(t, v, parsed)
	})
}
