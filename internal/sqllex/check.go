package sqllex

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Check says whether the query can be sent to PostgreSQL as UTF-8 text at all.
// The error names the byte offset, counted from 0, of the first NUL byte or of
// the first byte that is not valid UTF-8.
func Check(query string) error {
	if offset := strings.IndexByte(query, 0); offset >= 0 {
		return fmt.Errorf("NUL byte in the SQL text at byte offset %d: "+
			"remove it, or pass the value that holds it as a bytea parameter", offset)
	}
	if utf8.ValidString(query) {
		return nil
	}
	offset := invalidUTF8(query)
	return fmt.Errorf("invalid UTF-8 in the SQL text at byte offset %d (byte 0x%02x): "+
		"convert the text to UTF-8, or pass the value that holds it as a bytea parameter", offset, query[offset])
}

// invalidUTF8 gives the offset of the first byte that is not valid UTF-8, or
// the length of the text if there is none.
func invalidUTF8(text string) int {
	for offset := 0; offset < len(text); {
		r, size := utf8.DecodeRuneInString(text[offset:])
		if r == utf8.RuneError && size == 1 {
			return offset
		}
		offset += size
	}
	return len(text)
}
