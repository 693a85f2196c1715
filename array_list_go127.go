//go:build go1.27

package pgadapt

import (
	"reflect"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// planList scans an array into slices and Go arrays of any depth, each element by the plan of its type: named types,
// Null types, interfaces. What that plan leaves to database/sql is for the text form of the element.
func planList(r *rows, element *column, t reflect.Type) scanPlan {
	depth := 0
	for list := t; isList(list); list = list.Elem() {
		depth++
	}
	scan := planElement(r, element, leafOf(t))
	return func(r *rows, _ *column, src []byte, destination any) (bool, error) {
		target := reflect.ValueOf(destination).Elem()
		if src == nil {
			return true, setNull(target)
		}
		array, err := wire.DecodeArray(src)
		if err != nil {
			return false, err
		}
		lengths := array.Lengths()
		switch len(lengths) {
		case 0:
			lengths = []int{0}
		case depth:
		default:
			return false, dimensionError(len(lengths), t)
		}
		number := 0
		err = fillList(target, lengths, func(value reflect.Value) error {
			number++
			if err := scan(r, array.Next(), value); err != nil {
				return inElement(number-1, err)
			}
			return nil
		})
		return err == nil, err
	}
}

// leafOf gives the type of the elements of lists in lists.
func leafOf(t reflect.Type) reflect.Type {
	for isList(t) {
		t = t.Elem()
	}
	return t
}

// elementsConcernRegistry reports whether something may be registered for the elements of a list, or for what they point
// at.
func (r *rows) elementsConcernRegistry(t reflect.Type) bool {
	leaf := leafOf(t)
	for leaf.Kind() == reflect.Pointer {
		leaf = leaf.Elem()
	}
	return r.concernsRegistry(reflect.PointerTo(leaf))
}

// planElement scans an element, nil for NULL, into a value of type t.
func planElement(r *rows, element *column, t reflect.Type) func(r *rows, src []byte, target reflect.Value) error {
	byText := planText(&r.conn.decoding, builtinTypes[element.oid], t)
	scanText := func(r *rows, src []byte, target reflect.Value) error {
		d := r.decoding()
		defer d.release()
		text, err := element.textForm(d, src)
		if err != nil {
			return err
		}
		return byText(d, text, target)
	}
	direct := planScan(r, element, reflect.PointerTo(t))
	if direct == nil || isRich(r, element, t) {
		return scanText
	}
	return func(r *rows, src []byte, target reflect.Value) error {
		done, err := direct(r, element, src, target.Addr().Interface())
		if done || err != nil {
			return err
		}
		return scanText(r, src, target)
	}
}

// appendText appends the text of a value that is a text, bytes or an integer, or the text form of an array.
func (r *rows) appendText(column *column, dst, src []byte) ([]byte, error) {
	if column.decoder.element != nil {
		return column.decoder.appendArray(dst, src, r.location())
	}
	return column.decoder.appendText(dst, src)
}
