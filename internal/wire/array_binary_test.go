package wire_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func TestArrayBinary(t *testing.T) {
	src := wire.AppendArrayHeader(nil, 23, true, 3)
	src = wire.AppendInt4(wire.AppendSize(src, 4), 7)
	src = append(src, 0xff, 0xff, 0xff, 0xff)
	src = wire.AppendSize(src, 0)
	array, err := wire.DecodeArray(src)
	require.NoError(t, err)
	require.EqualValues(t, 23, array.ElementOID)
	require.Equal(t, []int{3}, array.Lengths())
	require.Equal(t, []byte{0, 0, 0, 7}, array.Next())
	require.Nil(t, array.Next())
	require.Equal(t, []byte{}, array.Next())
	require.Empty(t, array.AppendBounds(nil))
}

func TestArrayHeader(t *testing.T) {
	src := wire.AppendArrayHeader(nil, 25, false, 2, 1)
	wire.PutHasNull(src)
	for range 2 {
		start := len(src)
		src = append(wire.AppendSize(src, 0), "text"...)
		wire.PutSize(src, start)
	}
	array, err := wire.DecodeArray(src)
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, array.Lengths())
	clone := array.Clone()
	require.Equal(t, "text", string(array.Next()))
	require.Len(t, array.Rest(), 8)
	require.Equal(t, "text", string(array.Next()))
	require.Empty(t, array.Rest())
	clear(src)
	require.Equal(t, "text", string(clone.Next()))

	empty, err := wire.DecodeArray(wire.AppendArrayHeader(nil, 25, false, 0, 3))
	require.NoError(t, err)
	require.Empty(t, empty.Lengths())
}

func TestArrayBinaryBounds(t *testing.T) {
	src, err := hex.DecodeString("00000001" + "00000000" + "00000017" + "00000001" + "fffffffe" + "00000004" + "00000007")
	require.NoError(t, err)
	array, err := wire.DecodeArray(src)
	require.NoError(t, err)
	require.Equal(t, "[-2:-2]=", string(array.AppendBounds(nil)))
}

func TestDecodeArrayRefusesWhatIsNotThere(t *testing.T) {
	for name, src := range map[string]string{
		"nothing":             "",
		"half a header":       "00000001",
		"seven dimensions":    "00000007" + "00000000" + "00000017",
		"negative length":     "00000001" + "00000000" + "00000017" + "ffffffff" + "00000001",
		"too many elements":   "00000001" + "00000000" + "00000017" + "7fffffff" + "00000001",
		"product of lengths":  "00000002" + "00000000" + "00000017" + "7fffffff" + "00000001" + "7fffffff" + "00000001",
		"missing element":     "00000001" + "00000000" + "00000017" + "00000002" + "00000001" + "00000000" + "000000",
		"element cut short":   "00000001" + "00000000" + "00000017" + "00000001" + "00000001" + "00000004" + "0000",
		"negative size":       "00000001" + "00000000" + "00000017" + "00000001" + "00000001" + "fffffffe",
		"bytes after the end": "00000000" + "00000000" + "00000017" + "00",
	} {
		t.Run(name, func(t *testing.T) {
			bytes, err := hex.DecodeString(src)
			require.NoError(t, err)
			_, err = wire.DecodeArray(bytes)
			require.ErrorContains(t, err, "binary array")
		})
	}
}

// Hostile bytes give an error or as many elements as there is room for.
func FuzzDecodeArray(f *testing.F) {
	f.Add(wire.AppendArrayHeader(nil, 23, false, 0))
	f.Add(wire.AppendInt4(wire.AppendSize(wire.AppendArrayHeader(nil, 23, false, 1), 4), 7))
	f.Fuzz(func(t *testing.T, src []byte) {
		array, err := wire.DecodeArray(src)
		if err != nil {
			return
		}
		require.LessOrEqual(t, array.Len(), len(src)/4)
		for range array.Len() {
			require.LessOrEqual(t, len(array.Next()), len(src))
		}
	})
}
