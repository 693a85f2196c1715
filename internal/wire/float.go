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
