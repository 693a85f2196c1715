//go:build go1.27

package pgadapt

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
)

var _ driver.RowsColumnScanner = (*rows)(nil)

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
		column.plan = columnPlan{destination: kind, scan: planScan(column, kind)}
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
	if err := sql.ConvertAssign(scanCtx, destination, value); err != nil {
		return r.scanByTypeMap(index, destination, err)
	}
	return nil
}

// scanByTypeMap tries what database/sql cannot do with what pgtype can: arrays into slices, json into structs,
// and pgtype's own types. refused is database/sql's error.
func (r *rows) scanByTypeMap(index int, destination any, refused error) error {
	src := r.values[index]
	kind := reflect.TypeOf(destination)
	if _, scanner := destination.(sql.Scanner); scanner || !isForTypeMap(kind) {
		return refused
	}
	if reflect.ValueOf(destination).IsNil() {
		return refused
	}
	column := &r.shape.columns[index]
	if err := r.conn.typeMap().Scan(column.oid, column.format, src, destination); err != nil {
		return fmt.Errorf("%w; as %s: %w", refused, builtinTypeName(column.oid), err)
	}
	return nil
}

// isForTypeMap reports whether a destination is of a kind that database/sql does not convert to.
func isForTypeMap(destination reflect.Type) bool {
	if destination == nil || destination.Kind() != reflect.Pointer {
		return false
	}
	switch element := destination.Elem(); element.Kind() {
	case reflect.Slice:
		return element.Elem().Kind() != reflect.Uint8
	case reflect.Array, reflect.Map, reflect.Struct:
		return element != timeType
	}
	return false
}
