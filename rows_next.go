package pgadapt

import (
	"database/sql/driver"
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// Next gives a driver.Value without seeing what it will be scanned into. Two things are therefore done there which
// ScanColumn, of Go 1.27, does when it sees the destination: a column whose type has a Caster gives what that makes of it,
// and the types of texts that a wrapper cannot read by itself are noted for it.

// outlook is what Next does with a column beyond giving its driver.Value.
type outlook struct {
	// cast scans the column by a Caster, into a value of the type castType; nil where the column's type has none.
	cast     textPlan
	castType reflect.Type
	// info is the type to note, nil where the text says all that a wrapper must know.
	info *typeInfo
	// err says why the type is not known.
	err error
}

// isNone reports whether nothing is to be done.
func (o *outlook) isNone() bool { return o.cast == nil && o.info == nil && o.err == nil }

// lookAhead decides for each column of the present result set what Next does with it. Nearly always that is nothing,
// and outlooks stays nil.
func (r *rows) lookAhead() {
	r.lookedAhead, r.outlooks = true, nil
	for i := range r.shape.columns {
		column := &r.shape.columns[i]
		if isCoreType(column.oid) && r.conn.config.Types == nil {
			continue
		}
		found := r.outlookOf(column)
		if found.isNone() {
			continue
		}
		if r.outlooks == nil {
			r.outlooks = make([]outlook, len(r.shape.columns))
		}
		r.outlooks[i] = found
	}
}

// knowTypes looks up the types of columns before their rows are open and would have to be read ahead. What cannot be
// looked up is left to lookAhead.
func (c *conn) knowTypes(fields []pgconn.FieldDescription) {
	for i := range fields {
		if !isCoreType(fields[i].DataTypeOID) {
			_, _ = c.typeInfo(fields[i].DataTypeOID)
		}
	}
	_ = c.knowNames()
}

func (r *rows) outlookOf(column *column) (found outlook) {
	info, err := r.conn.typeInfoWithin(metadataReadAhead, column.oid)
	if err == nil {
		err = r.conn.knowNames()
	}
	if err != nil {
		return outlook{err: err}
	}
	d := &r.conn.decoding
	if found.cast, found.castType = d.castOf(info); found.cast == nil && d.needsType(info) {
		found.info = info
	}
	return found
}

// nextByOutlook gives the current row where there is an outlook for a column.
func (r *rows) nextByOutlook(dest []driver.Value) error {
	for i := range r.outlooks {
		value, err := r.nextValue(i)
		if err != nil {
			return r.inColumn(i, err)
		}
		dest[i] = value
	}
	r.noteTypes(dest)
	return nil
}

func (r *rows) inColumn(i int, err error) error {
	return fmt.Errorf("pgadapt: column %q: %w", r.shape.names[i], err)
}

// nextValue gives the driver.Value of a column, or what a Caster makes of it.
func (r *rows) nextValue(i int) (driver.Value, error) {
	switch {
	case r.outlooks[i].err != nil && r.conn.config.Types != nil:
		return nil, r.outlooks[i].err // a Caster may be for the column
	case r.outlooks[i].cast == nil || r.values[i] == nil:
		return r.value(i)
	}
	d := r.decoding()
	defer d.release()
	text, err := r.shape.columns[i].textForm(d, r.values[i])
	if err != nil {
		return nil, err
	}
	value := reflect.New(r.outlooks[i].castType).Elem()
	if err := r.outlooks[i].cast(d, text, value); err != nil {
		return nil, fmt.Errorf("%s into %s: %w", r.conn.nameInErrors(r.shape.columns[i].oid), value.Type(), err)
	}
	return value.Interface(), nil
}

// noteTypes notes the types of the row's texts for the wrappers that they may be scanned into.
func (r *rows) noteTypes(values []driver.Value) {
	for i := range r.outlooks {
		text, isText := values[i].(string)
		outlook := &r.outlooks[i]
		if !isText || text == "" || outlook.info == nil && outlook.err == nil {
			continue
		}
		r.noted = append(r.noted, noteType(text, notedType{
			info: outlook.info,
			err:  outlook.err,
			decoding: decoding{
				location: r.location(), config: r.conn.config, database: r.conn.database,
			},
		}))
	}
}

// castOf gives the plan of the Caster that was registered last for a type, and what it scans into.
func (d *decoding) castOf(info *typeInfo) (cast textPlan, goType reflect.Type) {
	goType = d.registeredType(info)
	if goType == nil {
		return nil, nil
	}
	decode, ok := d.casterFor(goType, info)
	if !ok {
		return nil, nil
	}
	return planTextByCaster(decode), goType
}

// needsType reports whether a wrapper has to know a type to read its text: for the names of a composite's fields, and
// for Casters, and because of what isCoreType says of arrays.
func (d *decoding) needsType(info *typeInfo) bool {
	if info.kind == compositeType || info.oid == pgtype.RecordOID || info.isUnusualArray() {
		return true
	}
	if cast, _ := d.castOf(info); cast != nil {
		return true
	}
	return info.element != nil && d.needsType(info.element)
}

// isCoreType reports whether a wrapper can read the text of a type without knowing it.
func isCoreType(oid uint32) bool {
	info, ok := builtinTypes[oid]
	return ok && !info.isUnusualArray() && oid != pgtype.RecordOID
}

// isUnusualArray reports whether a text looks like that of an array of other elements: boxes have another delimiter,
// multiranges the braces of an inner array, and records are lists themselves.
func (t *typeInfo) isUnusualArray() bool {
	return t.kind == arrayType &&
		(t.delimiter != ',' || t.element.kind == multirangeType || t.element.oid == pgtype.RecordOID)
}
