//go:build go1.27

package pgadapt

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// scansArrays says that arrays of core types go straight from their binary format into slices.
const scansArrays = true

// planArray scans an array in binary format into slices and Go arrays; nil leaves it to the text form.
func planArray(r *rows, column *column, t reflect.Type) scanPlan {
	element := column.decoder.element
	if element == nil || !isList(t) || column.format != pgtype.BinaryFormatCode || r.elementsConcernRegistry(t) {
		return nil
	}
	if t.Kind() == reflect.Slice {
		if plan := planSlice(element, t); plan != nil {
			return plan
		}
	}
	return planList(r, element, t)
}

// slicePlans scans arrays into slices of basic types and of pointers to them, by the type of the slice and what the
// elements are. A function gives nil where the two do not go together.
var slicePlans = makeSlicePlans()

func makeSlicePlans() map[reflect.Type]func(element *column) scanPlan {
	plans := map[reflect.Type]func(element *column) scanPlan{
		reflect.TypeFor[[]string](): planStrings,
		reflect.TypeFor[[][]byte](): planByteSlices,
	}
	addSlicePlans(plans, integerElement[int64])
	addSlicePlans(plans, integerElement[int32])
	addSlicePlans(plans, integerElement[int16])
	addSlicePlans(plans, integerElement[int8])
	addSlicePlans(plans, integerElement[int])
	addSlicePlans(plans, integerElement[uint64])
	addSlicePlans(plans, integerElement[uint32])
	addSlicePlans(plans, integerElement[uint16])
	addSlicePlans(plans, integerElement[uint])
	addSlicePlans(plans, float64Element)
	addSlicePlans(plans, float32Element)
	addSlicePlans(plans, boolElement)
	addSlicePlans(plans, timeElement)
	addSlicePlans(plans, durationElement)
	addSlicePlans(plans, uuidElement)
	return plans
}

// planSlice chooses by the type of the elements: a pointer to a named slice converts to one to the plain slice.
func planSlice(element *column, t reflect.Type) scanPlan {
	plain := reflect.SliceOf(t.Elem())
	choose := slicePlans[plain]
	if choose == nil {
		return nil
	}
	plan := choose(element)
	if plan == nil || plain == t {
		return plan
	}
	pointer := reflect.PointerTo(plain)
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		return plan(r, column, src, reflect.ValueOf(destination).Convert(pointer).Interface())
	}
}

// decodeElement decodes an element that is not NULL.
type decodeElement[T any] func(r *rows, src []byte) (T, error)

// addSlicePlans adds the plans for []T and []*T.
func addSlicePlans[T any](plans map[reflect.Type]func(*column) scanPlan, decoderOf func(element *column) decodeElement[T]) {
	plans[reflect.TypeFor[[]T]()] = func(element *column) scanPlan {
		decode := decoderOf(element)
		return planIf(decode != nil, intoSlice(func(r *rows, array *wire.ArrayBinary) ([]T, error) {
			return decodeElements(r, array, decode)
		}))
	}
	plans[reflect.TypeFor[[]*T]()] = func(element *column) scanPlan {
		decode := decoderOf(element)
		return planIf(decode != nil, intoSlice(func(r *rows, array *wire.ArrayBinary) ([]*T, error) {
			return decodeNullableElements(r, array, decode)
		}))
	}
}

// intoSlice makes a plan of a function that reads the elements. It refuses more than one dimension.
func intoSlice[T any](read func(r *rows, array *wire.ArrayBinary) ([]T, error)) scanPlan {
	return func(r *rows, _ *column, src []byte, destination any) (bool, error) {
		target := destination.(*[]T)
		if src == nil {
			*target = nil
			return true, nil
		}
		array, err := wire.DecodeArray(src)
		if err != nil {
			return false, err
		}
		if len(array.Lengths()) > 1 {
			return false, dimensionError(len(array.Lengths()), reflect.TypeFor[[]T]())
		}
		slice, err := read(r, &array)
		if err != nil {
			return false, err
		}
		*target = slice
		return true, nil
	}
}

func decodeElements[T any](r *rows, array *wire.ArrayBinary, decode decodeElement[T]) ([]T, error) {
	slice := make([]T, array.Len())
	for i := range slice {
		src := array.Next()
		if src == nil {
			return nil, inElement(i, nullError(reflect.TypeFor[T]()))
		}
		value, err := decode(r, src)
		if err != nil {
			return nil, inElement(i, err)
		}
		slice[i] = value
	}
	return slice, nil
}

