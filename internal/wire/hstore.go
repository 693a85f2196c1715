package wire

import "strings"

const hstoreForm = `pairs as in "a"=>"1", "b"=>NULL`

// HstoreText reads the pairs of an hstore in text format, one after the other.
type HstoreText struct{ src, rest string }

// ParseHstore starts reading the text format of hstore (documentation, appendix "hstore").
func ParseHstore(src string) HstoreText { return HstoreText{src: src, rest: src} }

// Next gives the next pair; value is empty and null true for NULL, and ok is false after the last pair. Texts without a
// backslash are parts of the string that is read.
func (h *HstoreText) Next() (key, value string, null, ok bool, err error) {
	if len(h.rest) == 0 {
		return "", "", false, false, nil
	}
	key, rest, ok := cutHstoreText(h.rest)
	rest, arrow := strings.CutPrefix(rest, "=>")
	if !ok || !arrow {
		return "", "", false, false, h.syntaxError()
	}
	value, rest, ok = cutHstoreText(rest)
	if !ok && len(rest) >= 4 && strings.EqualFold(rest[:4], "null") {
		rest, null, ok = rest[4:], true, true
	}
	if !ok {
		return "", "", false, false, h.syntaxError()
	}
	if len(rest) > 0 {
		next, comma := strings.CutPrefix(rest, ", ")
		if !comma || len(next) == 0 {
			return "", "", false, false, h.syntaxError()
		}
		rest = next
	}
	h.rest = rest
	return key, value, null, true, nil
}

func (h *HstoreText) syntaxError() error { return syntaxError("hstore", []byte(h.src), hstoreForm) }

// cutHstoreText reads a quoted text at the start of src.
func cutHstoreText(src string) (text, rest string, ok bool) {
	if len(src) == 0 || src[0] != '"' {
		return "", src, false
	}
	escapes := false
	for i := 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			escapes = true
			i++
		case '"':
			text, rest = src[1:i], src[i+1:]
			if escapes {
				text = string(unescape(nil, []byte(text)))
			}
			return text, rest, true
		}
	}
	return "", src, false
}

// AppendHstorePair appends a pair to the text of an hstore. A nil value is NULL.
func AppendHstorePair(dst, key, value []byte) []byte {
	if len(dst) > 0 {
		dst = append(dst, ", "...)
	}
	dst = append(appendEscaped(dst, key), "=>"...)
	if value == nil {
		return append(dst, "NULL"...)
	}
	return appendEscaped(dst, value)
}

// appendEscaped appends a text in quotes, with backslashes before quotes and backslashes.
func appendEscaped(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, c := range text {
		if c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}
