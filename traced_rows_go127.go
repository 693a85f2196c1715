//go:build go1.27

package pgadapt

import (
	"database/sql/driver"
	"time"
)

var _ driver.RowsColumnScanner = (*tracedRows)(nil)

// NextRow is that of rows.
func (t *tracedRows) NextRow() error {
	err := t.rows.NextRow()
	if err == nil {
		t.count()
	}
	return err
}

// ScanColumn is that of rows.
func (t *tracedRows) ScanColumn(scanCtx driver.ScanContext, index int, destination any) error {
	if !t.sampling {
		return t.rows.ScanColumn(scanCtx, index, destination)
	}
	started := time.Now()
	err := t.rows.ScanColumn(scanCtx, index, destination)
	t.decoded(time.Since(started))
	return err
}
