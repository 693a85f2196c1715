package pgadapt

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/adapt"
	"github.com/pgadapt/pgadapt/internal/wire"
)

// Every type of PostgreSQL has a text form, and those that are made of others hold the text forms of their parts. What
// follows scans a text form into a Go value, whatever the two are made of. It is the way of all values without a
// shorter one, and of the wrappers that work without a connection.

// textPlan scans the text form of a type, nil for NULL, into a Go value of the type that the plan was made for.
type textPlan func(d *decoding, src []byte, target reflect.Value) error

// decoding is what the decoders of a session share. The zero value is for values that come without a session.
type decoding struct {
	// location is that of timestamptz values; nil takes the offset in the text.
	location *time.Location
	config   *Config
	// database is nil without a session.
	database *database
	types    *pgtype.Map
	// scratch is memory for the text form of what arrived in binary format.
	scratch []byte
}

func (d *decoding) typeMap() *pgtype.Map {
	if d.types == nil {
		d.types = pgtype.NewMap()
	}
	return d.types
}

func (d *decoding) registry() *adapt.Registry {
	if d.config == nil {
		return nil
	}
	return d.config.Types
}

// planTextByCaster leaves the text to a registered function.
func planTextByCaster(decode func(text []byte) (any, error)) textPlan {
	return func(_ *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return setNull(target)
		}
		value, err := decode(src)
		if err != nil {
			return err
		}
		target.Set(reflect.ValueOf(value))
		return nil
	}
}

var (
	anyType      = reflect.TypeFor[any]()
	scannerType  = reflect.TypeFor[sql.Scanner]()
	durationType = reflect.TypeFor[time.Duration]()
)

// planText chooses how the text of a type is scanned into Go values of type t.
func planText(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	if decode, ok := d.casterFor(t, info); ok {
		return planTextByCaster(decode)
	}
	if t == anyType {
		return planTextIntoAny(d, info)
	}
	for info.kind == domainType {
		info = info.element
	}
	switch {
	case isNullType(t):
		return planTextIntoNull(d, info, t)
	case reflect.PointerTo(t).Implements(scannerType):
		return planTextIntoScanner(info)
	case t.Kind() == reflect.Pointer:
		return planTextIntoPointer(d, info, t)
	}
	if plan := planPartsOfText(d, info, t); plan != nil {
		return plan
	}
	return planScalarText(info, t)
}

// planPartsOfText knows the types that are made of others, nil for a destination that takes the whole text.
func planPartsOfText(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	switch info.kind {
	case arrayType:
		if isFlatArray(d, info, t) {
			return flatArrayPlans[t](planArrayText(d, info, t))
		}
		if isList(t) {
			return planArrayText(d, info, t)
		}
	case compositeType:
		return planCompositeText(d, info, t)
	case rangeType:
		if reflect.PointerTo(t).Implements(rangeScannerType) {
			return planRangeText(d, info)
		}
	case multirangeType:
		if t.Kind() == reflect.Slice && reflect.PointerTo(t.Elem()).Implements(rangeScannerType) {
			return planMultirangeText(d, info, t)
		}
	}
	if info.oid == pgtype.RecordOID && t.Kind() == reflect.Slice && isList(t) {
		return planRecordText(d, t)
	}
	if info.name == "hstore" && t.Kind() == reflect.Map {
		return planHstoreText(d, info, t)
	}
	return nil
}

// isList reports whether t is a slice or array, other than one of bytes.
func isList(t reflect.Type) bool {
	return (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && t.Elem().Kind() != reflect.Uint8 ||
		t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 && t.Elem() != reflect.TypeFor[byte]()
}

// isNullType reports whether t is sql.Null[T] or one of its elder relatives, sql.NullString and so on: a value
// and Valid.
func isNullType(t reflect.Type) bool {
	return t.PkgPath() == "database/sql" && t.Kind() == reflect.Struct && t.NumField() == 2 &&
		t.Field(1).Name == "Valid"
}

func planTextIntoNull(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	inner := planText(d, info, t.Field(0).Type)
	return func(d *decoding, src []byte, target reflect.Value) error {
		target.SetZero()
		if src == nil {
			return nil
		}
		target.Field(1).SetBool(true)
		return inner(d, src, target.Field(0))
	}
}

func planTextIntoPointer(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	inner := planText(d, info, t.Elem())
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			target.SetZero()
			return nil
		}
		value := reflect.New(t.Elem())
		if err := inner(d, src, value.Elem()); err != nil {
			return err
		}
		target.Set(value)
		return nil
	}
}

// planTextIntoAny gives what a column of the type gives to an *any.
func planTextIntoAny(d *decoding, info *typeInfo) textPlan {
	if goType := d.registeredType(info); goType != nil {
		return planTextIntoRegistered(d, info, goType)
	}
	for info.kind == domainType {
		info = info.element
	}
	decoder := decoderFor(info.oid, pgtype.TextFormatCode)
	return func(d *decoding, src []byte, target reflect.Value) error {
		value, err := d.value(decoder, src)
		if err != nil {
			return err
		}
		if value == nil {
			target.SetZero()
			return nil
		}
		target.Set(reflect.ValueOf(value))
		return nil
	}
}

// planTextIntoRegistered gives the Go type that was registered for the type.
func planTextIntoRegistered(d *decoding, info *typeInfo, goType reflect.Type) textPlan {
	inner := planText(d, info, goType)
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			target.SetZero()
			return nil
		}
		value := reflect.New(goType).Elem()
		if err := inner(d, src, value); err != nil {
			return err
		}
		target.Set(value)
		return nil
	}
}

