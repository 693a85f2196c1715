//go:build go1.27

package pgadapt

import (
	"database/sql"
	"database/sql/driver"
	"reflect"
)

var _ driver.RowsColumnScanner = (*rows)(nil)

// scansByNext is false from Go 1.27 on: ScanColumn sees the destination, unless another driver around this one hides it.
const scansByNext = false

// columnPlan is how a column was last scanned, and into which type: the next row is likely to be the same.
type columnPlan struct {
	destination reflect.Type
	scan        scanPlan
}

// NextRow moves to the next row; io.EOF says that the result set has no more.
func (r *rows) NextRow() error { return r.nextRow() }

// ScanColumn copies a column of the current row straight into destination, without a driver.Value in between
// where it can.
func (r *rows) ScanColumn(scanCtx driver.ScanContext, index int, destination any) error {
	column := &r.shape.columns[index]
	if kind := reflect.TypeOf(destination); column.plan.destination != kind {
		column.plan = columnPlan{destination: kind, scan: planScan(r, column, kind)}
	}
	if scan := column.plan.scan; scan != nil {
		done, err := scan(r, column, r.values[index], destination)
		if done || err != nil {
			return err
		}
	}
	return r.convertAssign(scanCtx, index, destination)
}

// convertAssign leaves the column to database/sql's rules for a driver.Value. Whatever a plan cannot do, or
// must refuse, ends here, so that programs see database/sql's own conversions and errors.
func (r *rows) convertAssign(scanCtx driver.ScanContext, index int, destination any) error {
	value, err := r.value(index)
	if err != nil {
		return err
	}
	return sql.ConvertAssign(scanCtx, destination, value)
}
