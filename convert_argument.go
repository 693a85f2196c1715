package pgadapt

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"reflect"
	"time"

	"github.com/pgadapt/pgadapt/adapt"
	"github.com/pgadapt/pgadapt/internal/valuer"
)

// CheckNamedValue lets every argument through that may be a parameter: its bytes depend on the type that the
// server says the parameter is, which is known only later.
func (c *conn) CheckNamedValue(argument *driver.NamedValue) error { return checkArgument(argument) }

func checkArgument(argument *driver.NamedValue) error {
	switch value := argument.Value.(type) {
	case nil, string, []byte, int, int64, bool, time.Time, float64:
		return nil
	case sql.Out:
		return errors.New("pgadapt: sql.Out: PostgreSQL returns output parameters as the row of a CALL: use QueryRow")
	case fmt.Stringer:
		if mode, ok := modeOfPgx(value); ok {
			argument.Value = mode
		}
	}
	return nil
}

// resolve is the function resolve with the adapters of the configuration.
func (c *conn) resolve(argument any) (any, error) { return resolve(c.config.Types, argument) }

// resolve gives the value that argument stands for: what a registered adapter makes of it, what a driver.Valuer gives,
// what a pointer points at, and the basic value of a named type. It is nil, of one of the types of the switch, or of a
// type that only pgtype may know.
func resolve(registry *adapt.Registry, argument any) (any, error) {
	if registry != nil {
		adapted, ok, err := registry.Adapt(argument)
		if err != nil {
			return nil, err
		}
		if ok {
			return resolve(nil, adapted) // an adapter may give a value of the type that it is for
		}
		if t := reflect.TypeOf(argument); t != nil && isNullType(t) {
			return resolveNull(registry, reflect.ValueOf(argument))
		}
	}
	switch value := argument.(type) {
	case []byte:
		if value == nil {
			return nil, nil
		}
		return argument, nil
	case nil, string, bool, time.Time, time.Duration, float64, float32,
		int, int64, int32, int16, int8, uint, uint64, uint32, uint16, uint8, [16]byte:
		return argument, nil
	case *wrapper:
		return resolve(registry, value.value)
	case driver.Valuer:
		return resolveValuer(registry, value)
	case instruction, textArgument:
		return nil, notAValue(argument)
	case *big.Int, *big.Float, *big.Rat, *net.IPNet:
		return resolveByPointer(argument), nil
	case big.Int:
		return &value, nil
	case big.Float:
		return &value, nil
	case big.Rat:
		return &value, nil
	case net.IPNet:
		return &value, nil
	}
	value := reflect.ValueOf(argument)
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return nil, nil
		}
		return resolve(registry, value.Elem().Interface())
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
	case reflect.Slice:
		return resolveSlice(argument, value), nil
	}
	return argument, nil
}

// resolveNull looks into a sql.Null[T], whose own Value has no T any more.
func resolveNull(registry *adapt.Registry, null reflect.Value) (any, error) {
	if !null.Field(1).Bool() {
		return nil, nil
	}
	return resolve(registry, null.Field(0).Interface())
}

// resolveByPointer keeps pointers whose methods a copy would lose; a nil pointer is NULL.
func resolveByPointer(pointer any) any {
	if reflect.ValueOf(pointer).IsNil() {
		return nil
	}
	return pointer
}

// resolveValuer resolves what a driver.Valuer gives.
func resolveValuer(registry *adapt.Registry, given driver.Valuer) (any, error) {
	value, err := valuer.ValueOf(given)
	if err != nil {
		return nil, err
	}
	return resolve(registry, value)
}

// resolveSlice gives the bytes of a named byte slice, and the text of one that is text by nature, such as
// json.RawMessage and net.IP: nothing but its type says so where the parameter's is not known. Other slices are for
// pgtype.
func resolveSlice(argument any, value reflect.Value) any {
	if value.IsNil() {
		return nil
	}
	if value.Type().Elem().Kind() != reflect.Uint8 {
		return argument
	}
	switch text := argument.(type) {
	case json.Marshaler:
		return string(value.Bytes())
	case fmt.Stringer:
		return text.String()
	}
	return value.Bytes()
}
