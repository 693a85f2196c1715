package wire_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

var dates = []struct {
	text string
	v    time.Time
	days int32
}{
	{"2000-01-01", day(2000, 1, 1), 0},
	{"1999-12-31", day(1999, 12, 31), -1},
	{"1970-01-01", day(1970, 1, 1), -10957},
	{"2024-02-29", day(2024, 2, 29), 8825},
	{"0001-01-01", day(1, 1, 1), -730119},
	{"0001-12-31 BC", day(0, 12, 31), -730120},
	{"0044-03-15 BC", day(-43, 3, 15), -746117},
	{"0005-02-29 BC", day(-4, 2, 29), -731887},
	{"4714-11-24 BC", day(-4713, 11, 24), -2451545},
	{"10000-01-01", day(10000, 1, 1), 2921940},
	{"5874897-12-31", day(5874897, 12, 31), 2145031948},
}

func TestDate(t *testing.T) {
	for _, c := range dates {
		t.Run(c.text, func(t *testing.T) {
			encoded, err := wire.AppendDate(nil, c.v)
			require.NoError(t, err)
			require.Equal(t, wire.AppendInt4(nil, c.days), encoded)
			decoded, infinity, err := wire.DecodeDate(encoded)
			require.NoError(t, err)
			require.Equal(t, wire.Finite, infinity)
			require.Equal(t, c.v, decoded)

			text, err := wire.AppendDateText(nil, c.v)
			require.NoError(t, err)
			require.Equal(t, c.text, string(text))
			parsed, infinity, err := wire.ParseDate(text)
			require.NoError(t, err)
			require.Equal(t, wire.Finite, infinity)
			require.Equal(t, c.v, parsed)
		})
	}
}

func TestDateOfATimeInAnotherZone(t *testing.T) {
	east := time.Date(2024, 3, 15, 0, 30, 0, 0, time.FixedZone("", 14*3600)) // the 14th in UTC
	west := time.Date(2024, 3, 15, 23, 30, 0, 0, time.FixedZone("", -12*3600))
	want, err := wire.AppendDate(nil, day(2024, 3, 15))
	require.NoError(t, err)
	for _, v := range []time.Time{east, west} {
		encoded, err := wire.AppendDate(nil, v)
		require.NoError(t, err)
		require.Equal(t, want, encoded)
		text, err := wire.AppendDateText(nil, v)
		require.NoError(t, err)
		require.Equal(t, "2024-03-15", string(text))
	}
}

func TestDateInfinity(t *testing.T) {
	for _, v := range []wire.Infinity{wire.NegativeInfinity, wire.PositiveInfinity} {
		date, infinity, err := wire.DecodeDate(wire.AppendDateInfinity(nil, v))
		require.NoError(t, err)
		require.Equal(t, v, infinity)
		require.Zero(t, date)
		date, infinity, err = wire.ParseDate([]byte(v.String()))
		require.NoError(t, err)
		require.Equal(t, v, infinity)
		require.Zero(t, date)
	}
	require.Equal(t, "-infinity", wire.NegativeInfinity.String())
	require.Equal(t, "infinity", wire.PositiveInfinity.String())
	require.Empty(t, wire.Finite.String())
	require.Empty(t, wire.AppendDateInfinity(nil, wire.Finite))
}

func TestAppendDateRefusesWhatPostgreSQLHasNot(t *testing.T) {
	for _, v := range []time.Time{
		day(-4713, 11, 23), day(5874898, 1, 1), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0),
	} {
		dst, err := wire.AppendDate([]byte("before"), v)
		require.ErrorContains(t, err, "outside the range of date, 4714-11-24 BC to 5874897-12-31")
		require.Equal(t, "before", string(dst))
		dst, err = wire.AppendDateText([]byte("before"), v)
		require.ErrorContains(t, err, "outside the range of date")
		require.Equal(t, "before", string(dst))
	}
}

func TestDecodeDateTakesEveryDay(t *testing.T) {
	_, _, err := wire.DecodeDate(make([]byte, 8))
	require.EqualError(t, err, "binary date has a length of 8 bytes, want 4")
	last, _, err := wire.DecodeDate(wire.AppendInt4(nil, math.MaxInt32-1))
	require.NoError(t, err)
	first, _, err := wire.DecodeDate(wire.AppendInt4(nil, math.MinInt32+1))
	require.NoError(t, err)
	require.Equal(t, int64(math.MaxUint32-2)*86400, last.Unix()-first.Unix())
}

var malformedDates = []string{
	"", "2024", "2024-03", "2024-3-15", "24-03-15", "2024-03-15x", "2024-03-15 ", "2024-03-15 AD", "2024-03-15BC",
	"2024-00-15", "2024-13-15", "2024-03-00", "2024-03-32", "2024-02-30", "2023-02-29", "1900-02-29", "0000-01-01",
	"0004-02-29 BC", "-2024-03-15", "99999999-01-01", "Infinity", "+infinity", "2024-03-15 10:00:00",
}

// Those of the styles Postgres, SQL and German, and both orders of day and month.
var datesOfOtherStyles = []string{"15.03.2024", "03/15/2024", "15/03/2024", "03-15-2024", "15-03-2024"}

func TestParseDateRefuses(t *testing.T) {
	for _, text := range append(malformedDates, datesOfOtherStyles...) {
		v, _, err := wire.ParseDate([]byte(text))
		require.ErrorContains(t, err, "as date: want ", text)
		require.ErrorContains(t, err, "DateStyle must be ISO", text)
		require.Zero(t, v)
	}
}

func FuzzDateBinary(f *testing.F) {
	for _, c := range dates {
		f.Add(wire.AppendInt4(nil, c.days))
	}
	f.Add(wire.AppendDateInfinity(nil, wire.NegativeInfinity))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, src []byte) {
		v, infinity, err := wire.DecodeDate(src)
		if err != nil {
			return
		}
		if infinity != wire.Finite {
			require.Equal(t, src, wire.AppendDateInfinity(nil, infinity))
			return
		}
		encoded, err := wire.AppendDate(nil, v)
		if err != nil {
			return // not a date that PostgreSQL sends
		}
		require.Equal(t, src, encoded)
		text, err := wire.AppendDateText(nil, v)
		require.NoError(t, err)
		parsed, _, err := wire.ParseDate(text)
		require.NoError(t, err)
		require.Equal(t, v, parsed)
	})
}

func FuzzParseDate(f *testing.F) {
	for _, c := range dates {
		f.Add([]byte(c.text))
	}
	for _, text := range append(malformedDates, datesOfOtherStyles...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, infinity, err := wire.ParseDate(text)
		if err != nil || infinity != wire.Finite {
			return
		}
		again, err := wire.AppendDateText(nil, v)
		if err != nil {
			return // beyond PostgreSQL's range
		}
		requireSameDigits(t, text, again)
	})
}

// requireSameDigits compares a text that was read with the text of its value, which has no leading zeros in a year of
// more than four digits and none at the end of a fraction.
func requireSameDigits(t *testing.T, read, written []byte) {
	t.Helper()
	if len(read) == len(written) {
		require.Equal(t, string(read), string(written))
		return
	}
	require.Greater(t, len(read), len(written))
}
