package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

const (
	secondsPerDay = 24 * 60 * 60

	// epochUnixSeconds is 2000-01-01, day and microsecond 0 of PostgreSQL, in seconds of Unix.
	epochUnixSeconds = 946684800

	// firstDay and lastDay are the finite dates that PostgreSQL has, 4714-11-24 BC and 5874897-12-31, in days since
	// 2000-01-01 (documentation, chapter "Date/Time Types"; the 4713 BC given there is Julian day 0 in the Julian
	// calendar, while all dates are printed in the Gregorian one).
	firstDay = -2451545
	lastDay  = 2145031948

	negativeInfiniteDay = math.MinInt32
	positiveInfiniteDay = math.MaxInt32
)

// dateForm is how a date is printed with DateStyle ISO.
const dateForm = "YYYY-MM-DD (the session's DateStyle must be ISO)"

// DecodeDate reads the binary format of date: days since 2000-01-01. The result is midnight in UTC, and the zero Time
// for an infinite date.
func DecodeDate(src []byte) (time.Time, Infinity, error) {
	if len(src) != 4 {
		return time.Time{}, Finite, lengthError("date", 4, len(src))
	}
	switch days := int32(binary.BigEndian.Uint32(src)); days {
	case negativeInfiniteDay:
		return time.Time{}, NegativeInfinity, nil
	case positiveInfiniteDay:
		return time.Time{}, PositiveInfinity, nil
	default:
		return time.Unix(epochUnixSeconds+int64(days)*secondsPerDay, 0).UTC(), Finite, nil
	}
}

// AppendDate appends the binary format of date for the calendar date that t shows in its own location. A date outside
// PostgreSQL's range, 4714-11-24 BC to 5874897-12-31, is an error.
func AppendDate(dst []byte, t time.Time) ([]byte, error) {
	days, err := daysOf(t)
	if err != nil {
		return dst, err
	}
	return AppendInt4(dst, days), nil
}

// AppendDateInfinity appends the binary format of date for an infinite value. Finite has no form of its own and adds
// nothing, which the server refuses as a value too short.
func AppendDateInfinity(dst []byte, v Infinity) []byte {
	switch v {
	case NegativeInfinity:
		return AppendInt4(dst, negativeInfiniteDay)
	case PositiveInfinity:
		return AppendInt4(dst, positiveInfiniteDay)
	}
	return dst
}

// AppendDateText appends the text format of date, 2024-03-15 or 0044-03-15 BC, for the calendar date that t shows in
// its own location. A date outside PostgreSQL's range is an error.
func AppendDateText(dst []byte, t time.Time) ([]byte, error) {
	if _, err := daysOf(t); err != nil {
		return dst, err
	}
	dst = appendDay(dst, t)
	return appendEra(dst, t), nil
}

// daysOf gives the date that t shows in its own location as days since 2000-01-01.
func daysOf(t time.Time) (int32, error) {
	days := floorDivide(wallSeconds(t), secondsPerDay)
	if days < firstDay || days > lastDay {
		return 0, fmt.Errorf("year %d is outside the range of date, 4714-11-24 BC to 5874897-12-31", t.Year())
	}
	return int32(days), nil
}

// wallSeconds gives the seconds from 2000-01-01 00:00 to what t shows in its own location, as if that were UTC. For
// the most remote times that Go has, the sum wraps around to the other end, which is as far out of every range.
func wallSeconds(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset) - epochUnixSeconds
}

// floorDivide rounds towards negative infinity, where Go's operator rounds towards zero. divisor is positive.
func floorDivide(dividend, divisor int64) int64 {
	quotient := dividend / divisor
	if dividend%divisor < 0 {
		return quotient - 1
	}
	return quotient
}

// appendDay appends year, month and day of t without the era.
func appendDay(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	if year <= 0 {
		year = 1 - year
	}
	dst = appendPadded(dst, uint64(year), 4)
	dst = append(dst, '-')
	dst = appendPadded(dst, uint64(month), 2)
	dst = append(dst, '-')
	return appendPadded(dst, uint64(day), 2)
}

// appendEra marks the years before year 1. Go counts them 0, -1, …, PostgreSQL 1 BC, 2 BC, ….
func appendEra(dst []byte, t time.Time) []byte {
	if t.Year() <= 0 {
		return append(dst, " BC"...)
	}
	return dst
}

// ParseDate reads the text format of date as printed with DateStyle ISO, with years beyond 9999 and before year 1
// (0044-03-15 BC). The result is midnight in UTC, and the zero Time for infinity and -infinity.
func ParseDate(src []byte) (time.Time, Infinity, error) {
	if infinity := parseInfinity(src); infinity != Finite {
		return time.Time{}, infinity, nil
	}
	day, rest, ok := cutDay(src)
	if !ok {
		return time.Time{}, Finite, syntaxError("date", src, dateForm)
	}
	if !day.finishEra(rest) || !day.exists() {
		return time.Time{}, Finite, syntaxError("date", src, "a day of the calendar, as "+dateForm)
	}
	return time.Date(day.year, day.month, day.day, 0, 0, 0, 0, time.UTC), Finite, nil
}

// calendarDay is a date as read, not checked yet.
type calendarDay struct {
	year  int
	month time.Month
	day   int
}

// cutDay reads YYYY-MM-DD at the start of src, where the year has four digits or more.
func cutDay(src []byte) (day calendarDay, rest []byte, ok bool) {
	year, rest, yearOK := cutNumber(src, 4, 7)
	rest, firstOK := cutByte(rest, '-')
	month, rest, monthOK := cutNumber(rest, 2, 2)
	rest, secondOK := cutByte(rest, '-')
	dayOfMonth, rest, dayOK := cutNumber(rest, 2, 2)
	ok = yearOK && firstOK && monthOK && secondOK && dayOK
	return calendarDay{year, time.Month(month), dayOfMonth}, rest, ok
}

// finishEra reads the end of a text, " BC" or nothing, and turns the year into Go's count. There is no year 0 before
// that.
func (d *calendarDay) finishEra(rest []byte) bool {
	if d.year == 0 {
		return false
	}
	switch string(rest) {
	case "":
		return true
	case " BC":
		d.year = 1 - d.year
		return true
	}
	return false
}

// exists tells whether the calendar has the day.
func (d calendarDay) exists() bool {
	return d.month >= time.January && d.month <= time.December && d.day >= 1 && d.day <= daysIn(d.year, d.month)
}

func daysIn(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
