package wire

import (
	"encoding/binary"
	"fmt"
)

const (
	microsecondsPerSecond = 1_000_000
	microsecondsPerDay    = secondsPerDay * microsecondsPerSecond

	// maxOffset is the first offset from UTC, in seconds, that PostgreSQL refuses (TZDISP_LIMIT).
	maxOffset = 16 * 60 * 60
)

// clockForm and offsetForm are how a time of day and an offset are printed with DateStyle ISO.
const (
	clockForm  = "HH:MM:SS with up to six digits after a point"
	offsetForm = "an offset +HH, +HH:MM or +HH:MM:SS (the session's DateStyle must be ISO)"
)

// DecodeTime reads the binary format of time: microseconds since midnight, 0 to 86400000000, since PostgreSQL has
// 24:00:00.
func DecodeTime(src []byte) (microseconds int64, err error) {
	if len(src) != 8 {
		return 0, lengthError("time", 8, len(src))
	}
	return checkClock("time", int64(binary.BigEndian.Uint64(src)))
}

// DecodeTimeTZ reads the binary format of timetz. microseconds is the local time as in DecodeTime, offset the seconds
// east of UTC (the wire has seconds west).
func DecodeTimeTZ(src []byte) (microseconds int64, offset int, err error) {
	if len(src) != 12 {
		return 0, 0, lengthError("timetz", 12, len(src))
	}
	microseconds, err = checkClock("timetz", int64(binary.BigEndian.Uint64(src)))
	if err != nil {
		return 0, 0, err
	}
	offset = -int(int32(binary.BigEndian.Uint32(src[8:])))
	if offset <= -maxOffset || offset >= maxOffset {
		return 0, 0, fmt.Errorf("binary timetz has an offset of %d seconds, 16 hours or more", offset)
	}
	return microseconds, offset, nil
}

func checkClock(typeName string, microseconds int64) (int64, error) {
	if microseconds < 0 || microseconds > microsecondsPerDay {
		return 0, fmt.Errorf("binary %s has %d microseconds, outside of one day", typeName, microseconds)
	}
	return microseconds, nil
}

// AppendTime appends the binary format of time. microseconds since midnight are 0 to 86400000000; the server refuses
// others.
func AppendTime(dst []byte, microseconds int64) []byte {
	return AppendInt8(dst, microseconds)
}

// AppendTimeTZ appends the binary format of timetz: the local time as in AppendTime and the seconds east of UTC, less
// than 16 hours in either direction; the server refuses others.
func AppendTimeTZ(dst []byte, microseconds int64, offset int) []byte {
	return AppendInt4(AppendInt8(dst, microseconds), int32(-offset))
}

// AppendTimeText appends the text format of time, as in 04:05:06.789. microseconds are as in AppendTime.
func AppendTimeText(dst []byte, microseconds int64) []byte {
	if microseconds < 0 {
		// No time of day; the sign keeps it one that the server refuses.
		return appendClock(append(dst, '-'), uint64(-microseconds))
	}
	return appendClock(dst, uint64(microseconds))
}

// AppendTimeTZText appends the text format of timetz, as in 04:05:06.789+05:30. The arguments are as in AppendTimeTZ.
func AppendTimeTZText(dst []byte, microseconds int64, offset int) []byte {
	return appendOffset(AppendTimeText(dst, microseconds), offset)
}

// appendClock appends hours, minutes, seconds and, without trailing zeros, microseconds. There may be more than 24
// hours, as in an interval.
func appendClock(dst []byte, microseconds uint64) []byte {
	seconds := microseconds / microsecondsPerSecond
	dst = appendPadded(dst, seconds/3600, 2)
	dst = appendPadded(append(dst, ':'), seconds/60%60, 2)
	dst = appendPadded(append(dst, ':'), seconds%60, 2)
	return appendFraction(dst, microseconds%microsecondsPerSecond)
}

