package pgadapt

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// rowReader makes each row of a result a T. What depends on the columns is found out once: all rows are scanned into
// the same record, of which each row gets a copy.
type rowReader[T any] struct {
	// row is the record itself, or the pointer to a copy of it where T is a pointer to a row.
	row    T
	record *rowRecord
	// copies says that T is a pointer to a row.
	copies bool
}

func newRowReader[T any](rows *sql.Rows) (*rowReader[T], error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("pgadapt: %w", err)
	}
	r := &rowReader[T]{}
	target := reflect.ValueOf(&r.row).Elem()
	if t := target.Type(); t.Kind() == reflect.Pointer && rowKindOf(t.Elem()) != rowIsValue {
		r.copies = true
		target = reflect.New(t.Elem()).Elem()
	}
	r.record, err = newRowRecord(target, columns)
	return r, err
}

// read gives the present row.
func (r *rowReader[T]) read(rows *sql.Rows) (T, error) {
	var none T
	if err := r.record.read(rows); err != nil {
		return none, fmt.Errorf("pgadapt: %w", err)
	}
	if r.copies {
		fresh := reflect.New(r.record.target.Type())
		fresh.Elem().Set(r.record.target)
		r.row = fresh.Interface().(T)
	}
	return r.row, nil
}

// rowRecord is a variable that rows are read into, one after the other.
type rowRecord struct {
	target       reflect.Value
	destinations []any
	// assemble makes target of what was scanned; nil where the destinations are parts of it.
	assemble func()
}

// read leaves nothing of the row before: what that one got must stay its own.
func (r *rowRecord) read(rows *sql.Rows) error {
	r.target.SetZero()
	if err := rows.Scan(r.destinations...); err != nil {
		return err
	}
	if r.assemble != nil {
		r.assemble()
	}
	return nil
}

// rowKind says what a type is to a row.
type rowKind int

const (
	// rowIsValue is a type that holds the only column's value.
	rowIsValue rowKind = iota
	rowIsStruct
	rowIsMap
	rowIsSlice
)

func rowKindOf(t reflect.Type) rowKind {
	switch {
	case reflect.PointerTo(t).Implements(scannerType):
		return rowIsValue
	case t.Kind() == reflect.Struct && !isSingleValue(t):
		return rowIsStruct
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && isEmptyInterface(t.Elem()):
		return rowIsMap
	case t.Kind() == reflect.Slice && isEmptyInterface(t.Elem()):
		return rowIsSlice
	}
	return rowIsValue
}

// isSingleValue reports whether a struct stands for one value, as time.Time does.
func isSingleValue(t reflect.Type) bool {
	return t == timeType || scalarPlans[t] != nil || isTextUnmarshaler(t) ||
		reflect.PointerTo(t).Implements(rangeScannerType)
}

func isEmptyInterface(t reflect.Type) bool {
	return t.Kind() == reflect.Interface && t.NumMethod() == 0
}

func newRowRecord(target reflect.Value, columns []string) (*rowRecord, error) {
	switch rowKindOf(target.Type()) {
	case rowIsStruct:
		return newStructRecord(target, columns)
	case rowIsMap:
		return newMapRecord(target, columns)
	case rowIsSlice:
		return newSliceRecord(target, columns), nil
	}
	if len(columns) != 1 {
		return nil, fmt.Errorf("pgadapt: %s takes one column, but the query gives %d (%s): select one, or use a struct, "+
			"map[string]any or []any", target.Type(), len(columns), quotedList(columns))
	}
	destination, err := rowDestination(target)
	if err != nil {
		return nil, err
	}
	return &rowRecord{target: target, destinations: []any{destination}}, nil
}

var rawBytesType = reflect.TypeFor[sql.RawBytes]()

// rowDestination gives the destination for Scan.
func rowDestination(target reflect.Value) (any, error) {
	if target.Type() == rawBytesType {
		return nil, errors.New("pgadapt: sql.RawBytes would not outlive its row: use []byte")
	}
	return scannable(target.Addr().Interface(), target.Type()), nil
}

func newStructRecord(target reflect.Value, columns []string) (*rowRecord, error) {
	fields, err := fieldsOf(target.Type()).matchColumns(target.Type(), columns)
	if err != nil {
		return nil, err
	}
	destinations := make([]any, len(columns))
	for i, field := range fields {
		destinations[i], err = rowDestination(target.FieldByIndex(field))
		if err != nil {
			return nil, err
		}
	}
	return &rowRecord{target: target, destinations: destinations}, nil
}

// matchColumns gives for each column the index of its field in t.
func (s *structFields) matchColumns(t reflect.Type, columns []string) ([][]int, error) {
	indexes := make([][]int, len(columns))
	columnOf := make(map[string]string, len(columns))
	var surplus []string
	for i, column := range columns {
		index, ok := s.find(column)
		if !ok {
			surplus = append(surplus, column)
			continue
		}
		name := t.FieldByIndex(index).Name
		if other, taken := columnOf[name]; taken {
			return nil, fmt.Errorf("pgadapt: the columns %q and %q belong to the same field %s of %s: "+
				"give one of them another name with AS", other, column, name, t)
		}
		columnOf[name], indexes[i] = column, index
	}
	var missing []string
	for _, name := range s.names {
		field := t.FieldByIndex(s.byName[name]).Name
		if _, found := columnOf[field]; !found {
			missing = append(missing, field)
		}
	}
	return indexes, mismatch(t, surplus, missing)
}

// mismatch gives the error for columns without a field and fields without a column, if there are any.
func mismatch(t reflect.Type, surplus, missing []string) error {
	var reasons []string
	if len(surplus) > 0 {
		reasons = append(reasons, "it has no field for "+quotedList(surplus)+
			": add one, by the column's name or with a tag db, or select less")
	}
	if len(missing) > 0 {
		reasons = append(reasons, "the query gives no column for the field "+strings.Join(missing, ", ")+
			`: select it, or tag it db:"-"`)
	}
	if reasons == nil {
		return nil
	}
	return fmt.Errorf("pgadapt: the columns do not match %s: %s", t, strings.Join(reasons, "; "))
}

func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return strings.Join(quoted, ", ")
}

func newMapRecord(target reflect.Value, columns []string) (*rowRecord, error) {
	seen := make(map[string]bool, len(columns))
	keys := make([]reflect.Value, len(columns))
	for i, column := range columns {
		if seen[column] {
			return nil, fmt.Errorf("pgadapt: the query gives two columns named %q, of which a map can have one: "+
				"give the other another name with AS", column)
		}
		seen[column] = true
		keys[i] = reflect.ValueOf(column).Convert(target.Type().Key())
	}
	values, destinations := newCells(len(columns))
	return &rowRecord{target: target, destinations: destinations, assemble: func() {
		row := reflect.MakeMapWithSize(target.Type(), len(values))
		for i, key := range keys {
			row.SetMapIndex(key, reflect.ValueOf(&values[i]).Elem())
		}
		target.Set(row)
	}}, nil
}

func newSliceRecord(target reflect.Value, columns []string) *rowRecord {
	values, destinations := newCells(len(columns))
	return &rowRecord{target: target, destinations: destinations, assemble: func() {
		row := reflect.MakeSlice(target.Type(), len(values), len(values))
		reflect.Copy(row, reflect.ValueOf(values))
		target.Set(row)
	}}
}

// newCells gives variables for values of any type, and the pointers to them.
func newCells(count int) (values, pointers []any) {
	values, pointers = make([]any, count), make([]any, count)
	for i := range values {
		pointers[i] = &values[i]
	}
	return values, pointers
}
