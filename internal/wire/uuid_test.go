package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

const uuidText = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"

var uuidValue = [16]byte{
	0xa0, 0xee, 0xbc, 0x99, 0x9c, 0x0b, 0x4e, 0xf8, 0xbb, 0x6d, 0x6b, 0xb9, 0xbd, 0x38, 0x0a, 0x11,
}

// The forms are those of PostgreSQL's documentation, chapter "UUID Type".
var uuidTexts = []string{
	uuidText,
	"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
	"{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
	"a0eebc999c0b4ef8bb6d6bb9bd380a11",
	"a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
	"{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}",
}

var malformedUUIDs = []string{
	"", "{}", "a0eebc99", uuidText[:35], uuidText + "0", uuidText + "-", "-" + uuidText, "{" + uuidText, uuidText + "}",
	"a0-eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99--9c0b-4ef8-bb6d-6bb9bd380a11",
	"g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1-",
}

func TestUUID(t *testing.T) {
	decoded, err := wire.DecodeUUID(wire.AppendUUID(nil, uuidValue))
	require.NoError(t, err)
	require.Equal(t, uuidValue, decoded)
	require.Equal(t, uuidText, string(wire.AppendUUIDText(nil, uuidValue)))
	for _, text := range uuidTexts {
		parsed, err := wire.ParseUUID([]byte(text))
		require.NoError(t, err, text)
		require.Equal(t, uuidValue, parsed, text)
	}
}

func TestUUIDRefuses(t *testing.T) {
	_, err := wire.DecodeUUID(make([]byte, 15))
	require.EqualError(t, err, "binary uuid has a length of 15 bytes, want 16")
	for _, text := range malformedUUIDs {
		v, err := wire.ParseUUID([]byte(text))
		require.ErrorContains(t, err, "as uuid: want 32 hexadecimal digits", text)
		require.Zero(t, v)
	}
}

func FuzzParseUUID(f *testing.F) {
	for _, text := range append(uuidTexts, malformedUUIDs...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := wire.ParseUUID(text)
		if err != nil {
			return
		}
		again, err := wire.ParseUUID(wire.AppendUUIDText(nil, v))
		require.NoError(t, err)
		require.Equal(t, v, again)
	})
}
