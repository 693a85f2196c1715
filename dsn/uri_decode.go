package dsn

import (
	"encoding/hex"
	"strings"
)

// decodePart decodes s[start:end] as conninfo_uri_decode of libpq 18 does: blanks around it are dropped,
// a blank inside is a mistake, "%xx" is a byte. A "+" is no blank.
func decodePart(s string, start, end int) (string, error) {
	for start < end && s[start] == ' ' {
		start++
	}
	for start < end && s[end-1] == ' ' {
		end--
	}
	part := s[start:end]
	if i := strings.IndexByte(part, ' '); i >= 0 {
		return "", &ParseError{Offset: start + i, Reason: reasonBlank}
	}
	if strings.IndexByte(part, '%') < 0 {
		return part, nil
	}
	return decodePercent(part, start)
}

// decodePercent decodes part, which stands at offset in the whole string.
func decodePercent(part string, offset int) (string, error) {
	decoded := make([]byte, 0, len(part))
	for i := 0; i < len(part); i++ {
		if part[i] != '%' {
			decoded = append(decoded, part[i])
			continue
		}
		var err error
		decoded, err = hex.AppendDecode(decoded, []byte(part[i+1:min(i+3, len(part))]))
		if err != nil || i+3 > len(part) {
			return "", &ParseError{Offset: offset + i, Reason: reasonPercent}
		}
		if decoded[len(decoded)-1] == 0 {
			return "", &ParseError{Offset: offset + i, Reason: reasonPercentNUL}
		}
		i += 2
	}
	return string(decoded), nil
}

// partList is a list of hosts or ports, commas included, as ranges of the input. libpq decodes such a
// list as a whole, after it has been taken out of the URI.
type partList struct{ parts []part }

type part struct{ start, end int }

// newPartList has room for two hosts, which the compiler can keep on the stack.
func newPartList() partList { return partList{parts: make([]part, 0, 3)} }

func (l *partList) add(start, end int) {
	if start < end {
		l.parts = append(l.parts, part{start, end})
	}
}

func (l *partList) empty() bool { return len(l.parts) == 0 }

func (l *partList) decode(input string) (string, error) {
	if len(l.parts) == 1 {
		return decodePart(input, l.parts[0].start, l.parts[0].end)
	}
	var joined strings.Builder
	for _, part := range l.parts {
		joined.WriteString(input[part.start:part.end])
	}
	value, err := decodePart(joined.String(), 0, joined.Len())
	if mistake, ok := err.(*ParseError); ok {
		return "", &ParseError{Offset: l.offset(mistake.Offset), Reason: mistake.Reason}
	}
	return value, err
}

// offset returns the place in the input of byte i of the joined list.
func (l *partList) offset(i int) int {
	for _, part := range l.parts {
		if length := part.end - part.start; i >= length {
			i -= length
			continue
		}
		return part.start + i
	}
	return 0
}
