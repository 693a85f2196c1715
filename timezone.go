package pgadapt

import (
	"strings"
	"time"
)

// location gives the session's TimeZone, in which timestamptz values come back.
func (c *conn) location() *time.Location {
	name := c.pg.ParameterStatus("TimeZone")
	if c.zone == nil || c.zoneName != name {
		c.zoneName, c.zone = name, loadLocation(name)
	}
	return c.zone
}

// location gives the session's TimeZone as it was when the first row that needs it was decoded.
func (r *rows) location() *time.Location {
	if r.zone == nil {
		r.zone = r.conn.location()
	}
	return r.zone
}

// loadLocation finds the time zone that PostgreSQL calls name. Where Go's time zone database does not know it
// (an abbreviation, or a POSIX rule such as EST5EDT,M3.2.0,M11.1.0), the instants are right and shown in UTC.
func loadLocation(name string) *time.Location {
	if offset, ok := parseFixedZone(name); ok {
		return time.FixedZone("", offset)
	}
	if name == "" || strings.EqualFold(name, "UTC") || strings.EqualFold(name, "localtime") {
		return time.UTC
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return location
}

// parseFixedZone reads the POSIX form in which PostgreSQL names a fixed offset, "<+05:30>-05:30" after SET TIME
// ZONE 5.5: the name for people in angle brackets, then the offset in seconds west of Greenwich.
func parseFixedZone(name string) (secondsEast int, ok bool) {
	if !strings.HasPrefix(name, "<") {
		return 0, false
	}
	_, offset, ok := strings.Cut(name, ">")
	if !ok || offset == "" {
		return 0, false
	}
	sign := -1
	switch offset[0] {
	case '-':
		sign, offset = 1, offset[1:]
	case '+':
		offset = offset[1:]
	}
	seconds, factor := 0, 3600
	for part := range strings.SplitSeq(offset, ":") {
		value, ok := parseTwoDigits(part)
		if !ok || factor == 0 {
			return 0, false
		}
		seconds += value * factor
		factor /= 60
	}
	return sign * seconds, true
}

func parseTwoDigits(digits string) (value int, ok bool) {
	if len(digits) == 0 || len(digits) > 2 {
		return 0, false
	}
	for _, digit := range []byte(digits) {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		value = value*10 + int(digit-'0')
	}
	return value, true
}