func planTextIntoScanner(info *typeInfo) textPlan {
	decoder := decoderFor(info.oid, pgtype.TextFormatCode)
	return func(d *decoding, src []byte, target reflect.Value) error {
		value, err := d.value(decoder, src)
		if err != nil {
			return err
		}
		return target.Addr().Interface().(sql.Scanner).Scan(value)
	}
}

// value gives the driver.Value of a text.
func (d *decoding) value(decoder *decoder, src []byte) (any, error) {
	if decoder.moment == nil || src == nil {
		return decoder.ownValue(src)
	}
	moment, infinity, err := decoder.moment(src, d.location)
	if err != nil {
		return nil, err
	}
	if infinity == wire.Finite {
		return moment, nil
	}
	if mapped, ok := d.infinityTime(infinity); ok {
		return mapped, nil
	}
	return infinity.String(), nil
}

func (d *decoding) infinityTime(infinity wire.Infinity) (time.Time, bool) {
	if d.config == nil {
		return time.Time{}, false
	}
	return d.config.infinityTime(infinity)
}

// planArrayText scans an array into slices and arrays, one for each dimension.
func planArrayText(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	leaf, depth := t, 0
	elementIsList := info.element.kind == multirangeType || info.element.oid == pgtype.RecordOID
	for isList(leaf) && (depth == 0 || !elementIsList) {
		leaf, depth = leaf.Elem(), depth+1
	}
	inner := planText(d, info.element, leaf)
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return setNull(target)
		}
		array, err := wire.ParseArray(src, info.delimiter)
		if err != nil {
			return err
		}
		lengths := array.Lengths()
		if len(lengths) != depth && len(lengths) > 0 {
			return dimensionError(len(lengths), t)
		}
		if len(lengths) == 0 {
			lengths = make([]int, 1)
		}
		number := 0
		return fillList(target, lengths, func(element reflect.Value) error {
			text, null := array.Next(nil)
			if null {
				text = nil
			}
			number++
			if err := inner(d, text, element); err != nil {
				return fmt.Errorf("element %d: %w", number, err)
			}
			return nil
		})
	}
}

func dimensionError(dimensions int, t reflect.Type) error {
	return fmt.Errorf("an array of %d dimensions does not fit %s", dimensions, t)
}

// fillList makes slices of the lengths, one dimension in the other, and calls fill for each element.
func fillList(target reflect.Value, lengths []int, fill func(element reflect.Value) error) error {
	length := lengths[0]
	switch {
	case target.Kind() == reflect.Slice && length == 0:
		target.Set(reflect.MakeSlice(target.Type(), 0, 0))
	case target.Kind() == reflect.Slice:
		target.SetZero() // new memory: the program may have kept the old
		target.Grow(length)
		target.SetLen(length)
	case target.Len() != length:
		return fmt.Errorf("%d elements do not fit %s", length, target.Type())
	}
	for i := range length {
		var err error
		if len(lengths) > 1 {
			err = fillList(target.Index(i), lengths[1:], fill)
		} else {
			err = fill(target.Index(i))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setNull sets what can be nil to nil.
func setNull(target reflect.Value) error {
	switch target.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
		target.SetZero()
		return nil
	}
	return nullError(target.Type())
}

func nullError(t reflect.Type) error {
	return fmt.Errorf("NULL does not fit %s: use *%[1]s or sql.Null[%[1]s]", t)
}

// planHstoreText scans an hstore into a map whose keys are strings.
func planHstoreText(d *decoding, info *typeInfo, t reflect.Type) textPlan {
	inner := planText(d, builtinTypes[pgtype.TextOID], t.Elem())
	return func(d *decoding, src []byte, target reflect.Value) error {
		if src == nil {
			return setNull(target)
		}
		if info.oid == 0 && len(src) > 0 && src[0] == '{' {
			return scanJSON(d, src, target) // nobody knows the type, but this is no hstore
		}
		if t.Key().Kind() != reflect.String {
			return fmt.Errorf("the keys of %s are no strings", t)
		}
		if t == reflect.TypeFor[map[string]string]() {
			return scanHstoreIntoStrings(string(src), target.Addr().Interface().(*map[string]string))
		}
		filled := reflect.MakeMap(t)
		element := reflect.New(t.Elem()).Elem()
		for pairs := wire.ParseHstore(string(src)); ; {
			key, value, null, ok, err := pairs.Next()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			var text []byte
			if !null {
				text = []byte(value)
			}
			element.SetZero()
			if err := inner(d, text, element); err != nil {
				return fmt.Errorf("key %q: %w", key, err)
			}
			filled.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), element)
		}
		target.Set(filled)
		return nil
	}
}

// scanHstoreIntoStrings is the way without reflection for the most common map. Its keys and values are parts of src: one
// allocation, in place of one each, for texts that a program keeps and drops together.
func scanHstoreIntoStrings(src string, destination *map[string]string) error {
	filled := map[string]string{}
	for pairs := wire.ParseHstore(src); ; {
		key, value, null, ok, err := pairs.Next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if null {
			return fmt.Errorf("key %q: %w", key, nullError(stringType))
		}
		filled[key] = value
	}
	*destination = filled
	return nil
}

// scanJSON reads a JSON document into a Go value; NULL is not the document null.
func scanJSON(_ *decoding, src []byte, target reflect.Value) error {
	if src == nil {
		return setNull(target)
	}
	target.SetZero()
	if err := json.Unmarshal(src, target.Addr().Interface()); err != nil {
		return err
	}
	return nil
}
