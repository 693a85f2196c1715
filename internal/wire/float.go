package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// DecodeFloat4 reads the binary format of float4.
func DecodeFloat4(src []byte) (float32, error) {
	if len(src) != 4 {
		return 0, lengthError("float4", 4, len(src))
	}
	return math.Float32frombits(binary.BigEndian.Uint32(src)), nil
}

// DecodeFloat8 reads the binary format of float8.
func DecodeFloat8(src []byte) (float64, error) {
	if len(src) != 8 {
		return 0, lengthError("float8", 8, len(src))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(src)), nil
}

// AppendFloat4 appends the binary format of float4.
func AppendFloat4(dst []byte, v float32) []byte {
	return binary.BigEndian.AppendUint32(dst, math.Float32bits(v))
}

// AppendFloat8 appends the binary format of float8.
func AppendFloat8(dst []byte, v float64) []byte {
	return binary.BigEndian.AppendUint64(dst, math.Float64bits(v))
}

// ParseFloat reads the text format of float4 (bitSize 32) and float8 (bitSize 64): a decimal number, NaN, Infinity or
// -Infinity. A number beyond the largest of that size is an error that matches strconv.ErrRange.
func ParseFloat(src []byte, bitSize int) (float64, error) {
	if bitSize == 64 {
		if v, ok := parseShortDecimal(src); ok {
			return v, nil
		}
	}
	switch string(src) {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	}
	if !hasOnlyDecimalCharacters(src) {
		return 0, floatSyntaxError(src)
	}
	v, err := strconv.ParseFloat(string(src), bitSize)
	switch {
	case err == nil: // errors.Is takes a sixth of the parsing to say so
		return v, nil
	case errors.Is(err, strconv.ErrRange):
		return 0, rangeError(src, fmt.Sprintf("a float of %d bits", bitSize))
	}
	return 0, floatSyntaxError(src)
}

// powersOfTen are exact as floats, and so is every number of as many digits as the largest of them has zeros.
var powersOfTen = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// parseShortDecimal reads a number without an exponent where it lies, if it has at most 15 digits. Both its digits and the
// power of ten that divides them are exact as floats of 64 bits then, so that the quotient is the nearest one. The general
// way takes three times as long (BenchmarkParseFloat).
func parseShortDecimal(src []byte) (v float64, ok bool) {
	text, point := src, -1
	if len(src) > 0 && src[0] == '-' {
		text = src[1:]
	}
	if len(text) > len(powersOfTen) {
		return 0, false
	}
	var number uint64
	for i, c := range text {
		switch digit := c - '0'; {
		case digit <= 9:
			number = number*10 + uint64(digit)
		case c == '.' && point < 0:
			point = i
		default:
			return 0, false
		}
	}
	digits, decimals := len(text), 0
	if point >= 0 {
		digits--
		decimals = digits - point
	}
	if digits == 0 || digits >= len(powersOfTen) {
		return 0, false
	}
	v = float64(number) / powersOfTen[decimals]
	if len(text) < len(src) {
		v = -v
	}
	return v, true
}

func floatSyntaxError(src []byte) error {
	return syntaxError("a float", src, "a decimal number, NaN, Infinity or -Infinity")
}

// hasOnlyDecimalCharacters keeps from strconv what only Go reads as a number: 0x1p3, inf, +Inf, 0x1_0p0.
func hasOnlyDecimalCharacters(src []byte) bool {
	for _, c := range src {
		switch {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return false
		}
	}
	return true
}

// AppendFloatText appends the text format of float4 (bitSize 32) or float8 (bitSize 64): the shortest decimal number
// that is read back as the same value, NaN, Infinity or -Infinity.
func AppendFloatText(dst []byte, v float64, bitSize int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, v, floatFormat(v), -1, bitSize)
}

// floatFormat keeps numbers of everyday size free of an exponent.
func floatFormat(v float64) byte {
	magnitude := math.Abs(v)
	if magnitude == 0 || magnitude >= 1e-4 && magnitude < 1e16 {
		return 'f'
	}
	return 'e'
}
