//go:build !go1.27

package pgadapt

import (
	"database/sql"
	"reflect"
)

// scannable gives a destination for Scan: the pointer to a variable of type t, wrapped where database/sql alone does
// not convert to t.
func scannable(pointer any, t reflect.Type) any {
	if isConverted(t) {
		return pointer
	}
	return Scan(pointer)
}

// isConverted reports whether database/sql converts to t.
func isConverted(t reflect.Type) bool {
	if _, ok := reflect.New(t).Interface().(sql.Scanner); ok || t == timeType {
		return true
	}
	switch t.Kind() {
	case reflect.Pointer:
		return isConverted(t.Elem())
	case reflect.Slice:
		return t.Elem() == reflect.TypeFor[byte]()
	case reflect.Array, reflect.Map, reflect.Struct:
		return false
	}
	return t != durationType && !isTextUnmarshaler(t)
}
