//go:build go1.27

package pgadapt

import (
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// scansArrays says that arrays of core types go straight from their binary format into slices.
const scansArrays = true

// slicePlans scans arrays into slices of basic types, by the type of the slice and what the elements are.
var slicePlans = map[reflect.Type]func(element *decoder) scanPlan{
	reflect.TypeFor[[]int64]():   integerSlicePlan[int64],
	reflect.TypeFor[[]int32]():   integerSlicePlan[int32],
	reflect.TypeFor[[]int16]():   integerSlicePlan[int16],
	reflect.TypeFor[[]int]():     integerSlicePlan[int],
	reflect.TypeFor[[]uint32]():  integerSlicePlan[uint32],
	reflect.TypeFor[[]float64](): floatSlicePlan,
	reflect.TypeFor[[]string]():  stringSlicePlan,
	reflect.TypeFor[[]bool]():    boolSlicePlan,
}

// planArray scans an array in binary format into a slice; nil leaves it to the text form.
func planArray(r *rows, column *column, t reflect.Type) scanPlan {
	element := column.decoder.element
	if element == nil || t.Kind() != reflect.Slice || column.format != pgtype.BinaryFormatCode {
		return nil
	}
	if plan := slicePlans[t]; plan != nil {
		if direct := plan(element.decoder); direct != nil {
			return direct
		}
	}
	return planReflectedSlice(r, element, t)
}

// sliceOf is the plan for slices whose elements decode converts. It refuses what does not fit: NULL, and more than one
// dimension.
func sliceOf[T any](decode func(src []byte, target *T) error) scanPlan {
	return func(_ *rows, _ *column, src []byte, destination any) (bool, error) {
		target := destination.(*[]T)
		if src == nil {
			*target = nil
			return true, nil
		}
		array, err := oneDimension(src, destination)
		if err != nil {
			return false, err
		}
		slice := make([]T, array.Len())
		for i := range slice {
			value := array.Next()
			if value == nil {
				return false, fmt.Errorf("element %d: %w", i+1, nullError(reflect.TypeFor[T]()))
			}
			if err := decode(value, &slice[i]); err != nil {
				return false, fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		*target = slice
		return true, nil
	}
}

func oneDimension(src []byte, destination any) (wire.ArrayBinary, error) {
	array, err := wire.DecodeArray(src)
	if err == nil && len(array.Lengths()) > 1 {
		err = fmt.Errorf("an array of %d dimensions does not fit %s", len(array.Lengths()), reflect.TypeOf(destination).Elem())
	}
	return array, err
}

func integerSlicePlan[T integer](element *decoder) scanPlan {
	if element.integer == nil {
		return nil
	}
	return sliceOf(func(src []byte, target *T) error {
		value, err := element.integer(src)
		*target = T(value)
		if err == nil && (int64(*target) != value || (*target < 0) != (value < 0)) {
			err = fmt.Errorf("%d is out of range for %T", value, *target)
		}
		return err
	})
}

func floatSlicePlan(element *decoder) scanPlan {
	if element.float == nil {
		return nil
	}
	return sliceOf(func(src []byte, target *float64) (err error) {
		*target, err = element.float(src)
		return err
	})
}

func boolSlicePlan(element *decoder) scanPlan {
	if element.boolean == nil {
		return nil
	}
	return sliceOf(func(src []byte, target *bool) (err error) {
		*target, err = element.boolean(src)
		return err
	})
}

func stringSlicePlan(element *decoder) scanPlan {
	if !element.isVerbatim() {
		return nil
	}
	return sliceOf(func(src []byte, target *string) error {
		*target = string(src)
		return nil
	})
}

// planReflectedSlice scans each element by the plan of its type: named types, pointers, Null types. What that plan
// leaves to database/sql is for the text form.
func planReflectedSlice(r *rows, element *column, t reflect.Type) scanPlan {
	if isList(t.Elem()) || r.concernsRegistry(reflect.PointerTo(t.Elem())) {
		return nil
	}
	inner := planScan(r, element, reflect.PointerTo(t.Elem()))
	if inner == nil {
		return nil
	}
	byText := planText(&r.conn.decoding, builtinTypes[element.oid], t.Elem())
	return func(r *rows, _ *column, src []byte, destination any) (bool, error) {
		target := reflect.ValueOf(destination).Elem()
		if src == nil {
			target.SetZero()
			return true, nil
		}
		array, err := oneDimension(src, destination)
		if err != nil {
			return false, err
		}
		slice := reflect.MakeSlice(t, array.Len(), array.Len())
		for i := range array.Len() {
			if err := scanElement(r, element, array.Next(), slice.Index(i), inner, byText); err != nil {
				return false, fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		target.Set(slice)
		return true, nil
	}
}

func scanElement(r *rows, element *column, src []byte, target reflect.Value, direct scanPlan, byText textPlan) error {
	done, err := direct(r, element, src, target.Addr().Interface())
	if done || err != nil {
		return err
	}
	if src == nil {
		return byText(r.decoding(), nil, target)
	}
	text, err := element.decoder.appendTextForm(element.oid, nil, src)
	if err != nil {
		return err
	}
	return byText(r.decoding(), text, target)
}
