package wire

import "time"

// AppendIntervalText appends a text format of interval for a duration: hours, minutes and seconds after a sign, as in
// -00:00:00.5, with as many hours as there are and never days. Every IntervalStyle of the server reads this form
// alike. Nanoseconds are dropped, towards zero as in time.Duration.Truncate.
func AppendIntervalText(dst []byte, v time.Duration) []byte {
	microseconds := v.Microseconds()
	if microseconds < 0 {
		return appendClock(append(dst, '-'), uint64(-microseconds))
	}
	return appendClock(dst, uint64(microseconds))
}
