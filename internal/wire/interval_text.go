package wire

import (
	"bytes"
	"fmt"
	"math"
	"time"
)

const intervalForm = "the style of IntervalStyle postgres, as in 1 year 2 mons -3 days 04:05:06.789"

// Interval is a value of PostgreSQL's interval: three numbers that do not convert into each other, as a month has no
// fixed number of days and a day no fixed number of hours.
type Interval struct {
	// Months holds the years, too: twelve months each.
	Months int32
	// Days holds the weeks, too.
	Days int32
	// Microseconds holds hours, minutes and seconds.
	Microseconds int64
}

// intervalUnits has the words of IntervalStyle postgres, with the months and days that each stands for.
var intervalUnits = map[string]struct{ months, days int64 }{
	"year": {months: 12}, "years": {months: 12}, "mon": {months: 1}, "mons": {months: 1}, "day": {days: 1}, "days": {days: 1},
}

// ParseInterval reads the text format of interval as IntervalStyle postgres, the default, prints it. The other styles
// are refused where their form is another: sql_standard's "1-2 3 4:05:06", postgres_verbose's "@ 1 year", iso_8601's
// "P1Y".
func ParseInterval(src []byte) (Interval, error) {
	var months, days, microseconds int64
	rest := src
	for len(rest) > 0 {
		number, afterNumber, ok := cutSigned(rest)
		word, next, _ := bytes.Cut(afterNumber[min(1, len(afterNumber)):], []byte{' '})
		unit, known := intervalUnits[string(word)]
		if !ok || !known || afterNumber[0] != ' ' {
			break
		}
		months += number * unit.months
		days += number * unit.days
		rest = next
	}
	if len(rest) > 0 {
		clock, ok := parseIntervalClock(rest)
		if !ok {
			return Interval{}, syntaxError("interval", src, intervalForm)
		}
		microseconds = clock
	}
	if len(src) == 0 || months != int64(int32(months)) || days != int64(int32(days)) {
		return Interval{}, syntaxError("interval", src, intervalForm)
	}
	return Interval{Months: int32(months), Days: int32(days), Microseconds: microseconds}, nil
}

// cutSigned reads digits with a sign or none at the start of src.
func cutSigned(src []byte) (number int64, rest []byte, ok bool) {
	digits, negative := src, false
	if len(digits) > 0 && (digits[0] == '-' || digits[0] == '+') {
		negative = digits[0] == '-'
		digits = digits[1:]
	}
	value, rest, ok := cutNumber(digits, 1, 10)
	if negative {
		value = -value
	}
	return int64(value), rest, ok
}

// parseIntervalClock reads hours, of any number of digits, minutes and seconds after a sign or none.
func parseIntervalClock(src []byte) (microseconds int64, ok bool) {
	digits, negative := src, false
	if src[0] == '-' || src[0] == '+' {
		negative = src[0] == '-'
		digits = src[1:]
	}
	hour, rest, hourOK := cutNumber(digits, 2, 10)
	rest, firstOK := cutByte(rest, ':')
	minute, rest, minuteOK := cutNumber(rest, 2, 2)
	rest, secondOK := cutByte(rest, ':')
	second, rest, numberOK := cutNumber(rest, 2, 2)
	fraction, rest, fractionOK := cutFraction(rest)
	if !hourOK || !firstOK || !minuteOK || !secondOK || !numberOK || !fractionOK || minute > 59 || second > 59 || len(rest) > 0 {
		return 0, false
	}
	seconds := int64(hour)*3600 + int64(minute*60+second)
	if seconds > math.MaxInt64/microsecondsPerSecond {
		return 0, false
	}
	microseconds = seconds*microsecondsPerSecond + int64(fraction)
	if microseconds < 0 {
		return 0, false
	}
	if negative {
		microseconds = -microseconds
	}
	return microseconds, true
}

// Duration converts as psycopg2 does: a year has 365 days, a month beside it 30, a day 24 hours. An interval of more
// than a time.Duration holds, 292 years, is an error.
func (i Interval) Duration() (time.Duration, error) {
	days := int64(i.Months)/12*365 + int64(i.Months)%12*30 + int64(i.Days)
	const limit = math.MaxInt64 / int64(time.Microsecond)
	microseconds := days * microsecondsPerDay // at most 2^31/12*365+2^31 days: less than 2^63 microseconds below 2^26 days
	if days > limit/microsecondsPerDay+1 || days < -limit/microsecondsPerDay-1 ||
		i.Microseconds > limit || i.Microseconds < -limit {
		return 0, fmt.Errorf("an interval of %d months, %d days and %d microseconds is more than a time.Duration holds",
			i.Months, i.Days, i.Microseconds)
	}
	microseconds += i.Microseconds
	if microseconds > limit || microseconds < -limit {
		return 0, fmt.Errorf("an interval of %d months, %d days and %d microseconds is more than a time.Duration holds",
			i.Months, i.Days, i.Microseconds)
	}
	return time.Duration(microseconds) * time.Microsecond, nil
}