// decodeNullableElements has all values in one piece of memory, and pointers to them.
func decodeNullableElements[T any](r *rows, array *wire.ArrayBinary, decode decodeElement[T]) ([]*T, error) {
	slice, values := make([]*T, array.Len()), make([]T, array.Len())
	for i := range slice {
		src := array.Next()
		if src == nil {
			continue
		}
		value, err := decode(r, src)
		if err != nil {
			return nil, inElement(i, err)
		}
		values[i] = value
		slice[i] = &values[i]
	}
	return slice, nil
}

func inElement(index int, err error) error { return fmt.Errorf("element %d: %w", index+1, err) }

func integerElement[T integer](element *column) decodeElement[T] {
	integer := element.decoder.integer
	if integer == nil {
		return nil
	}
	return func(_ *rows, src []byte) (T, error) {
		value, err := integer(src)
		narrowed := T(value)
		if err == nil && (int64(narrowed) != value || (narrowed < 0) != (value < 0)) {
			err = fmt.Errorf("%d is out of range for %T", value, narrowed)
		}
		return narrowed, err
	}
}

func float64Element(element *column) decodeElement[float64] {
	float := element.decoder.float
	if float == nil {
		return nil
	}
	return func(_ *rows, src []byte) (float64, error) { return float(src) }
}

func float32Element(element *column) decodeElement[float32] {
	float := element.decoder.float
	if float == nil {
		return nil
	}
	return func(_ *rows, src []byte) (float32, error) {
		value, err := float(src)
		narrowed := float32(value)
		if math.IsInf(float64(narrowed), 0) && !math.IsInf(value, 0) {
			err = fmt.Errorf("%v is out of range for float32", value)
		}
		return narrowed, err
	}
}

func boolElement(element *column) decodeElement[bool] {
	boolean := element.decoder.boolean
	if boolean == nil {
		return nil
	}
	return func(_ *rows, src []byte) (bool, error) { return boolean(src) }
}

// timeElement decodes dates and timestamps, and times of day in the year 0.
func timeElement(element *column) decodeElement[time.Time] {
	switch {
	case element.decoder.moment != nil:
		return func(r *rows, src []byte) (time.Time, error) {
			moment, _, err := momentOf(r, element, src)
			return moment, err
		}
	case element.oid == pgtype.TimeOID:
		return func(_ *rows, src []byte) (time.Time, error) {
			microseconds, err := wire.DecodeTime(src)
			return clockTime(microseconds, time.UTC), err
		}
	case element.oid == pgtype.TimetzOID:
		return func(_ *rows, src []byte) (time.Time, error) {
			microseconds, offset, err := wire.DecodeTimeTZ(src)
			return clockTime(microseconds, zoneOf(offset)), err
		}
	}
	return nil
}

func durationElement(element *column) decodeElement[time.Duration] {
	if element.oid != pgtype.IntervalOID {
		return nil
	}
	return func(_ *rows, src []byte) (time.Duration, error) {
		interval, err := wire.DecodeInterval(src)
		if err != nil {
			return 0, err
		}
		return interval.Duration()
	}
}

func uuidElement(element *column) decodeElement[[16]byte] {
	if element.oid != pgtype.UUIDOID {
		return nil
	}
	return func(_ *rows, src []byte) ([16]byte, error) { return wire.DecodeUUID(src) }
}

// sharedMemory is the largest array whose elements are parts of one string or byte slice. Keeping one of them keeps no
// more than that in memory.
const sharedMemory = 4 << 10

// planStrings copies texts.
func planStrings(element *column) scanPlan {
	return planIf(element.decoder.isVerbatim(), intoSlice(func(_ *rows, array *wire.ArrayBinary) ([]string, error) {
		slice, all := make([]string, array.Len()), ""
		if len(array.Rest()) <= sharedMemory {
			all = string(array.Rest())
		}
		for i := range slice {
			src := array.Next()
			switch end := len(all) - len(array.Rest()); {
			case src == nil:
				return nil, inElement(i, nullError(stringType))
			case all != "":
				slice[i] = all[end-len(src) : end]
			default:
				slice[i] = string(src)
			}
		}
		return slice, nil
	}))
}

// planByteSlices copies bytea. No slice has room behind it, so that appending to one leaves the next alone.
func planByteSlices(element *column) scanPlan {
	return planIf(element.oid == pgtype.ByteaOID, intoSlice(func(_ *rows, array *wire.ArrayBinary) ([][]byte, error) {
		slice, own := make([][]byte, array.Len()), array
		if len(array.Rest()) <= sharedMemory {
			own = array.Clone()
		}
		for i := range slice {
			slice[i] = own.Next()
			if own == array {
				slice[i] = bytes.Clone(slice[i])
			}
		}
		return slice, nil
	}))
}
