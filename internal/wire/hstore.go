package wire

const hstoreForm = `pairs as in "a"=>"1", "b"=>NULL`

// HstoreText reads the pairs of an hstore in text format, one after the other.
type HstoreText struct{ src, rest []byte }

// ParseHstore starts reading the text format of hstore (documentation, appendix "hstore").
func ParseHstore(src []byte) HstoreText { return HstoreText{src: src, rest: src} }

// Next gives the next pair; value is nil and null for NULL, and ok is false after the last pair.
func (h *HstoreText) Next() (key, value []byte, null, ok bool, err error) {
	if len(h.rest) == 0 {
		return nil, nil, false, false, nil
	}
	key, rest, ok := cutHstoreText(h.rest)
	rest, arrow := cutByte(rest, '=')
	rest, arrowHead := cutByte(rest, '>')
	if !ok || !arrow || !arrowHead {
		return nil, nil, false, false, h.syntaxError()
	}
	value, rest, ok = cutHstoreText(rest)
	if !ok && len(rest) >= 4 && isNullWord(rest[:4]) {
		value, rest, null, ok = nil, rest[4:], true, true
	}
	if !ok {
		return nil, nil, false, false, h.syntaxError()
	}
	if len(rest) > 0 {
		comma, hasComma := cutByte(rest, ',')
		blank, hasBlank := cutByte(comma, ' ')
		if !hasComma || !hasBlank || len(blank) == 0 {
			return nil, nil, false, false, h.syntaxError()
		}
		rest = blank
	}
	h.rest = rest
	return key, value, null, true, nil
}

func (h *HstoreText) syntaxError() error { return syntaxError("hstore", h.src, hstoreForm) }

// cutHstoreText reads a quoted text at the start of src.
func cutHstoreText(src []byte) (text, rest []byte, ok bool) {
	if len(src) == 0 || src[0] != '"' {
		return nil, src, false
	}
	size, ok := quotedSize(src)
	if !ok {
		return nil, src, false
	}
	return unescape(nil, src[1:size-1]), src[size:], true
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
