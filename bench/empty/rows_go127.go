//go:build go1.27

package empty

import (
	"database/sql"
	"database/sql/driver"
	"time"
)

var _ driver.RowsColumnScanner = (*rows)(nil)

// NextRow moves to the next row.
func (r *rows) NextRow() error { return r.advance() }

// ScanColumn assigns where a driver could write straight into the destination, and leaves the rest to
// database/sql.
func (r *rows) ScanColumn(scanCtx driver.ScanContext, index int, dest any) error {
	if assign(dest, r.current[index]) {
		return nil
	}
	return sql.ConvertAssign(scanCtx, dest, r.current[index])
}

func assign(dest any, value driver.Value) bool {
	switch value := value.(type) {
	case int64:
		return assignInteger(dest, value)
	case string:
		return assignAs(dest, value)
	case float64:
		return assignAs(dest, value)
	case bool:
		return assignAs(dest, value)
	case time.Time:
		return assignAs(dest, value)
	case []byte:
		return assignAs(dest, value)
	}
	return false
}

func assignAs[T any](dest any, value T) bool {
	target, ok := dest.(*T)
	if ok {
		*target = value
	}
	return ok
}

// assignInteger trusts the workloads: their integers fit their destinations.
func assignInteger(dest any, value int64) bool {
	switch dest := dest.(type) {
	case *int64:
		*dest = value
	case *int:
		*dest = int(value)
	case *int32:
		*dest = int32(value)
	case *int16:
		*dest = int16(value)
	default:
		return false
	}
	return true
}
