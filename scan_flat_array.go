package pgadapt

import (
	"bytes"
	"reflect"
	"strconv"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// Before Go 1.27 arrays reach a slice as text. That of an array of numbers is nearly always nothing but numbers between
// commas, and is then read in one pass, straight into the slice: in half of the processor's time of the general way, which
// goes through the syntax first and sets each element by reflection.

// flatArrayPlans has the slices that are read so.
var flatArrayPlans = map[reflect.Type]func(general textPlan) textPlan{
	reflect.TypeFor[[]float64](): planFlatArray(func(src []byte) (float64, error) { return wire.ParseFloat(src, 64) }),
	reflect.TypeFor[[]float32](): planFlatArray(func(src []byte) (float32, error) {
		value, err := wire.ParseFloat(src, 32)
		return float32(value), err
	}),
	reflect.TypeFor[[]int64](): planFlatArray(func(src []byte) (int64, error) { return wire.ParseInt(src, 64) }),
	reflect.TypeFor[[]int32](): planFlatArray(func(src []byte) (int32, error) {
		value, err := wire.ParseInt(src, 32)
		return int32(value), err
	}),
	reflect.TypeFor[[]int](): planFlatArray(func(src []byte) (int, error) {
		value, err := wire.ParseInt(src, strconv.IntSize)
		return int(value), err
	}),
}

// isFlatArray reports whether the elements of an array are scanned into numbers by nothing but their text.
func isFlatArray(d *decoding, info *typeInfo, t reflect.Type) bool {
	if flatArrayPlans[t] == nil || info.delimiter != ',' || info.element.kind != scalarType {
		return false
	}
	_, isCast := d.casterFor(t.Elem(), info.element)
	return !isCast && !isJSONType(info.element.oid)
}

// planFlatArray leaves every text that is not flat to general: several dimensions, NULLs, quotes, what does not fit, and
// what is wrong.
func planFlatArray[T any](parse func(src []byte) (T, error)) func(general textPlan) textPlan {
	return func(general textPlan) textPlan {
		return func(d *decoding, src []byte, target reflect.Value) error {
			elements, ok := parseFlatArray(src, parse)
			if !ok {
				return general(d, src, target)
			}
			*target.Addr().Interface().(*[]T) = elements
			return nil
		}
	}
}

var comma = []byte{','}

// parseFlatArray reads numbers between commas, in braces.
func parseFlatArray[T any](src []byte, parse func(src []byte) (T, error)) (elements []T, ok bool) {
	if len(src) < len("{0}") || src[0] != '{' || src[len(src)-1] != '}' {
		return nil, false
	}
	rest := src[1 : len(src)-1]
	elements = make([]T, 0, bytes.Count(rest, comma)+1)
	for more := true; more; {
		var text []byte
		text, rest, more = bytes.Cut(rest, comma)
		value, err := parse(text)
		if err != nil {
			return nil, false
		}
		elements = append(elements, value)
	}
	return elements, true
}
