package wire

// DecodeBool reads the binary format of bool: one byte, where every value but 0 is true, as in PostgreSQL's boolrecv.
func DecodeBool(src []byte) (bool, error) {
	if len(src) != 1 {
		return false, lengthError("bool", 1, len(src))
	}
	return src[0] != 0, nil
}

// ParseBool reads the text format of bool: "t" or "f". PostgreSQL's other input forms (true, yes, on, 1) are never
// printed and are refused.
func ParseBool(src []byte) (bool, error) {
	if len(src) == 1 {
		switch src[0] {
		case 't':
			return true, nil
		case 'f':
			return false, nil
		}
	}
	return false, syntaxError("bool", src, "t or f")
}

// AppendBool appends the binary format of bool.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 1)
	}
	return append(dst, 0)
}
