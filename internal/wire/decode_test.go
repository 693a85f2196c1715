package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// FuzzDecodeFixedSize gives every decoder of a fixed-size type any bytes: the length alone decides, except for the
// times of day, of which some are impossible.
func FuzzDecodeFixedSize(f *testing.F) {
	for size := range 18 {
		f.Add(make([]byte, size))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		requireOnlyLength := func(size int, err error) {
			t.Helper()
			require.Equal(t, len(src) == size, err == nil, "%d bytes: %v", len(src), err)
		}
		_, err := wire.DecodeBool(src)
		requireOnlyLength(1, err)
		_, err = wire.DecodeInt2(src)
		requireOnlyLength(2, err)
		_, err = wire.DecodeInt4(src)
		requireOnlyLength(4, err)
		_, err = wire.DecodeUint4(src)
		requireOnlyLength(4, err)
		_, err = wire.DecodeFloat4(src)
		requireOnlyLength(4, err)
		_, _, err = wire.DecodeDate(src)
		requireOnlyLength(4, err)
		_, err = wire.DecodeInt8(src)
		requireOnlyLength(8, err)
		_, err = wire.DecodeUint8(src)
		requireOnlyLength(8, err)
		_, err = wire.DecodeFloat8(src)
		requireOnlyLength(8, err)
		_, _, err = wire.DecodeTimestamp(src)
		requireOnlyLength(8, err)
		_, err = wire.DecodeUUID(src)
		requireOnlyLength(16, err)

		_, err = wire.DecodeTime(src)
		require.True(t, err != nil || len(src) == 8)
		_, _, err = wire.DecodeTimeTZ(src)
		require.True(t, err != nil || len(src) == 12)
		text, err := wire.DecodeJSONB(src)
		require.True(t, err != nil || len(text) == len(src)-1)
	})
}
