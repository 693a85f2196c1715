package sqllex

// endOfNumber gives the end of the number that starts with a digit, or with a
// point and a digit, at start. See the PostgreSQL documentation, chapter
// 4.1.2.6.
func endOfNumber(query string, start int) int {
	if end := endOfPrefixedInteger(query, start); end > start {
		return end
	}
	end := endOfDigits(query, start)
	// 1..10 is a range of PL/pgSQL, not the number 1. and .10
	if byteAt(query, end) == '.' && byteAt(query, end+1) != '.' {
		end = endOfDigits(query, end+1)
	}
	return endOfExponent(query, end)
}

// endOfPrefixedInteger gives the end of 0x1F, 0o17 or 0b11, or start if there
// is none. Unlike in other numbers, an underscore may come before the first
// digit.
func endOfPrefixedInteger(query string, start int) int {
	if query[start] != '0' {
		return start
	}
	base := lower(byteAt(query, start+1))
	end := start + 2
	for {
		digit := end
		if byteAt(query, digit) == '_' {
			digit++
		}
		if !isDigitOfBase(byteAt(query, digit), base) {
			break
		}
		end = digit + 1
	}
	if end == start+2 {
		return start
	}
	return end
}

// isDigitOfBase says whether b is a digit behind the prefix 0x, 0o or 0b; base
// is the prefix's letter. Behind any other letter nothing is.
func isDigitOfBase(b, base byte) bool {
	switch base {
	case 'x':
		return isDigit(b) || 'a' <= lower(b) && lower(b) <= 'f'
	case 'o':
		return '0' <= b && b <= '7'
	case 'b':
		return b == '0' || b == '1'
	}
	return false
}

// endOfExponent gives the end of the exponent at position, or position itself
// if there is none.
func endOfExponent(query string, position int) int {
	if lower(byteAt(query, position)) != 'e' {
		return position
	}
	digits := position + 1
	if sign := byteAt(query, digits); sign == '+' || sign == '-' {
		digits++
	}
	if !isDigit(byteAt(query, digits)) {
		return position
	}
	return endOfDigits(query, digits)
}

// endOfDigits gives the end of the possibly empty run of digits at start, with
// single underscores between them.
func endOfDigits(query string, start int) int {
	end := start
	for isDigit(byteAt(query, end)) {
		end++
		if byteAt(query, end) == '_' && isDigit(byteAt(query, end+1)) {
			end++
		}
	}
	return end
}
