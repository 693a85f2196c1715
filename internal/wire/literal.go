package wire

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// AppendSeparator appends a blank if the last byte of dst and next, the first byte of what is appended after it, could
// be read as parts of one token, as in E and 'x', in 1 and 2, in 'a' and 'b'. Every AppendXLiteral calls it for what
// stands before the literal; whoever appends something else after a literal calls it for that.
func AppendSeparator(dst []byte, next byte) []byte {
	if len(dst) == 0 || !endsInToken(dst[len(dst)-1]) || !continuesToken(next) {
		return dst
	}
	return append(dst, ' ')
}

// endsInToken includes & for U&'x' and the point for 1. and 5.
func endsInToken(c byte) bool {
	return c == '&' || continuesToken(c)
}

func continuesToken(c byte) bool {
	return c == '\'' || c == '"' || c == '.' || c == '_' || c == '$' || c >= 0x80 ||
		c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// AppendNullLiteral appends NULL.
func AppendNullLiteral(dst []byte) []byte {
	return append(AppendSeparator(dst, 'N'), "NULL"...)
}

// AppendBoolLiteral appends true or false.
func AppendBoolLiteral(dst []byte, v bool) []byte {
	return strconv.AppendBool(AppendSeparator(dst, 't'), v)
}

// AppendIntLiteral appends v as a number. The server takes it for int4, or int8 if it is too large for that. A
// negative number is in parentheses: two minus signs would start a comment, and a cast written after the literal
// binds closer than a bare sign, so that -32768::int2 would be out of range.
func AppendIntLiteral(dst []byte, v int64) []byte {
	if v < 0 {
		return append(strconv.AppendInt(append(AppendSeparator(dst, '0'), '('), v, 10), ')')
	}
	return strconv.AppendInt(AppendSeparator(dst, '0'), v, 10)
}

// AppendUintLiteral appends v as a number. The server takes it for int4, int8 or numeric, the first that it fits.
func AppendUintLiteral(dst []byte, v uint64) []byte {
	return strconv.AppendUint(AppendSeparator(dst, '0'), v, 10)
}

// AppendFloatLiteral appends v, of the given bitSize (32 or 64), as a number with a point or an exponent, so that the
// server takes it for numeric and never for an integer. A negative number is in parentheses, as with
// AppendIntLiteral. NaN, the infinities and negative zero, which numeric does not have, are quoted and cast to float8.
func AppendFloatLiteral(dst []byte, v float64, bitSize int) []byte {
	switch {
	case math.IsNaN(v), math.IsInf(v, 0), v == 0 && math.Signbit(v):
		dst = append(AppendSeparator(dst, '\''), '\'')
		return append(AppendFloatText(dst, v, bitSize), "'::float8"...)
	case v < 0:
		return append(appendPointedFloat(append(AppendSeparator(dst, '0'), '('), v, bitSize), ')')
	}
	return appendPointedFloat(AppendSeparator(dst, '0'), v, bitSize)
}

// appendPointedFloat appends v with a point or an exponent.
func appendPointedFloat(dst []byte, v float64, bitSize int) []byte {
	start := len(dst)
	dst = AppendFloatText(dst, v, bitSize)
	if bytes.ContainsAny(dst[start:], ".e") {
		return dst
	}
	return append(dst, ".0"...)
}

// AppendStringLiteral appends s as a quoted string of no declared type. standardConforming is the session's
// standard_conforming_strings: without it a backslash needs the form E'x', in which it is doubled. A quote is doubled
// in either form, which does not depend on backslash_quote. A NUL byte or invalid UTF-8 is an error.
func AppendStringLiteral(dst []byte, s string, standardConforming bool) ([]byte, error) {
	if err := CheckText(s); err != nil {
		return dst, err
	}
	if !standardConforming && strings.IndexByte(s, '\\') >= 0 {
		dst = append(AppendSeparator(dst, 'E'), 'E')
		return appendQuoted(dst, s, '\'', '\\'), nil
	}
	return appendQuoted(AppendSeparator(dst, '\''), s, '\'', '\''), nil
}

// appendQuoted appends s between quotes and doubles in it the quote and the escape character.
func appendQuoted(dst []byte, s string, quote, escape byte) []byte {
	dst = append(dst, quote)
	for i := range len(s) {
		if c := s[i]; c == quote || c == escape {
			dst = append(dst, c)
		}
		dst = append(dst, s[i])
	}
	return append(dst, quote)
}

// AppendByteaLiteral appends v as a string in hex format that is cast to bytea. standardConforming is the session's
// standard_conforming_strings.
func AppendByteaLiteral(dst, v []byte, standardConforming bool) []byte {
	if standardConforming {
		dst = append(AppendSeparator(dst, '\''), '\'')
	} else {
		dst = append(AppendSeparator(dst, 'E'), `E'\`...)
	}
	return append(AppendByteaText(dst, v), "'::bytea"...)
}

// AppendDateLiteral appends the date that t shows in its own location, cast to date. The error is AppendDateText's.
func AppendDateLiteral(dst []byte, t time.Time) ([]byte, error) {
	return appendTimeLiteral(dst, t, AppendDateText, "'::date")
}

// AppendTimestampLiteral appends what calendar and clock show in t's own location, cast to timestamp. The error is
// AppendTimestampText's.
func AppendTimestampLiteral(dst []byte, t time.Time) ([]byte, error) {
	return appendTimeLiteral(dst, t, AppendTimestampText, "'::timestamp")
}

// AppendTimestampTZLiteral appends the instant t with the offset of its location, cast to timestamptz. The error is
// AppendTimestampTZText's.
func AppendTimestampTZLiteral(dst []byte, t time.Time) ([]byte, error) {
	return appendTimeLiteral(dst, t, AppendTimestampTZText, "'::timestamptz")
}

func appendTimeLiteral(
	dst []byte, t time.Time, appendText func([]byte, time.Time) ([]byte, error), suffix string,
) ([]byte, error) {
	literal, err := appendText(append(AppendSeparator(dst, '\''), '\''), t)
	if err != nil {
		return dst, err
	}
	return append(literal, suffix...), nil
}

// AppendIntervalLiteral appends a duration, cast to interval, with the precision of AppendIntervalText.
func AppendIntervalLiteral(dst []byte, v time.Duration) []byte {
	dst = append(AppendSeparator(dst, '\''), '\'')
	return append(AppendIntervalText(dst, v), "'::interval"...)
}

// AppendUUIDLiteral appends v, cast to uuid.
func AppendUUIDLiteral(dst []byte, v [16]byte) []byte {
	dst = append(AppendSeparator(dst, '\''), '\'')
	return append(AppendUUIDText(dst, v), "'::uuid"...)
}

// AppendIdentifier appends name as a quoted identifier, exactly as written; the server cuts names after 63 bytes. An
// empty name, a NUL byte or invalid UTF-8 is an error. After the point of a qualified name nothing is put between.
func AppendIdentifier(dst []byte, name string) ([]byte, error) {
	if name == "" {
		return dst, errors.New("an identifier cannot be empty")
	}
	if err := CheckText(name); err != nil {
		return dst, err
	}
	if !bytes.HasSuffix(dst, []byte{'.'}) {
		dst = AppendSeparator(dst, '"')
	}
	return appendQuoted(dst, name, '"', '"'), nil
}
