package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func TestBool(t *testing.T) {
	for _, v := range []bool{true, false} {
		decoded, err := wire.DecodeBool(wire.AppendBool(nil, v))
		require.NoError(t, err)
		require.Equal(t, v, decoded)
	}
	decoded, err := wire.DecodeBool([]byte{7})
	require.NoError(t, err)
	require.True(t, decoded, "boolrecv takes every byte but 0 for true")
}

func TestDecodeBoolRefusesOtherLengths(t *testing.T) {
	for _, src := range [][]byte{nil, {}, {0, 1}} {
		_, err := wire.DecodeBool(src)
		require.ErrorContains(t, err, "binary bool has a length of ")
	}
}

func TestParseBool(t *testing.T) {
	yes, err := wire.ParseBool([]byte("t"))
	require.NoError(t, err)
	require.True(t, yes)
	no, err := wire.ParseBool([]byte("f"))
	require.NoError(t, err)
	require.False(t, no)
	for _, text := range []string{"", "T", "true", "1", "tt", " t"} {
		_, err := wire.ParseBool([]byte(text))
		require.ErrorContains(t, err, "want t or f", text)
	}
}
