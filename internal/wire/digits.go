package wire

// cutNumber reads the decimal digits at the start of src. ok is false if there are fewer than least or more than most.
func cutNumber(src []byte, least, most int) (value int, rest []byte, ok bool) {
	size := 0
	for size < len(src) && size <= most && src[size] >= '0' && src[size] <= '9' {
		value = value*10 + int(src[size]-'0')
		size++
	}
	return value, src[size:], size >= least && size <= most
}

// cutByte reads the byte c at the start of src.
func cutByte(src []byte, c byte) (rest []byte, ok bool) {
	if len(src) == 0 || src[0] != c {
		return src, false
	}
	return src[1:], true
}

// appendPadded appends a number with leading zeros up to width.
func appendPadded(dst []byte, value uint64, width int) []byte {
	var digits [20]byte
	first := len(digits)
	for value > 0 || len(digits)-first < width {
		first--
		digits[first] = '0' + byte(value%10)
		value /= 10
	}
	return append(dst, digits[first:]...)
}
