//go:build go1.27

package pgadapt

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5/pgtype"
)

// isRich reports whether a destination is of a kind that database/sql does not convert to: slices, arrays, maps and
// structs, and the types that a text has to be parsed for.
func isRich(r *rows, column *column, t reflect.Type) bool {
	if types := r.conn.config.Types; types != nil && len(types.CasterNames(t)) > 0 {
		return true
	}
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
		var count *fieldCountError
		if errors.As(err, &count) {
			plan = nil
			r.conn.database.catalog.types.Delete(count.info.oid)
		}
		return false, fmt.Errorf("%s into %s: %w", r.conn.nameInErrors(column.oid), t, err)
	}
}

func (r *rows) makeRichPlan(source *column, t reflect.Type) (scanPlan, error) {
	info, err := r.conn.typeInfo(source.oid)
	if err != nil {
		return nil, err
	}
	for _, name := range r.conn.config.Types.CasterNames(t) {
		if _, err := r.conn.typeByName(name); err != nil {
			return nil, err
		}
	}
	if plan := planArray(r, source, t); plan != nil {
		return plan, nil
	}
	inner := planText(&r.conn.decoding, info, t)
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		d := r.decoding()
		if src != nil && column.format == pgtype.BinaryFormatCode {
			text, err := column.decoder.appendTextForm(column.oid, d.scratch, src)
			if err != nil {
				return false, err
			}
			src, d.scratch = text[len(d.scratch):], text
			defer func() { d.scratch = d.scratch[:0] }()
		}
		return true, inner(d, src, reflect.ValueOf(destination).Elem())
	}, nil
}

// nameInErrors is builtinTypeName with the names of the database's own types that are known.
func (c *conn) nameInErrors(oid uint32) string {
	if known, ok := c.database.catalog.get(oid); ok {
		return known.String()
	}
	return builtinTypeName(oid)
}
