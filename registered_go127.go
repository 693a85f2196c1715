//go:build go1.27

package pgadapt

import (
	"bytes"
	"reflect"
)

// scanRegistered gives an *any the Go type that was registered for the column's type, nil where none was.
func (r *rows) scanRegistered(column *column, src []byte) (any, error) {
	if _, builtin := builtinTypes[column.oid]; builtin {
		return nil, nil
	}
	src = bytes.Clone(src) // looking up the type takes the open rows out of the network's buffer
	info, err := r.conn.typeInfo(column.oid)
	if err != nil {
		return nil, err
	}
	goType, ok := r.conn.config.Types.GoType(info.schema, info.name)
	if !ok {
		return nil, nil
	}
	d := r.decoding()
	value := reflect.New(goType).Elem()
	if err := planText(d, info, goType)(d, src, value); err != nil {
		return nil, err
	}
	return value.Interface(), nil
}
