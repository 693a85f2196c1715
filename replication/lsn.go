package replication

import (
	"cmp"
	"database/sql"
	"database/sql/driver"
	"encoding"
	"fmt"
	"strconv"
	"strings"
)

// LSN is a log sequence number: a byte position in the write-ahead log (PostgreSQL documentation, "pg_lsn Type").
// Positions are compared with < and ==, and their difference is a number of bytes. Zero is no position. It scans from
// a column of the type pg_lsn, is a parameter for one, and is text in JSON.
type LSN uint64

var (
	_ sql.Scanner              = (*LSN)(nil)
	_ driver.Valuer            = LSN(0)
	_ encoding.TextMarshaler   = LSN(0)
	_ encoding.TextUnmarshaler = (*LSN)(nil)
)

// ParseLSN reads the text form of an LSN: two hexadecimal numbers of up to 32 bits with a slash between them.
func ParseLSN(text string) (LSN, error) {
	high, low, found := strings.Cut(text, "/")
	upper, upperErr := parseHalf(high)
	lower, lowerErr := parseHalf(low)
	if !found || upperErr != nil || lowerErr != nil {
		return 0, fmt.Errorf("replication: %.40q is not an LSN: it must look like 16/B374D848", text)
	}
	return LSN(upper<<32 | lower), nil
}

// parseHalf reads one to eight hexadecimal digits. ParseUint accepts nothing else with base 16.
func parseHalf(digits string) (uint64, error) {
	if len(digits) > 8 {
		return 0, strconv.ErrRange
	}
	return strconv.ParseUint(digits, 16, 32)
}

// String gives the text form, such as 16/B374D848.
func (l LSN) String() string {
	return fmt.Sprintf("%X/%X", uint64(l)>>32, uint32(l))
}

// Compare gives -1, 0 or 1, for sorting: whether l comes before other, is the same, or comes after it.
func (l LSN) Compare(other LSN) int { return cmp.Compare(l, other) }

// Scan reads a column of the type pg_lsn. NULL is an error; scan into an sql.Null[LSN] where it is expected.
func (l *LSN) Scan(value any) (err error) {
	switch value := value.(type) {
	case string:
		*l, err = ParseLSN(value)
	case []byte:
		*l, err = ParseLSN(string(value))
	default:
		err = fmt.Errorf("replication: cannot scan %T into an LSN", value)
	}
	return err
}

// Value gives the text form.
func (l LSN) Value() (driver.Value, error) { return l.String(), nil }

// MarshalText gives the text form.
func (l LSN) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the text form.
func (l *LSN) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLSN(string(text))
	return err
}
