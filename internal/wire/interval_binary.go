package wire

import (
	"encoding/binary"
	"math"
	"strconv"
)

// intervalSize is the size of the binary format of interval: microseconds, days, months (interval_send).
const intervalSize = 16

// The intervals that stand for infinity from PostgreSQL 17 on.
var (
	infiniteInterval         = Interval{Months: math.MaxInt32, Days: math.MaxInt32, Microseconds: math.MaxInt64}
	negativeInfiniteInterval = Interval{Months: math.MinInt32, Days: math.MinInt32, Microseconds: math.MinInt64}
)

// DecodeInterval reads the binary format of interval.
func DecodeInterval(src []byte) (Interval, error) {
	if len(src) != intervalSize {
		return Interval{}, lengthError("interval", intervalSize, len(src))
	}
	return Interval{
		Microseconds: int64(binary.BigEndian.Uint64(src)),
		Days:         int32(binary.BigEndian.Uint32(src[8:])),
		Months:       int32(binary.BigEndian.Uint32(src[12:])),
	}, nil
}

// AppendInterval appends the binary format of interval.
func AppendInterval(dst []byte, v Interval) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(v.Microseconds))
	dst = binary.BigEndian.AppendUint32(dst, uint32(v.Days))
	return binary.BigEndian.AppendUint32(dst, uint32(v.Months))
}

// Append appends the text format as IntervalStyle postgres prints it, 1 year 2 mons -3 days +04:05:06.789: a positive
// part after a negative one has its sign (EncodeInterval in datetime.c).
func (i Interval) Append(dst []byte) []byte {
	switch i {
	case infiniteInterval:
		return append(dst, "infinity"...)
	case negativeInfiniteInterval:
		return append(dst, "-infinity"...)
	}
	start, afterNegative := len(dst), false
	for _, part := range []struct {
		value int32
		unit  string
	}{{i.Months / 12, " year"}, {i.Months % 12, " mon"}, {i.Days, " day"}} {
		if part.value == 0 {
			continue
		}
		dst = appendIntervalPart(separate(dst, start), part.value, part.unit, afterNegative)
		afterNegative = part.value < 0
	}
	if i.Microseconds == 0 && len(dst) > start {
		return dst
	}
	dst = separate(dst, start)
	switch {
	case i.Microseconds < 0:
		return appendClock(append(dst, '-'), -uint64(i.Microseconds))
	case afterNegative:
		dst = append(dst, '+')
	}
	return appendClock(dst, uint64(i.Microseconds))
}

// separate appends a blank unless nothing has been appended since start.
func separate(dst []byte, start int) []byte {
	if len(dst) == start {
		return dst
	}
	return append(dst, ' ')
}

func appendIntervalPart(dst []byte, value int32, unit string, afterNegative bool) []byte {
	if afterNegative && value > 0 {
		dst = append(dst, '+')
	}
	dst = append(strconv.AppendInt(dst, int64(value), 10), unit...)
	if value == 1 {
		return dst
	}
	return append(dst, 's')
}
