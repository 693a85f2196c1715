package wire

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// CheckText tells whether PostgreSQL can hold s as text: it must be UTF-8 and have no NUL byte. The error names the
// offset of the first offending byte.
func CheckText(s string) error {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return nil
	}
	return textError(s)
}

// CheckTextBytes is CheckText for a byte slice.
func CheckTextBytes(b []byte) error {
	if bytes.IndexByte(b, 0) < 0 && utf8.Valid(b) {
		return nil
	}
	return textError(string(b))
}

// textError describes the first byte of s that is not allowed.
func textError(s string) error {
	for offset, r := range s {
		if r == 0 {
			return fmt.Errorf("text has a NUL byte at byte %d, which PostgreSQL cannot store; use bytea", offset)
		}
		if r == utf8.RuneError && !strings.HasPrefix(s[offset:], "\uFFFD") {
			return fmt.Errorf("text is not valid UTF-8 at byte %d (0x%02x); use bytea", offset, s[offset])
		}
	}
	return nil
}
