package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

const (
	// firstMicrosecond and lastMicrosecond are the finite timestamps that PostgreSQL has, 4714-11-24 00:00 BC and
	// 294276-12-31 23:59:59.999999, in microseconds since 2000-01-01.
	firstMicrosecond = firstDay * microsecondsPerDay
	lastMicrosecond  = 9223371331200000000 - 1

	negativeInfiniteMicrosecond = math.MinInt64
	positiveInfiniteMicrosecond = math.MaxInt64
)

// timestampForm is how a timestamp is printed with DateStyle ISO.
const timestampForm = "YYYY-MM-DD HH:MM:SS (the session's DateStyle must be ISO)"

// DecodeTimestamp reads the binary format of timestamp and timestamptz: microseconds since 2000-01-01 00:00, for
// timestamptz in UTC. The result is in UTC, and the zero Time for an infinite value.
func DecodeTimestamp(src []byte) (time.Time, Infinity, error) {
	if len(src) != 8 {
		return time.Time{}, Finite, lengthError("timestamp or timestamptz", 8, len(src))
	}
	switch microseconds := int64(binary.BigEndian.Uint64(src)); microseconds {
	case negativeInfiniteMicrosecond:
		return time.Time{}, NegativeInfinity, nil
	case positiveInfiniteMicrosecond:
		return time.Time{}, PositiveInfinity, nil
	default:
		// time.Unix takes a negative remainder of a second as well.
		seconds, fraction := microseconds/microsecondsPerSecond, microseconds%microsecondsPerSecond
		return time.Unix(epochUnixSeconds+seconds, fraction*1000).UTC(), Finite, nil
	}
}

// AppendTimestamp appends the binary format of timestamp for what calendar and clock show in t's own location; the
// zone is ignored. A timestamp outside PostgreSQL's range, 4714-11-24 BC to 294276-12-31, is an error.
func AppendTimestamp(dst []byte, t time.Time) ([]byte, error) {
	microseconds, err := wallMicroseconds(t)
	if err != nil {
		return dst, err
	}
	return AppendInt8(dst, microseconds), nil
}

// AppendTimestampTZ appends the binary format of timestamptz for the instant t. An instant outside PostgreSQL's range,
// 4714-11-24 BC to 294276-12-31 in UTC, is an error.
func AppendTimestampTZ(dst []byte, t time.Time) ([]byte, error) {
	return AppendTimestamp(dst, t.UTC())
}

// AppendTimestampInfinity appends the binary format of timestamp and timestamptz for an infinite value. Finite has no
// form of its own and adds nothing, which the server refuses as a value too short.
func AppendTimestampInfinity(dst []byte, v Infinity) []byte {
	switch v {
	case NegativeInfinity:
		return AppendInt8(dst, negativeInfiniteMicrosecond)
	case PositiveInfinity:
		return AppendInt8(dst, positiveInfiniteMicrosecond)
	}
	return dst
}

// AppendTimestampText appends the text format of timestamp, 2024-03-15 04:05:06.789, for what calendar and clock show
// in t's own location; the zone is ignored. A timestamp outside PostgreSQL's range is an error.
func AppendTimestampText(dst []byte, t time.Time) ([]byte, error) {
	if _, err := wallMicroseconds(t); err != nil {
		return dst, err
	}
	dst = appendDayAndClock(dst, t)
	return appendEra(dst, t), nil
}

// AppendTimestampTZText appends the text format of timestamptz, 2024-03-15 04:05:06.789+05:30, for the instant t with
// the offset of t's own location, in UTC where the server would refuse that offset. An instant outside PostgreSQL's
// range is an error.
func AppendTimestampTZText(dst []byte, t time.Time) ([]byte, error) {
	if _, err := wallMicroseconds(t.UTC()); err != nil {
		return dst, err
	}
	_, offset := t.Zone()
	if offset <= -maxOffset || offset >= maxOffset {
		t, offset = t.UTC(), 0
	}
	dst = appendDayAndClock(dst, t)
	dst = appendOffset(dst, offset)
	return appendEra(dst, t), nil
}

