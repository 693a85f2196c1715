package wire_test

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

var floats = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, 0.1, 1.0 / 3, 1e-4, 9.9e-5, 1e15, 1e16, 123456789012345680, 1e17, 1e100, -2.5e-300,
	math.Pi, math.MaxFloat64, math.SmallestNonzeroFloat64, math.MaxFloat32, math.SmallestNonzeroFloat32, 16777217,
	math.Inf(1), math.Inf(-1), math.NaN(),
}

func isRangeError(err error) bool { return errors.Is(err, strconv.ErrRange) }

// requireSameFloat compares bits, so that the sign of zero counts; all NaN are the same.
func requireSameFloat(t *testing.T, want, got float64) {
	t.Helper()
	if math.IsNaN(want) {
		require.True(t, math.IsNaN(got), "want NaN, got %v", got)
		return
	}
	require.Equal(t, math.Float64bits(want), math.Float64bits(got), "want %v, got %v", want, got)
}

func TestFloatRoundTrip(t *testing.T) {
	for _, v := range floats {
		requireFloatRoundTrip(t, v)
	}
}

func FuzzFloatRoundTrip(f *testing.F) {
	for _, v := range floats {
		f.Add(v)
	}
	f.Fuzz(requireFloatRoundTrip)
}

func requireFloatRoundTrip(t *testing.T, v float64) {
	float8, err := wire.DecodeFloat8(wire.AppendFloat8(nil, v))
	require.NoError(t, err)
	requireSameFloat(t, v, float8)
	float8, err = wire.ParseFloat(wire.AppendFloatText(nil, v, 64), 64)
	require.NoError(t, err)
	requireSameFloat(t, v, float8)

	single := float64(float32(v))
	float4, err := wire.DecodeFloat4(wire.AppendFloat4(nil, float32(v)))
	require.NoError(t, err)
	requireSameFloat(t, single, float64(float4))
	parsed, err := wire.ParseFloat(wire.AppendFloatText(nil, single, 32), 32)
	require.NoError(t, err)
	requireSameFloat(t, single, parsed)
}

func TestDecodeFloatRefusesOtherLengths(t *testing.T) {
	_, err := wire.DecodeFloat4(make([]byte, 8))
	require.EqualError(t, err, "binary float4 has a length of 8 bytes, want 4")
	_, err = wire.DecodeFloat8(make([]byte, 4))
	require.EqualError(t, err, "binary float8 has a length of 4 bytes, want 8")
}

func TestAppendFloatText(t *testing.T) {
	cases := []struct {
		v       float64
		bitSize int
		want    string
	}{
		{1, 64, "1"},
		{-0.5, 64, "-0.5"},
		{math.Copysign(0, -1), 64, "-0"},
		{1e15, 64, "1000000000000000"},
		{1e16, 64, "1e+16"},
		{0.0001, 64, "0.0001"},
		{0.00001, 64, "1e-05"},
		{float64(float32(0.1)), 32, "0.1"},
		{float64(float32(0.1)), 64, "0.10000000149011612"},
		{math.NaN(), 64, "NaN"},
		{math.Inf(1), 32, "Infinity"},
		{math.Inf(-1), 64, "-Infinity"},
	}
	for _, c := range cases {
		require.Equal(t, c.want, string(wire.AppendFloatText(nil, c.v, c.bitSize)))
	}
}

var malformedFloats = []string{
	"", "-", ".", "e5", "1e", "nan", "NAN", "inf", "Inf", "+Infinity", "infinity", "0x1p3", "0x1_0p0", "1_0", "1,5", " 1", "1 ",
	"1.2.3", "--1", "1e5e5",
}

func TestParseFloatRefuses(t *testing.T) {
	for _, text := range malformedFloats {
		_, err := wire.ParseFloat([]byte(text), 64)
		require.ErrorContains(t, err, "want a decimal number, NaN, Infinity or -Infinity", text)
	}
	_, err := wire.ParseFloat([]byte("1e400"), 64)
	require.EqualError(t, err, `"1e400" does not fit a float of 64 bits: value out of range`)
	_, err = wire.ParseFloat([]byte("1e39"), 32)
	require.ErrorIs(t, err, strconv.ErrRange)
}

// A number of few digits is read in a way of its own; both give the float that strconv does.
func TestParseFloatOfFewAndManyDigits(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "-0.0", "5.", ".5", "-.5", "0.1", "-12345.678", "000001.50", "999999999999999", "99999999999999.9", ".999999999999999",
		"1000000000000000", "9007199254740993", "0.3000000000000000444", "123456789012.3456", "1e2", "-1.5E-3",
	} {
		want, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		got, err := wire.ParseFloat([]byte(text), 64)
		require.NoError(t, err, text)
		requireSameFloat(t, want, got)

		want, err = strconv.ParseFloat(text, 32)
		require.NoError(t, err)
		got, err = wire.ParseFloat([]byte(text), 32)
		require.NoError(t, err, text)
		requireSameFloat(t, want, got)
	}
}

func BenchmarkParseFloat(b *testing.B) {
	for _, text := range []string{"1234.5678", "0.3333333333333333"} {
		src := []byte(text)
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, err := wire.ParseFloat(src, 64); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzParseFloat(f *testing.F) {
	for _, text := range append(malformedFloats, "NaN", "Infinity", "-Infinity", "1.5", "-1e-7", "1e400", "00.10",
		"-0", "5.", ".5", "999999999999999", "1000000000000000.5", "9007199254740993") {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := wire.ParseFloat(text, 64)
		want, wantErr := strconv.ParseFloat(string(text), 64)
		if err != nil {
			require.Zero(t, v)
			return
		}
		require.NoError(t, wantErr, "strconv reads more than wire, never less")
		requireSameFloat(t, want, v)
	})
}
