package wire_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

var texts = []struct {
	name, text, wantErr string
}{
	{"empty", "", ""},
	{"ASCII", strings.Repeat("abc", 100), ""},
	{"all lengths of UTF-8", "aé€😀", ""},
	{"replacement character itself", "a\uFFFDb", ""},
	{"NUL byte", "ab\x00c", "NUL byte at byte 2"},
	{"NUL byte after other letters", "é\x00", "NUL byte at byte 2"},
	{"stray continuation", "ab\x80", "not valid UTF-8 at byte 2 (0x80)"},
	{"cut character", "é\xc3", "not valid UTF-8 at byte 2 (0xc3)"},
	{"surrogate", "\xed\xa0\x80", "not valid UTF-8 at byte 0 (0xed)"},
	{"beyond Unicode", "x\xf5\x80\x80\x80", "not valid UTF-8 at byte 1 (0xf5)"},
	{"the first of two", "\xff\x00", "not valid UTF-8 at byte 0 (0xff)"},
	{"invalid after a replacement character", "\uFFFD\xff", "not valid UTF-8 at byte 3 (0xff)"},
}

func TestCheckText(t *testing.T) {
	for _, c := range texts {
		t.Run(c.name, func(t *testing.T) {
			for _, err := range []error{wire.CheckText(c.text), wire.CheckTextBytes([]byte(c.text))} {
				if c.wantErr == "" {
					require.NoError(t, err)
					continue
				}
				require.ErrorContains(t, err, c.wantErr)
			}
		})
	}
}

func FuzzCheckText(f *testing.F) {
	for _, c := range texts {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := wire.CheckText(text)
		require.Equal(t, utf8.ValidString(text) && !strings.Contains(text, "\x00"), err == nil, "%v", err)
		require.Equal(t, err, wire.CheckTextBytes([]byte(text)))
	})
}
