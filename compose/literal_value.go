package compose

import (
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/pgadapt/pgadapt/internal/valuer"
)

// array is a value with elements that are basic values, possibly arrays.
type array []any

// hasValues says whether there is anything but NULLs and empty arrays in it.
func (a array) hasValues() bool {
	for _, element := range a {
		nested, isArray := element.(array)
		if element != nil && (!isArray || nested.hasValues()) {
			return true
		}
	}
	return false
}

// basicValue gives the value that is to be written: nil, bool, int64, uint64,
// float32, float64, string, []byte, time.Time, time.Duration, [16]byte or array.
func basicValue(value any) (any, error) {
	switch value := value.(type) {
	case nil, bool, string, float32, float64, time.Time, time.Duration, [16]byte:
		return value, nil
	case Composed:
		return nil, errors.New("a Composed is SQL text and no value: use it as a part")
	case driver.Valuer:
		return valuerValue(value)
	}
	reflected := reflect.ValueOf(value)
	if isNil(reflected) {
		return nil, nil
	}
	switch value := value.(type) {
	case json.RawMessage:
		return string(value), nil
	case encoding.TextMarshaler:
		text, err := value.MarshalText()
		return string(text), err
	}
	return valueOfKind(reflected)
}

func isNil(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Pointer, reflect.Slice:
		return value.IsNil()
	}
	return false
}

// valuerValue gives the basic value of what a driver.Valuer gives.
func valuerValue(given driver.Valuer) (any, error) {
	value, err := valuer.ValueOf(given)
	if err != nil {
		return nil, err
	}
	return basicValue(value)
}

func valueOfKind(value reflect.Value) (any, error) {
	switch value.Kind() {
	case reflect.Bool:
		return value.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return value.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return value.Uint(), nil
	case reflect.Float32:
		return float32(value.Float()), nil
	case reflect.Float64:
		return value.Float(), nil
	case reflect.String:
		return value.String(), nil
	case reflect.Pointer:
		return basicValue(value.Elem().Interface())
	case reflect.Slice, reflect.Array:
		return valueOfSequence(value)
	}
	return nil, fmt.Errorf("%v cannot be written in SQL: implement driver.Valuer, or use Argument", value.Type())
}

// valueOfSequence gives bytes for a sequence of bytes and an array for any other.
func valueOfSequence(sequence reflect.Value) (any, error) {
	if sequence.Type().Elem().Kind() == reflect.Uint8 {
		content := make([]byte, sequence.Len())
		reflect.Copy(reflect.ValueOf(content), sequence)
		return content, nil
	}
	elements := make(array, sequence.Len())
	for i := range elements {
		element, err := basicValue(sequence.Index(i).Interface())
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		elements[i] = element
	}
	return elements, nil
}
