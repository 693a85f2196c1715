package wire

import (
	"fmt"
	"strconv"
)

// maxQuoted is how much of a refused text an error repeats.
const maxQuoted = 64

// lengthError tells that a binary value of a fixed-size type has another size.
func lengthError(typeName string, want, got int) error {
	return fmt.Errorf("binary %s has a length of %d bytes, want %d", typeName, got, want)
}

// syntaxError tells that a text is not of the form that PostgreSQL prints for the type.
func syntaxError(typeName string, src []byte, want string) error {
	return fmt.Errorf("cannot read %s as %s: want %s", quote(src), typeName, want)
}

// rangeError tells that a well-formed number does not fit. It matches strconv.ErrRange.
func rangeError(src []byte, what string) error {
	return fmt.Errorf("%s does not fit %s: %w", quote(src), what, strconv.ErrRange)
}

// quote copies src, so that a value which is read without an error never has to leave the caller's stack.
func quote(src []byte) string {
	if len(src) > maxQuoted {
		return strconv.Quote(string(src[:maxQuoted])) + "..."
	}
	return strconv.Quote(string(src))
}
