package wire

import "bytes"

const compositeForm = "fields between parentheses, as in (1,,\"a b\")"

// CompositeText reads the fields of a composite value (a row) in text format, one after the other.
type CompositeText struct {
	src, rest []byte
	done      bool
}

// ParseComposite starts reading the text format of a composite value: the parentheses are checked.
func ParseComposite(src []byte) (CompositeText, error) {
	if len(src) < 2 || src[0] != '(' || src[len(src)-1] != ')' {
		return CompositeText{}, syntaxError("a composite value", src, compositeForm)
	}
	return CompositeText{src: src, rest: src[1 : len(src)-1]}, nil
}

// Next gives the next field, nil and null for NULL, and ok is false when there is none. The field is part of the
// value's text, or of scratch, to which a field with escapes is appended. A row without fields looks as one with a
// single NULL: "()" gives one field.
func (c *CompositeText) Next(scratch []byte) (field []byte, null, ok bool, err error) {
	if c.done {
		return nil, false, false, nil
	}
	field, size, plain := fieldOf(scratch, c.rest)
	if size < 0 {
		return nil, false, false, syntaxError("a composite value", c.src, compositeForm)
	}
	null = size == 0
	if null {
		field = nil
	} else if plain {
		field = c.rest[:size]
	}
	c.rest = c.rest[size:]
	if len(c.rest) == 0 {
		c.done = true
	} else {
		c.rest = c.rest[1:] // the comma
	}
	return field, null, true, nil
}

// fieldOf reads the field at the start of src up to a comma or the end. Quoted parts may stand anywhere in it; in them
// a quote is doubled, and everywhere a backslash escapes. size is negative when the field does not end.
func fieldOf(scratch, src []byte) (field []byte, size int, plain bool) {
	end := bytes.IndexAny(src, ",\"\\()")
	if end < 0 {
		return nil, len(src), true
	}
	if src[end] == ',' {
		return nil, end, true
	}
	start, quoted := len(scratch), false
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\':
			i++
			if i == len(src) {
				return nil, -1, false
			}
			scratch = append(scratch, src[i])
		case c == '"' && quoted && i+1 < len(src) && src[i+1] == '"':
			i++
			scratch = append(scratch, '"')
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return notNil(scratch[start:]), i, false
		case (c == '(' || c == ')') && !quoted:
			return nil, -1, false
		default:
			scratch = append(scratch, c)
		}
	}
	if quoted {
		return nil, -1, false
	}
	return notNil(scratch[start:]), len(src), false
}

// notNil gives a slice that is not nil, so that an empty text is told from NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// AppendCompositeField appends a field to the text of a composite value, quoted where it has to be. NULL is no text at
// all.
func AppendCompositeField(dst, field []byte) []byte {
	return appendDoubling(dst, field, "(),\"\\ \t\n\r\v\f")
}

// appendDoubling appends a text in quotes, in which quotes and backslashes are doubled, if it is empty or has one of
// the special characters.
func appendDoubling(dst, text []byte, special string) []byte {
	if len(text) > 0 && !bytes.ContainsAny(text, special) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for _, c := range text {
		if c == '"' || c == '\\' {
			dst = append(dst, c)
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}
