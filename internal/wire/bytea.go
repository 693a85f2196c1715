package wire

import (
	"bytes"
	"encoding/hex"
	"fmt"
)

// ParseBytea reads the text format of bytea, hex (\x00ff) or escape (\000\377), whichever bytea_output chose. The
// result is fresh memory and never nil.
func ParseBytea(src []byte) ([]byte, error) {
	return AppendParsedBytea(make([]byte, 0, parsedByteaCapacity(src)), src)
}

// AppendParsedBytea reads the text format of bytea as ParseBytea does and appends the bytes to dst.
func AppendParsedBytea(dst, src []byte) ([]byte, error) {
	if digits, ok := bytes.CutPrefix(src, hexPrefix); ok {
		return appendParsedHex(dst, digits)
	}
	return appendParsedEscape(dst, src)
}

// AppendByteaText appends the text format of bytea in its hex form.
func AppendByteaText(dst, v []byte) []byte {
	return hex.AppendEncode(append(dst, hexPrefix...), v)
}

var hexPrefix = []byte(`\x`)

func parsedByteaCapacity(src []byte) int {
	if bytes.HasPrefix(src, hexPrefix) {
		return (len(src) - len(hexPrefix)) / 2
	}
	return len(src)
}

func appendParsedHex(dst, digits []byte) ([]byte, error) {
	decoded, err := hex.AppendDecode(dst, digits)
	if err != nil {
		return dst, fmt.Errorf("cannot read bytea in hex format: %w", err)
	}
	return decoded, nil
}

// appendParsedEscape reads the escape format: a backslash is doubled or starts three octal digits, every other byte
// stands for itself.
func appendParsedEscape(dst, src []byte) ([]byte, error) {
	decoded := dst
	for i := 0; i < len(src); {
		if src[i] != '\\' {
			decoded = append(decoded, src[i])
			i++
			continue
		}
		value, size := cutEscape(src[i:])
		if size == 0 {
			return dst, fmt.Errorf("cannot read bytea in escape format: at byte %d "+
				"a backslash is followed neither by a second one nor by three octal digits up to 377", i)
		}
		decoded = append(decoded, value)
		i += size
	}
	return decoded, nil
}

// cutEscape reads one escape sequence at the start of src and gives its size in bytes, 0 if it is none.
func cutEscape(src []byte) (value byte, size int) {
	if len(src) >= 2 && src[1] == '\\' {
		return '\\', 2
	}
	if len(src) < 4 || src[1] < '0' || src[1] > '3' || !isOctalDigit(src[2]) || !isOctalDigit(src[3]) {
		return 0, 0
	}
	return (src[1]-'0')<<6 | (src[2]-'0')<<3 | (src[3] - '0'), 4
}

func isOctalDigit(c byte) bool {
	return c >= '0' && c <= '7'
}
