// Package valuer asks a driver.Valuer for its value, as database/sql does.
package valuer

import (
	"database/sql/driver"
	"fmt"
	"reflect"
)

// ValueOf gives what valuer gives. A nil pointer to a type whose Value method has a value receiver is NULL: calling
// the method would panic. Another Valuer as the value is an error, since it need not come to an end.
func ValueOf(valuer driver.Valuer) (driver.Value, error) {
	reflected := reflect.ValueOf(valuer)
	if reflected.Kind() == reflect.Pointer && reflected.IsNil() &&
		reflected.Type().Elem().Implements(reflect.TypeFor[driver.Valuer]()) {
		return nil, nil
	}
	value, err := valuer.Value()
	if err != nil {
		return nil, err
	}
	if _, again := value.(driver.Valuer); again {
		return nil, fmt.Errorf("the Value method of %T gives another driver.Valuer, %T", valuer, value)
	}
	return value, nil
}
