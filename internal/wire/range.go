package wire

import "bytes"

const (
	rangeForm      = "two bounds between brackets or parentheses, as in [1,5) or (,\"a b\"], or empty"
	multirangeForm = "ranges between braces, as in {[1,3),[5,8)}"
)

// Range is a range in text format, taken apart.
type Range struct {
	// Empty says that the range has no elements, and then nothing else is set.
	Empty bool
	// Lower and Upper are the texts of the bounds, nil for none.
	Lower, Upper []byte
	// LowerInclusive and UpperInclusive say that the bound is part of the range, which a missing bound never is.
	LowerInclusive, UpperInclusive bool
}

// ParseRange reads the text format of a range. The bounds are part of src, or of fresh memory where they have escapes.
func ParseRange(src []byte) (Range, error) {
	parsed, rest, ok := cutRange(src)
	if !ok || len(rest) > 0 {
		return Range{}, syntaxError("a range", src, rangeForm)
	}
	return parsed, nil
}

// cutRange reads a range at the start of src.
func cutRange(src []byte) (parsed Range, rest []byte, ok bool) {
	if rest, found := bytes.CutPrefix(src, []byte("empty")); found {
		return Range{Empty: true}, rest, true
	}
	if len(src) == 0 || src[0] != '[' && src[0] != '(' {
		return Range{}, src, false
	}
	lower, rest, ok := cutBound(src[1:])
	if !ok || len(rest) == 0 || rest[0] != ',' {
		return Range{}, src, false
	}
	upper, rest, ok := cutBound(rest[1:])
	if !ok || len(rest) == 0 || rest[0] != ']' && rest[0] != ')' {
		return Range{}, src, false
	}
	return Range{
		Lower: lower, Upper: upper,
		LowerInclusive: src[0] == '[' && lower != nil,
		UpperInclusive: rest[0] == ']' && upper != nil,
	}, rest[1:], true
}

// cutBound reads a bound up to a comma, bracket or parenthesis, nil where there is none.
func cutBound(src []byte) (bound, rest []byte, ok bool) {
	end := bytes.IndexAny(src, ",])[(\"\\")
	if end < 0 {
		return nil, src, false
	}
	switch src[end] {
	case ',', ']', ')':
		if end == 0 {
			return nil, src, true
		}
		return src[:end], src[end:], true
	}
	return cutQuotedBound(src)
}

// cutQuotedBound reads a bound with quotes or backslashes, as the fields of a composite have them.
func cutQuotedBound(src []byte) (bound, rest []byte, ok bool) {
	bound, quoted := []byte{}, false
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\':
			i++
			if i == len(src) {
				return nil, src, false
			}
			bound = append(bound, src[i])
		case c == '"' && quoted && i+1 < len(src) && src[i+1] == '"':
			i++
			bound = append(bound, '"')
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ']' || c == ')'):
			return bound, src[i:], true
		case !quoted && (c == '[' || c == '('):
			return nil, src, false
		default:
			bound = append(bound, c)
		}
	}
	return nil, src, false
}

// AppendRangeText appends the text format of a range.
func AppendRangeText(dst []byte, v Range) []byte {
	if v.Empty {
		return append(dst, "empty"...)
	}
	opening, closing := byte('('), byte(')')
	if v.LowerInclusive {
		opening = '['
	}
	if v.UpperInclusive {
		closing = ']'
	}
	dst = append(dst, opening)
	if v.Lower != nil {
		dst = appendDoubling(dst, v.Lower, "()[],\"\\ \t\n\r\v\f")
	}
	dst = append(dst, ',')
	if v.Upper != nil {
		dst = appendDoubling(dst, v.Upper, "()[],\"\\ \t\n\r\v\f")
	}
	return append(dst, closing)
}

// ParseMultirange reads the text format of a multirange and gives the texts of its ranges, which are part of src.
func ParseMultirange(src []byte) ([][]byte, error) {
	if string(src) == "{}" {
		return [][]byte{}, nil
	}
	if len(src) < 2 || src[0] != '{' || src[len(src)-1] != '}' {
		return nil, syntaxError("a multirange", src, multirangeForm)
	}
	var ranges [][]byte
	for rest := src[1:]; ; {
		_, after, ok := cutRange(rest)
		if !ok || len(after) == 0 {
			return nil, syntaxError("a multirange", src, multirangeForm)
		}
		ranges = append(ranges, rest[:len(rest)-len(after)])
		if len(after) == 1 {
			return ranges, nil
		}
		if after[0] != ',' {
			return nil, syntaxError("a multirange", src, multirangeForm)
		}
		rest = after[1:]
	}
}