// wallMicroseconds gives what t shows in its own location as microseconds since 2000-01-01 00:00.
func wallMicroseconds(t time.Time) (int64, error) {
	seconds := wallSeconds(t)
	const first, last = firstMicrosecond / microsecondsPerSecond, lastMicrosecond / microsecondsPerSecond
	if seconds < first || seconds > last {
		return 0, fmt.Errorf("year %d is outside the range of timestamp, 4714-11-24 BC to 294276-12-31", t.Year())
	}
	return seconds*microsecondsPerSecond + int64(t.Nanosecond()/1000), nil
}

// appendDayAndClock appends date and time of day without era and offset.
func appendDayAndClock(dst []byte, t time.Time) []byte {
	dst = append(appendDay(dst, t), ' ')
	hour, minute, second := t.Clock()
	seconds := uint64(hour*3600 + minute*60 + second)
	return appendClock(dst, seconds*microsecondsPerSecond+uint64(t.Nanosecond()/1000))
}

// ParseTimestamp reads the text format of timestamp as printed with DateStyle ISO. The result is in UTC, and the zero
// Time for infinity and -infinity.
func ParseTimestamp(src []byte) (time.Time, Infinity, error) {
	if infinity := parseInfinity(src); infinity != Finite {
		return time.Time{}, infinity, nil
	}
	day, microseconds, rest, ok := cutDayAndClock(src)
	if !ok {
		return time.Time{}, Finite, syntaxError("timestamp", src, timestampForm)
	}
	if !day.finishEra(rest) || !day.exists() {
		return time.Time{}, Finite, syntaxError("timestamp", src, "a day of the calendar, as "+timestampForm)
	}
	return timeOf(day, microseconds, 0), Finite, nil
}

// ParseTimestampTZ reads the text format of timestamptz as printed with DateStyle ISO. The result is in location; nil
// stands for the offset of the text itself as a fixed zone, and UTC if that is 0. infinity and -infinity give the zero
// Time.
func ParseTimestampTZ(src []byte, location *time.Location) (time.Time, Infinity, error) {
	if infinity := parseInfinity(src); infinity != Finite {
		return time.Time{}, infinity, nil
	}
	day, microseconds, rest, ok := cutDayAndClock(src)
	if !ok {
		return time.Time{}, Finite, syntaxError("timestamptz", src, timestampForm)
	}
	offset, rest, ok := cutOffset(rest)
	if !ok {
		return time.Time{}, Finite, syntaxError("timestamptz", src, offsetForm+" after the time")
	}
	if !day.finishEra(rest) || !day.exists() {
		return time.Time{}, Finite, syntaxError("timestamptz", src, "a day of the calendar, as "+timestampForm)
	}
	return timeOf(day, microseconds, offset).In(locationOr(location, offset)), Finite, nil
}

// cutDayAndClock reads YYYY-MM-DD HH:MM:SS and a fraction at the start of src.
func cutDayAndClock(src []byte) (day calendarDay, microseconds int64, rest []byte, ok bool) {
	day, rest, dayOK := cutDay(src)
	rest, blankOK := cutByte(rest, ' ')
	microseconds, rest, clockOK := cutClock(rest)
	return day, microseconds, rest, dayOK && blankOK && clockOK && microseconds < microsecondsPerDay
}

// timeOf gives the instant, in UTC, at which clocks offset seconds east of UTC show the day and the time of day.
func timeOf(day calendarDay, microseconds int64, offset int) time.Time {
	seconds, fraction := int(microseconds/microsecondsPerSecond), int(microseconds%microsecondsPerSecond)
	return time.Date(day.year, day.month, day.day, 0, 0, seconds-offset, fraction*1000, time.UTC)
}

func locationOr(location *time.Location, offset int) *time.Location {
	if location != nil {
		return location
	}
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}
