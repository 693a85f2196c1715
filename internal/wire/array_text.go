package wire

import (
	"bytes"
	"fmt"
)

// MaxDimensions is the largest number of dimensions of an array (PostgreSQL's MAXDIM).
const MaxDimensions = 6

const arrayForm = "elements between braces, as in {1,NULL,\"a b\"}, with as many in each of a dimension"

// ArrayText reads the elements of an array in text format, one after the other in row-major order.
type ArrayText struct {
	lengths    [MaxDimensions]int
	dimensions int
	body       []byte
	delimiter  byte
}

// ParseArray reads the text format of an array: its whole syntax is checked. delimiter separates the elements, a comma
// for every built-in type but box (pg_type.typdelim). Lower bounds, as in [2:3]={1,2}, are read and dropped.
func ParseArray(src []byte, delimiter byte) (ArrayText, error) {
	body, bounds, ok := cutBounds(src)
	array := ArrayText{body: body, delimiter: delimiter}
	if !ok || !array.measure() || bounds > 0 && bounds != array.dimensions {
		return ArrayText{}, syntaxError("an array", src, arrayForm)
	}
	return array, nil
}

// Lengths gives the number of elements in each dimension, and nothing for an empty array.
func (a *ArrayText) Lengths() []int { return a.lengths[:a.dimensions] }

// Len gives the number of elements.
func (a *ArrayText) Len() int { return count(a.Lengths()) }

// count multiplies the lengths of an array's dimensions.
func count(lengths []int) int {
	if len(lengths) == 0 {
		return 0
	}
	product := 1
	for _, length := range lengths {
		product *= length
	}
	return product
}

// Next gives the next element, nil and null for NULL. It is part of the array's text, or of scratch, to which an
// element with escapes is appended. It must be called Len times at most.
func (a *ArrayText) Next(scratch []byte) (element []byte, null bool) {
	i := 0
	for i < len(a.body) && (a.body[i] == '{' || a.body[i] == '}' || a.body[i] == a.delimiter) {
		i++
	}
	size, _ := elementSize(a.body[i:], a.delimiter)
	element = a.body[i : i+size]
	a.body = a.body[i+size:]
	if len(element) > 0 && element[0] == '"' {
		return unescape(scratch, element[1:len(element)-1]), false
	}
	if isNullWord(element) {
		return nil, true
	}
	return element, false
}

// cutBounds reads [lower:upper] for each dimension and = at the start of src.
func cutBounds(src []byte) (rest []byte, dimensions int, ok bool) {
	rest = src
	for len(rest) > 0 && rest[0] == '[' {
		end := bytes.IndexByte(rest, ']')
		if end < 0 {
			return rest, dimensions, false
		}
		lower, upper, found := bytes.Cut(rest[1:end], []byte{':'})
		if !found || !isInt4(lower) || !isInt4(upper) {
			return rest, dimensions, false
		}
		dimensions++
		rest = rest[end+1:]
	}
	if dimensions == 0 {
		return rest, 0, true
	}
	rest, ok = cutByte(rest, '=')
	return rest, dimensions, ok
}

func isInt4(digits []byte) bool {
	_, err := ParseInt(digits, 32)
	return err == nil
}

// measure checks the syntax and finds the lengths of the dimensions.
func (a *ArrayText) measure() bool {
	if string(a.body) == "{}" {
		return true
	}
	var counts [MaxDimensions + 1]int
	depth, wantsElement := 0, true
	for i := 0; i < len(a.body); {
		switch c := a.body[i]; {
		case wantsElement && c == '{':
			depth++
			if depth > MaxDimensions || a.dimensions > 0 && depth > a.dimensions {
				return false
			}
			counts[depth] = 0
			i++
		case wantsElement:
			size, ok := elementSize(a.body[i:], a.delimiter)
			if !ok || depth == 0 || a.dimensions > 0 && depth != a.dimensions {
				return false
			}
			a.dimensions = depth
			counts[depth]++
			wantsElement = false
			i += size
		case c == a.delimiter && depth > 0:
			wantsElement = true
			i++
		case c == '}' && depth > 0:
			if !a.closeDimension(depth, counts[depth]) {
				return false
			}
			depth--
			counts[depth]++
			i++
		default:
			return false
		}
	}
	return depth == 0 && !wantsElement && counts[0] == 1
}

// closeDimension checks that every part of a dimension has as many elements.
func (a *ArrayText) closeDimension(depth, elements int) bool {
	length := &a.lengths[depth-1]
	if *length == 0 {
		*length = elements
	}
	return *length == elements
}

// elementSize gives the number of bytes of the element at the start of src, with its quotes.
func elementSize(src []byte, delimiter byte) (size int, ok bool) {
	if len(src) > 0 && src[0] == '"' {
		return quotedSize(src)
	}
	for size < len(src) && src[size] != delimiter && src[size] != '}' {
		switch src[size] {
		case '{', '"', '\\':
			return 0, false
		}
		size++
	}
	return size, size > 0
}

// quotedSize gives the size of the quoted text at the start of src, in which a backslash escapes.
func quotedSize(src []byte) (size int, ok bool) {
	for i := 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1, true
		}
	}
	return 0, false
}

// unescape drops the backslashes that escape. Without any, the result is src itself.
func unescape(scratch, src []byte) []byte {
	if bytes.IndexByte(src, '\\') < 0 {
		return src
	}
	start := len(scratch)
	for i := 0; i < len(src); i++ {
		if src[i] == '\\' {
			i++
		}
		scratch = append(scratch, src[i])
	}
	return scratch[start:]
}

func isNullWord(element []byte) bool {
	return len(element) == 4 && bytes.EqualFold(element, []byte("null"))
}

// AppendArrayElement appends an element to an array's text, quoted where it has to be.
func AppendArrayElement(dst, element []byte, delimiter byte) []byte {
	if !needsArrayQuotes(element, delimiter) {
		return append(dst, element...)
	}
	dst = append(dst, '"')
	for _, c := range element {
		if c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

func needsArrayQuotes(element []byte, delimiter byte) bool {
	if len(element) == 0 || isNullWord(element) {
		return true
	}
	for _, c := range element {
		switch c {
		case '{', '}', '"', '\\', ' ', '\t', '\n', '\r', '\v', '\f', delimiter:
			return true
		}
	}
	return false
}

// AppendArrayText appends the text of an array with the lengths of its dimensions. element appends the text of the next
// one, in row-major order, as AppendArrayElement does, or NULL.
func AppendArrayText(dst []byte, lengths []int, delimiter byte, element func(dst []byte) ([]byte, error)) ([]byte, error) {
	if count(lengths) == 0 {
		return append(dst, "{}"...), nil
	}
	dst = append(dst, '{')
	var err error
	for i := range lengths[0] {
		if i > 0 {
			dst = append(dst, delimiter)
		}
		if len(lengths) > 1 {
			dst, err = AppendArrayText(dst, lengths[1:], delimiter, element)
		} else {
			dst, err = element(dst)
		}
		if err != nil {
			return dst, fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	return append(dst, '}'), nil
}
