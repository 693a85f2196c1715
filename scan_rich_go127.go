//go:build go1.27

package pgadapt

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5/pgtype"
)

// isRich reports whether a destination is of a kind that database/sql does not convert to: slices, arrays, maps and
// structs, and the types that a text has to be parsed for.
func isRich(r *rows, column *column, t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice:
		return t.Elem().Kind() != reflect.Uint8 || isList(t) || column.decoder.bytes == nil && isTextUnmarshaler(t) ||
			scalarPlans[t] != nil
	case reflect.Array, reflect.Map, reflect.Struct:
		return t != timeType && !t.ConvertibleTo(timeType)
	case reflect.Int64:
		return t == durationType && column.oid == pgtype.IntervalOID
	}
	_, known := builtinTypes[column.oid]
	return known && column.decoder.isVerbatim() && isTextUnmarshaler(t) && t.Kind() != reflect.Pointer
}

// planRich scans into values that are made of others, by way of the text form where there is no shorter one. The plan
// is made with the first value, since the types of the database have to be looked up.
func planRich(t reflect.Type) scanPlan {
	var plan scanPlan
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		if reflect.ValueOf(destination).IsNil() {
			return false, nil
		}
		for attempt := 1; ; attempt++ {
			if plan == nil {
				src = bytes.Clone(src) // looking up the type takes the open rows out of the network's buffer
				made, err := r.makeRichPlan(column, t)
				if err != nil {
					return false, err
				}
				plan = made
			}
			done, err := plan(r, column, src, destination)
			if err == nil {
				return done, nil
			}
			if attempt == 1 && r.conn.database.catalog.forgetChanged(column.oid, err) {
				plan = nil
				continue
			}
			return false, fmt.Errorf("%s into %s: %w", r.conn.nameInErrors(column.oid), t, err)
		}
	}
}

func (r *rows) makeRichPlan(source *column, t reflect.Type) (scanPlan, error) {
	info, err := r.conn.typeInfo(source.oid)
	if err != nil {
		return nil, err
	}
	if err := r.conn.knowNames(); err != nil {
		return nil, err
	}
	if err := r.conn.checkCasters(t); err != nil {
		return nil, err
	}
	if _, isCast := r.conn.decoding.casterFor(t, info); !isCast {
		if plan := planArray(r, source, t); plan != nil {
			return plan, nil
		}
	}
	inner := planText(&r.conn.decoding, info, t)
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		d := r.decoding()
		defer d.release()
		text, err := column.textForm(d, src)
		if err != nil {
			return false, err
		}
		return true, inner(d, text, reflect.ValueOf(destination).Elem())
	}, nil
}
