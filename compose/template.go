package compose

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// segment is a piece of a template: text, or a field.
type segment struct {
	text     string // of a field, what is between its braces
	isField  bool
	position int // of a field, its character counted from 1
}

// parseTemplate cuts a template at its fields and doubled braces, by the rules of
// Python's format strings without conversions and specifications (PEP 3101).
func parseTemplate(template string) ([]segment, error) {
	var segments []segment
	for rest := template; rest != ""; {
		brace := strings.IndexAny(rest, "{}")
		if brace < 0 {
			return append(segments, segment{text: rest}), nil
		}
		if brace > 0 {
			segments = append(segments, segment{text: rest[:brace]})
			rest = rest[brace:]
		}
		position := utf8.RuneCountInString(template[:len(template)-len(rest)]) + 1
		next, length, err := parseBrace(rest)
		if err != nil {
			return nil, fmt.Errorf("the template at character %d: %w", position, err)
		}
		next.position = position
		segments = append(segments, next)
		rest = rest[length:]
	}
	return segments, nil
}

// parseBrace reads the field or doubled brace at the start of the text, and gives
// its length.
func parseBrace(text string) (segment, int, error) {
	if strings.HasPrefix(text, "{{") || strings.HasPrefix(text, "}}") {
		return segment{text: text[:1]}, 2, nil
	}
	if text[0] == '}' {
		return segment{}, 0, fmt.Errorf("a single }: write }} for a brace in the SQL text")
	}
	length := strings.IndexAny(text[1:], "{}")
	if length < 0 || text[1+length] == '{' {
		return segment{}, 0, fmt.Errorf("a single {: write {{ for a brace in the SQL text")
	}
	name := text[1 : 1+length]
	if strings.ContainsAny(name, "!:") {
		return segment{}, 0, fmt.Errorf("the field {%s}: there are no conversions and format specifications", name)
	}
	return segment{text: name, isField: true}, length + 2, nil
}