// appendFraction appends a point and what microseconds there are, without trailing zeros.
func appendFraction(dst []byte, microseconds uint64) []byte {
	if microseconds == 0 {
		return dst
	}
	width := 6
	for microseconds%10 == 0 {
		microseconds /= 10
		width--
	}
	return appendPadded(append(dst, '.'), microseconds, width)
}

// appendOffset appends an offset from UTC in seconds east as PostgreSQL prints it, with minutes and seconds only where
// there are any.
func appendOffset(dst []byte, offset int) []byte {
	sign, seconds := byte('+'), uint64(offset)
	if offset < 0 {
		sign, seconds = '-', uint64(-offset)
	}
	dst = appendPadded(append(dst, sign), seconds/3600, 2)
	if seconds%3600 == 0 {
		return dst
	}
	dst = appendPadded(append(dst, ':'), seconds/60%60, 2)
	if seconds%60 == 0 {
		return dst
	}
	return appendPadded(append(dst, ':'), seconds%60, 2)
}

// ParseTime reads the text format of time and gives the microseconds since midnight, 0 to 86400000000.
func ParseTime(src []byte) (microseconds int64, err error) {
	microseconds, rest, ok := cutClock(src)
	if !ok || len(rest) > 0 {
		return 0, syntaxError("time", src, clockForm)
	}
	return microseconds, nil
}

// ParseTimeTZ reads the text format of timetz and gives the microseconds since local midnight and the offset in
// seconds east of UTC.
func ParseTimeTZ(src []byte) (microseconds int64, offset int, err error) {
	microseconds, rest, ok := cutClock(src)
	if !ok {
		return 0, 0, syntaxError("timetz", src, clockForm+", and "+offsetForm)
	}
	offset, rest, ok = cutOffset(rest)
	if !ok || len(rest) > 0 {
		return 0, 0, syntaxError("timetz", src, offsetForm+" after the time")
	}
	return microseconds, offset, nil
}

// cutClock reads HH:MM:SS and a fraction, up to 24:00:00, at the start of src.
func cutClock(src []byte) (microseconds int64, rest []byte, ok bool) {
	hour, rest, hourOK := cutNumber(src, 2, 2)
	rest, firstOK := cutByte(rest, ':')
	minute, rest, minuteOK := cutNumber(rest, 2, 2)
	rest, secondOK := cutByte(rest, ':')
	second, rest, numberOK := cutNumber(rest, 2, 2)
	fraction, rest, fractionOK := cutFraction(rest)
	if !hourOK || !firstOK || !minuteOK || !secondOK || !numberOK || !fractionOK || minute > 59 || second > 59 {
		return 0, rest, false
	}
	seconds := int64(hour*3600 + minute*60 + second)
	microseconds = seconds*microsecondsPerSecond + int64(fraction)
	return microseconds, rest, microseconds <= microsecondsPerDay
}

// cutFraction reads a point and one to six digits at the start of src, and gives the microseconds; none is 0.
func cutFraction(src []byte) (microseconds int, rest []byte, ok bool) {
	digits, found := cutByte(src, '.')
	if !found {
		return 0, src, true
	}
	microseconds, rest, ok = cutNumber(digits, 1, 6)
	for range 6 - (len(digits) - len(rest)) {
		microseconds *= 10
	}
	return microseconds, rest, ok
}

// cutOffset reads +HH, +HH:MM or +HH:MM:SS at the start of src and gives the seconds east of UTC.
func cutOffset(src []byte) (offset int, rest []byte, ok bool) {
	if len(src) == 0 || src[0] != '+' && src[0] != '-' {
		return 0, src, false
	}
	hour, rest, ok := cutNumber(src[1:], 2, 2)
	minute, second := 0, 0
	if after, found := cutByte(rest, ':'); ok && found {
		minute, rest, ok = cutNumber(after, 2, 2)
		if after, found := cutByte(rest, ':'); ok && found {
			second, rest, ok = cutNumber(after, 2, 2)
		}
	}
	offset = hour*3600 + minute*60 + second
	if src[0] == '-' {
		offset = -offset
	}
	return offset, rest, ok && minute <= 59 && second <= 59 && hour < maxOffset/3600
}
