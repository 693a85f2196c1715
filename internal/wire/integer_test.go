package wire_test

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

var integers = []int64{
	0, 1, -1, 42, math.MaxInt8, math.MinInt8, math.MaxInt16, math.MinInt16, math.MaxInt16 + 1, math.MaxInt32,
	math.MinInt32, math.MaxInt32 + 1, math.MinInt32 - 1, math.MaxInt64, math.MinInt64,
}

func TestIntegerBinaryLayout(t *testing.T) {
	require.Equal(t, []byte{0xff, 0xfe}, wire.AppendInt2(nil, -2))
	require.Equal(t, []byte{0, 0, 1, 2}, wire.AppendInt4(nil, 0x0102))
	require.Equal(t, []byte{0, 0, 0, 0, 0, 0, 1, 2}, wire.AppendInt8(nil, 0x0102))
	require.Equal(t, []byte{0xff, 0xff, 0xff, 0xff}, wire.AppendUint4(nil, math.MaxUint32))
}

func TestIntegerBinaryRoundTrip(t *testing.T) {
	for _, v := range integers {
		requireIntegerRoundTrip(t, v)
	}
}

func FuzzIntegerBinaryRoundTrip(f *testing.F) {
	for _, v := range integers {
		f.Add(v)
	}
	f.Fuzz(requireIntegerRoundTrip)
}

func requireIntegerRoundTrip(t *testing.T, v int64) {
	int2, err := wire.DecodeInt2(wire.AppendInt2(nil, int16(v)))
	require.NoError(t, err)
	require.Equal(t, int16(v), int2)
	int4, err := wire.DecodeInt4(wire.AppendInt4(nil, int32(v)))
	require.NoError(t, err)
	require.Equal(t, int32(v), int4)
	int8, err := wire.DecodeInt8(wire.AppendInt8(nil, v))
	require.NoError(t, err)
	require.Equal(t, v, int8)
	oid, err := wire.DecodeUint4(wire.AppendUint4(nil, uint32(v)))
	require.NoError(t, err)
	require.Equal(t, uint32(v), oid)
	xid8, err := wire.DecodeUint8(wire.AppendInt8(nil, v))
	require.NoError(t, err)
	require.Equal(t, uint64(v), xid8)
}

func TestDecodeIntegerRefusesOtherLengths(t *testing.T) {
	decoders := map[string]struct {
		size   int
		decode func([]byte) error
	}{
		"int2":            {2, func(src []byte) error { _, err := wire.DecodeInt2(src); return err }},
		"int4":            {4, func(src []byte) error { _, err := wire.DecodeInt4(src); return err }},
		"int8":            {8, func(src []byte) error { _, err := wire.DecodeInt8(src); return err }},
		"oid, xid or cid": {4, func(src []byte) error { _, err := wire.DecodeUint4(src); return err }},
		"xid8":            {8, func(src []byte) error { _, err := wire.DecodeUint8(src); return err }},
	}
	for name, decoder := range decoders {
		t.Run(name, func(t *testing.T) {
			for size := range 12 {
				err := decoder.decode(make([]byte, size))
				if size == decoder.size {
					require.NoError(t, err)
					continue
				}
				require.EqualError(t, err, "binary "+name+" has a length of "+strconv.Itoa(size)+
					" bytes, want "+strconv.Itoa(decoder.size))
			}
		})
	}
}

var integerTexts = []string{
	"0", "-0", "7", "-7", "007", "127", "128", "-128", "-129", "32767", "32768", "-32768", "-32769", "2147483647",
	"2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807",
	"9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
	"18446744073709551616", "99999999999999999999999", "18446744073709551620", "28446744073709551615",
	"", "-", "--1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "1_000", "１", "700A",
}

var decimalForm = regexp.MustCompile(`^-?[0-9]+$`)

func TestParseInteger(t *testing.T) {
	for _, text := range integerTexts {
		t.Run(text, func(t *testing.T) { requireParsedAsStrconvDoes(t, []byte(text)) })
	}
}

func FuzzParseInteger(f *testing.F) {
	for _, text := range integerTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(requireParsedAsStrconvDoes)
}

// requireParsedAsStrconvDoes compares with strconv, which takes a plus sign besides and gives up on a number that is
// too large before it sees a letter in it.
func requireParsedAsStrconvDoes(t *testing.T, text []byte) {
	for _, bitSize := range []int{8, 16, 32, 64} {
		signed, err := wire.ParseInt(text, bitSize)
		wantSigned, wantErr := strconv.ParseInt(string(text), 10, bitSize)
		requireSameOutcome(t, text, signed, wantSigned, err, wantErr)

		unsigned, err := wire.ParseUint(text, bitSize)
		wantUnsigned, wantErr := strconv.ParseUint(string(text), 10, bitSize)
		requireSameOutcome(t, text, unsigned, wantUnsigned, err, wantErr)
	}
}

func requireSameOutcome[T int64 | uint64](t *testing.T, text []byte, got, want T, err, wantErr error) {
	t.Helper()
	if !decimalForm.Match(text) {
		require.ErrorContains(t, err, "want decimal digits")
		require.Zero(t, got)
		return
	}
	if wantErr == nil {
		require.NoError(t, err)
		require.Equal(t, want, got)
		return
	}
	require.Error(t, err)
	require.Zero(t, got)
	if isRangeError(wantErr) {
		require.ErrorIs(t, err, strconv.ErrRange)
	}
}

func TestParseIntegerErrors(t *testing.T) {
	_, err := wire.ParseInt([]byte("32768"), 16)
	require.ErrorIs(t, err, strconv.ErrRange)
	require.EqualError(t, err, `"32768" does not fit a signed integer of 16 bits: value out of range`)
	_, err = wire.ParseUint([]byte("-1"), 32)
	require.EqualError(t, err, `cannot read "-1" as an unsigned integer: want decimal digits`)
}
