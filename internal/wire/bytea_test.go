package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

var byteaTexts = []struct {
	name, text string
	want       []byte
}{
	{"empty in hex format", `\x`, []byte{}},
	{"empty in escape format", ``, []byte{}},
	{"hex", `\x00fF7a`, []byte{0, 0xff, 'z'}},
	{"printable", `abc'"`, []byte(`abc'"`)},
	{"octal", `\000\377z`, []byte{0, 0xff, 'z'}},
	{"backslash", `a\\b`, []byte(`a\b`)},
	{"backslash and digits", `\\000`, []byte(`\000`)},
	{"x after an escaped backslash", `\\x00`, []byte(`\x00`)},
}

func TestParseBytea(t *testing.T) {
	for _, c := range byteaTexts {
		t.Run(c.name, func(t *testing.T) {
			got, err := wire.ParseBytea([]byte(c.text))
			require.NoError(t, err)
			require.Equal(t, c.want, got)

			got, err = wire.AppendParsedBytea([]byte("before"), []byte(c.text))
			require.NoError(t, err)
			require.Equal(t, "before"+string(c.want), string(got))
		})
	}
}

func TestParseByteaGivesFreshMemory(t *testing.T) {
	src := []byte("abc")
	got, err := wire.ParseBytea(src)
	require.NoError(t, err)
	src[0] = 'X'
	require.Equal(t, "abc", string(got))
}

var malformedByteas = map[string]string{
	`\x0`:      "in hex format",
	`\x0g`:     "in hex format",
	`\x00 11`:  "in hex format",
	`\`:        "at byte 0",
	`ab\`:      "at byte 2",
	`\1`:       "at byte 0",
	`\01`:      "at byte 0",
	`\400`:     "at byte 0",
	`\018`:     "at byte 0",
	`\a`:       "at byte 0",
	`\\\`:      "at byte 2",
	`\X00`:     "at byte 0",
	`\000\00x`: "at byte 4",
}

func TestParseByteaRefuses(t *testing.T) {
	for text, want := range malformedByteas {
		dst, err := wire.AppendParsedBytea([]byte("before"), []byte(text))
		require.ErrorContains(t, err, want, text)
		require.Equal(t, "before", string(dst), text)
	}
}

func FuzzByteaText(f *testing.F) {
	for _, c := range byteaTexts {
		f.Add([]byte(c.text))
	}
	for text := range malformedByteas {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := wire.ParseBytea(wire.AppendByteaText(nil, data))
		require.NoError(t, err)
		require.Equal(t, string(data), string(got))

		parsed, err := wire.ParseBytea(data)
		if err != nil {
			return
		}
		again, err := wire.ParseBytea(wire.AppendByteaText(nil, parsed))
		require.NoError(t, err)
		require.Equal(t, parsed, again)
	})
}
