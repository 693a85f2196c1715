package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func TestJSONB(t *testing.T) {
	src := wire.AppendJSONB([]byte("before"), []byte(`{"a": 1}`))[len("before"):]
	require.Equal(t, "\x01"+`{"a": 1}`, string(src))
	got, err := wire.DecodeJSONB(src)
	require.NoError(t, err)
	require.Equal(t, `{"a": 1}`, string(got))
	require.Same(t, &src[1], &got[0], "the result is part of the input")
}

func TestDecodeJSONBRefuses(t *testing.T) {
	_, err := wire.DecodeJSONB(nil)
	require.ErrorContains(t, err, "length of 0 bytes, want at least 1")
	_, err = wire.DecodeJSONB([]byte("\x02{}"))
	require.ErrorContains(t, err, "version 2")
}
