package wire

const uuidSize = 16

// DecodeUUID reads the binary format of uuid.
func DecodeUUID(src []byte) ([16]byte, error) {
	if len(src) != uuidSize {
		return [16]byte{}, lengthError("uuid", uuidSize, len(src))
	}
	return [16]byte(src), nil
}

// AppendUUID appends the binary format of uuid.
func AppendUUID(dst []byte, v [16]byte) []byte {
	return append(dst, v[:]...)
}

// ParseUUID reads the text format of uuid, a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11, and the other forms that PostgreSQL
// takes: upper case, braces around it, and a hyphen or none after each group of four digits.
func ParseUUID(src []byte) ([16]byte, error) {
	digits := src
	if len(src) >= 2 && src[0] == '{' && src[len(src)-1] == '}' {
		digits = src[1 : len(src)-1]
	}
	var v [16]byte
	for i := range v {
		if i > 0 && i%2 == 0 && len(digits) > 0 && digits[0] == '-' {
			digits = digits[1:]
		}
		if len(digits) < 2 {
			return [16]byte{}, uuidSyntaxError(src)
		}
		high, low := hexValues[digits[0]], hexValues[digits[1]]
		if high|low > 15 {
			return [16]byte{}, uuidSyntaxError(src)
		}
		v[i] = high<<4 | low
		digits = digits[2:]
	}
	if len(digits) > 0 {
		return [16]byte{}, uuidSyntaxError(src)
	}
	return v, nil
}

func uuidSyntaxError(src []byte) error {
	return syntaxError("uuid", src, "32 hexadecimal digits, with hyphens between groups of four at most")
}

// AppendUUIDText appends the text format of uuid, in lower case with four hyphens. A table of places takes a third less
// time than hex.AppendEncode for each group.
func AppendUUIDText(dst []byte, v [16]byte) []byte {
	const digits = "0123456789abcdef"
	text := [...]byte{8: '-', 13: '-', 18: '-', 23: '-', 35: 0}
	for i, b := range v {
		place := uuidPlaces[i]
		text[place], text[place+1] = digits[b>>4], digits[b&0xf]
	}
	return append(dst, text[:]...)
}

// uuidPlaces is where the digits of each byte stand in the text.
var uuidPlaces = [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// hexValues gives the value of each hexadecimal digit and 0xff for every other byte.
var hexValues = func() (values [256]byte) {
	for i := range values {
		values[i] = 0xff
	}
	for i := range byte(10) {
		values['0'+i] = i
	}
	for i := range byte(6) {
		values['a'+i], values['A'+i] = 10+i, 10+i
	}
	return values
}()
