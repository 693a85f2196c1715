package wire_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

const (
	second = int64(1_000_000)
	hour   = 3600 * second
)

var clocks = []struct {
	text         string
	microseconds int64
}{
	{"00:00:00", 0},
	{"00:00:00.000001", 1},
	{"04:05:06.789", 4*hour + 306*second + 789_000},
	{"23:59:59.999999", 24*hour - 1},
	{"24:00:00", 24 * hour},
}

var offsets = []struct {
	text    string
	seconds int
}{
	{"+00", 0},
	{"-08", -8 * 3600},
	{"+05:30", 19800},
	{"-00:30", -1800},
	{"+05:21:10", 19270},
	{"-00:00:01", -1},
	{"+15:59:59", 57599},
	{"-15:59:59", -57599},
}

func TestTime(t *testing.T) {
	for _, c := range clocks {
		decoded, err := wire.DecodeTime(wire.AppendTime(nil, c.microseconds))
		require.NoError(t, err)
		require.Equal(t, c.microseconds, decoded)
		require.Equal(t, c.text, string(wire.AppendTimeText(nil, c.microseconds)))
		parsed, err := wire.ParseTime([]byte(c.text))
		require.NoError(t, err)
		require.Equal(t, c.microseconds, parsed)
	}
}

func TestTimeTZ(t *testing.T) {
	for _, c := range clocks {
		for _, o := range offsets {
			microseconds, offset, err := wire.DecodeTimeTZ(wire.AppendTimeTZ(nil, c.microseconds, o.seconds))
			require.NoError(t, err)
			require.Equal(t, c.microseconds, microseconds)
			require.Equal(t, o.seconds, offset)

			text := wire.AppendTimeTZText(nil, c.microseconds, o.seconds)
			require.Equal(t, c.text+o.text, string(text))
			microseconds, offset, err = wire.ParseTimeTZ(text)
			require.NoError(t, err)
			require.Equal(t, c.microseconds, microseconds)
			require.Equal(t, o.seconds, offset)
		}
	}
	require.Equal(t, append(make([]byte, 8), 0xff, 0xff, 0xf1, 0xf0), wire.AppendTimeTZ(nil, 0, 3600),
		"the wire has seconds west of UTC")
}

func TestDecodeTimeRefuses(t *testing.T) {
	_, err := wire.DecodeTime(make([]byte, 12))
	require.EqualError(t, err, "binary time has a length of 12 bytes, want 8")
	_, _, err = wire.DecodeTimeTZ(make([]byte, 8))
	require.EqualError(t, err, "binary timetz has a length of 8 bytes, want 12")
	for _, microseconds := range []int64{-1, 24*hour + 1, math.MaxInt64, math.MinInt64} {
		_, err := wire.DecodeTime(wire.AppendTime(nil, microseconds))
		require.ErrorContains(t, err, "outside of one day")
		_, _, err = wire.DecodeTimeTZ(wire.AppendTimeTZ(nil, microseconds, 0))
		require.ErrorContains(t, err, "outside of one day")
	}
	for _, offset := range []int{16 * 3600, -16 * 3600, math.MaxInt32, math.MinInt32} {
		_, _, err := wire.DecodeTimeTZ(wire.AppendTimeTZ(nil, 0, offset))
		require.ErrorContains(t, err, "16 hours or more")
	}
}

var malformedClocks = []string{
	"", "1:02:03", "01:02", "01:02:3", "01:02:03.", "01:02:03.1234567", "01:60:00", "01:02:60", "24:00:00.000001",
	"24:00:01", "25:00:00", "-01:00:00", "01:02:03 PM", "01:02:03 ", "01-02-03", "010203",
}

var malformedOffsets = []string{
	"", " 00", "+", "+1", "+100", "+01:", "+01:0", "+01:00:", "+01:00:0", "+01:60", "+01:00:60", "+16", "-16:00", "+01 ",
	" +01", "Z", " PST", "+01:00:00:00",
}

func TestParseTimeRefuses(t *testing.T) {
	for _, text := range malformedClocks {
		v, err := wire.ParseTime([]byte(text))
		require.ErrorContains(t, err, "as time: want HH:MM:SS", text)
		require.Zero(t, v)
		_, _, err = wire.ParseTimeTZ([]byte(text + "+00"))
		require.ErrorContains(t, err, "as timetz: want ", text)
	}
	for _, text := range malformedOffsets {
		_, _, err := wire.ParseTimeTZ([]byte("01:02:03" + text))
		require.ErrorContains(t, err, "want an offset +HH, +HH:MM or +HH:MM:SS", text)
	}
}

// The texts of values that are no time of day need not mean anything, but the server must refuse them.
func TestAppendTimeTextOfNoTimeOfDay(t *testing.T) {
	for _, microseconds := range []int64{-1, -hour, 24*hour + 1, math.MaxInt64, math.MinInt64} {
		text := wire.AppendTimeText(nil, microseconds)
		_, err := wire.ParseTime(text)
		require.Error(t, err, string(text))
		require.NotContains(t, string(text), "'")
	}
	for _, offset := range []int{16 * 3600, math.MaxInt, math.MinInt} {
		text := wire.AppendTimeTZText(nil, 0, offset)
		_, _, err := wire.ParseTimeTZ(text)
		require.Error(t, err, string(text))
		require.NotContains(t, string(text), "'")
	}
}

func FuzzTimeTZBinary(f *testing.F) {
	for _, c := range clocks {
		f.Add(wire.AppendTimeTZ(nil, c.microseconds, 3600))
	}
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, src []byte) {
		microseconds, offset, err := wire.DecodeTimeTZ(src)
		if err != nil {
			return
		}
		require.Equal(t, src, wire.AppendTimeTZ(nil, microseconds, offset))
		parsed, parsedOffset, err := wire.ParseTimeTZ(wire.AppendTimeTZText(nil, microseconds, offset))
		require.NoError(t, err)
		require.Equal(t, microseconds, parsed)
		require.Equal(t, offset, parsedOffset)

		decoded, err := wire.DecodeTime(src[:8])
		require.NoError(t, err)
		require.Equal(t, microseconds, decoded)
	})
}

func FuzzParseTimeTZ(f *testing.F) {
	for _, c := range clocks {
		f.Add([]byte(c.text + "+05:30"))
	}
	for _, text := range malformedClocks {
		f.Add([]byte(text + "+00"))
	}
	for _, text := range malformedOffsets {
		f.Add([]byte("01:02:03" + text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = wire.ParseTime(text) // must not panic
		microseconds, offset, err := wire.ParseTimeTZ(text)
		if err != nil {
			return
		}
		again := wire.AppendTimeTZText(nil, microseconds, offset)
		parsed, parsedOffset, err := wire.ParseTimeTZ(again)
		require.NoError(t, err)
		require.Equal(t, microseconds, parsed)
		require.Equal(t, offset, parsedOffset)
		require.LessOrEqual(t, len(again), len(text), "PostgreSQL's form is the shortest")
	})
}
