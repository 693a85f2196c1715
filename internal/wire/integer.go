package wire

import (
	"encoding/binary"
	"fmt"
	"math"
)

// DecodeInt2 reads the binary format of int2.
func DecodeInt2(src []byte) (int16, error) {
	if len(src) != 2 {
		return 0, lengthError("int2", 2, len(src))
	}
	return int16(binary.BigEndian.Uint16(src)), nil
}

// DecodeInt4 reads the binary format of int4.
func DecodeInt4(src []byte) (int32, error) {
	if len(src) != 4 {
		return 0, lengthError("int4", 4, len(src))
	}
	return int32(binary.BigEndian.Uint32(src)), nil
}

// DecodeInt8 reads the binary format of int8.
func DecodeInt8(src []byte) (int64, error) {
	if len(src) != 8 {
		return 0, lengthError("int8", 8, len(src))
	}
	return int64(binary.BigEndian.Uint64(src)), nil
}

// DecodeUint4 reads the binary format of the unsigned types of four bytes: oid, xid and cid.
func DecodeUint4(src []byte) (uint32, error) {
	if len(src) != 4 {
		return 0, lengthError("oid, xid or cid", 4, len(src))
	}
	return binary.BigEndian.Uint32(src), nil
}

// DecodeUint8 reads the binary format of the unsigned type of eight bytes: xid8.
func DecodeUint8(src []byte) (uint64, error) {
	if len(src) != 8 {
		return 0, lengthError("xid8", 8, len(src))
	}
	return binary.BigEndian.Uint64(src), nil
}

// AppendInt2 appends the binary format of int2.
func AppendInt2(dst []byte, v int16) []byte {
	return binary.BigEndian.AppendUint16(dst, uint16(v))
}

// AppendInt4 appends the binary format of int4.
func AppendInt4(dst []byte, v int32) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(v))
}

// AppendInt8 appends the binary format of int8.
func AppendInt8(dst []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(v))
}

// AppendUint4 appends the binary format of oid, xid and cid.
func AppendUint4(dst []byte, v uint32) []byte {
	return binary.BigEndian.AppendUint32(dst, v)
}

// ParseInt reads a signed decimal number: digits, with a minus before them if it is negative. bitSize is the size of
// the type that has to hold it, 1 to 64. A number that does not fit is an error that matches strconv.ErrRange.
func ParseInt(src []byte, bitSize int) (int64, error) {
	digits, negative := src, false
	if len(src) > 0 && src[0] == '-' {
		digits, negative = src[1:], true
	}
	magnitude, fits, ok := parseMagnitude(digits)
	if !ok {
		return 0, syntaxError("an integer", src, "decimal digits, with a minus before them or none")
	}
	limit := uint64(1) << (bitSize - 1)
	switch {
	case fits && negative && magnitude <= limit:
		return -int64(magnitude), nil
	case fits && !negative && magnitude < limit:
		return int64(magnitude), nil
	}
	return 0, rangeError(src, fmt.Sprintf("a signed integer of %d bits", bitSize))
}

// ParseUint reads an unsigned decimal number: digits alone. bitSize is the size of the type that has to hold it, 1 to
// 64. A number that does not fit is an error that matches strconv.ErrRange.
func ParseUint(src []byte, bitSize int) (uint64, error) {
	magnitude, fits, ok := parseMagnitude(src)
	if !ok {
		return 0, syntaxError("an unsigned integer", src, "decimal digits")
	}
	if !fits || magnitude > math.MaxUint64>>(64-bitSize) {
		return 0, rangeError(src, fmt.Sprintf("an unsigned integer of %d bits", bitSize))
	}
	return magnitude, nil
}

// parseMagnitude reads decimal digits. ok is false if there is anything else or nothing, fits if they pass 64 bits.
func parseMagnitude(digits []byte) (magnitude uint64, fits, ok bool) {
	fits = true
	for _, c := range digits {
		digit := uint64(c - '0')
		if digit > 9 {
			return 0, false, false
		}
		if magnitude > (math.MaxUint64-digit)/10 {
			fits = false
		}
		magnitude = magnitude*10 + digit
	}
	return magnitude, fits, len(digits) > 0
}
