package pgadapt

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// Wrapper is a destination for Scan and an argument at the same time: what [Array], [JSON], [Scan] and [Value] give.
type Wrapper interface {
	sql.Scanner
	driver.Valuer
}

// Array wraps a slice as an argument, or the pointer to a slice or array as a destination, for arrays of any dimension
// and element type. NULL makes the slice nil; a NULL element needs elements that can be nil, such as *string or
// sql.Null. It does before Go 1.27 what Go 1.27 does without it, and reads the text form of the array, also from other
// drivers: see Scan. Value gives an array literal such as {1,2}.
func Array(value any) Wrapper { return &wrapper{value: value} }

// Scan wraps the pointer to a value as a destination for everything that database/sql alone does not convert: arrays,
// hstore into maps, ranges into pgtype.Range, composite values into structs, intervals into time.Duration, networks,
// and json into whatever encoding/json can fill. It does before Go 1.27 what Go 1.27 does without it. From
// another driver, or from a copy of what this one gave, it reads the text form without knowing its type: the fields of a
// composite value are then taken in their order, since their names are not known.
func Scan(destination any) Wrapper { return &wrapper{value: destination} }

// Value wraps an argument so that every driver gets its text form: {1,2} for a slice, a document for a map. pgadapt does
// not need it; it helps where a driver.Valuer is asked for.
func Value(value any) Wrapper { return &wrapper{value: value} }

// JSON wraps a value as a JSON document: as an argument it is encoded by encoding/json, strings and byte slices too; as
// a destination, a pointer, it is filled from the text of a json, jsonb or text column. NULL makes a pointer, slice or
// map nil and is an error for others. An argument that is nil, or a nil pointer, is NULL; JSON's own null is
// json.RawMessage("null").
func JSON(value any) Wrapper { return &jsonWrapper{value: value} }

type wrapper struct {
	value any
	// plan, decoding and text are kept from the last scan: rows are often scanned into the same wrappers.
	plan     textPlan
	decoding *decoding
	text     []byte
}

// Scan reads the text form of a value, which other drivers give as well.
func (w *wrapper) Scan(src any) error {
	target, err := targetOf(w.value)
	if err != nil {
		return err
	}
	switch src := src.(type) {
	case nil:
		return w.scanText(nil, target)
	case []byte:
		return w.scanBytes(src, target)
	case string:
		if note := notedTypeOf(src); note != nil {
			return note.scan(src, target)
		}
		if pairs, ok := w.value.(*map[string]string); ok && !strings.HasPrefix(src, "{") {
			return scanHstoreIntoStrings(src, pairs) // without a copy
		}
		w.text = append(w.text[:0], src...)
		return w.scanText(w.text, target)
	}
	return scanValue(reflect.ValueOf(src), target)
}

// scanText reads a text, nil for NULL, by what the destination suggests.
func (w *wrapper) scanText(src []byte, target reflect.Value) error {
	if w.decoding == nil {
		w.decoding = &decoding{}
	}
	plan := w.plan
	if plan == nil {
		plan = planGuessed(target.Type(), src)
		if !isGuessedByText(target.Type()) {
			w.plan = plan
		}
	}
	return plan(w.decoding, src, target)
}

// scanValue takes over a value that is none of a text: a number, a time, what a Caster has made.
func scanValue(src, target reflect.Value) error {
	switch {
	case src.Type().AssignableTo(target.Type()):
		target.Set(src)
		return nil
	case target.Kind() == reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
		return scanValue(src, target.Elem())
	case isNullType(target.Type()):
		target.Field(1).SetBool(true)
		return scanValue(src, target.Field(0))
	case src.Type().ConvertibleTo(target.Type()) && src.Kind() == target.Kind():
		target.Set(src.Convert(target.Type()))
		return nil
	}
	return scanGuessed(fmt.Append(nil, src.Interface()), target)
}

// scanBytes reads bytes: json from this driver, everything from lib/pq.
func (w *wrapper) scanBytes(src []byte, target reflect.Value) error {
	if isWholeText(target.Type()) || isList(target.Type()) && (len(src) == 0 || src[0] != '[') {
		return w.scanText(src, target)
	}
	err := scanJSON(nil, src, target)
	if err == nil || json.Valid(src) { // decoding looks for that first, and only an error needs a second look
		return err
	}
	return w.scanText(src, target)
}

func scanGuessed(src []byte, target reflect.Value) error {
	return planGuessed(target.Type(), src)(&decoding{}, src, target)
}

// guessedPlans has the plans that planGuessed has made, by the type of the destination: there are not many in a program.
// Making one anew for each value took five of the eleven allocations for a wrapped map of an hstore.
var guessedPlans sync.Map

// planGuessed chooses how a text is scanned of which only the destination is known.
func planGuessed(t reflect.Type, src []byte) textPlan {
	if isGuessedByText(t) {
		return planText(&decoding{}, guessType(t, src), t)
	}
	if made, ok := guessedPlans.Load(t); ok {
		return made.(textPlan)
	}
	plan := planText(&decoding{}, guessType(t, src), t)
	guessedPlans.Store(t, plan)
	return plan
}

func targetOf(destination any) (reflect.Value, error) {
	pointer := reflect.ValueOf(destination)
	if pointer.Kind() != reflect.Pointer || pointer.IsNil() {
		return reflect.Value{}, fmt.Errorf("pgadapt: the destination is %T, not a pointer to a variable", destination)
	}
	return pointer.Elem(), nil
}

// Value gives the text form, as a string.
func (w *wrapper) Value() (driver.Value, error) {
	value, err := resolve(nil, w.value)
	if err != nil || driver.IsValue(value) {
		return value, err
	}
	types := pgtype.NewMap()
	e := &encoder{config: &Config{}, types: func() *pgtype.Map { return types }}
	text, null, err := e.append([]byte{}, guessType(reflect.TypeOf(value), nil), value)
	if errors.Is(err, errNoText) {
		err = fmt.Errorf("pgadapt: %T has no text form", value)
	}
	if err != nil || null {
		return nil, err
	}
	return string(text), nil
}

type jsonWrapper struct{ value any }

// Scan decodes a document.
func (w *jsonWrapper) Scan(src any) error {
	target, err := targetOf(w.value)
	if err != nil {
		return err
	}
	switch src := src.(type) {
	case nil:
		return setNull(target)
	case []byte:
		return scanJSON(nil, src, target)
	case string:
		return scanJSON(nil, []byte(src), target)
	}
	return fmt.Errorf("pgadapt: %T is no JSON document", src)
}

// Value encodes the document, as a string.
func (w *jsonWrapper) Value() (driver.Value, error) {
	if w.value == nil {
		return nil, nil
	}
	if reflected := reflect.ValueOf(w.value); reflected.Kind() == reflect.Pointer && reflected.IsNil() {
		return nil, nil
	}
	text, err := marshalJSON(w.value)
	return string(text), err
}

// guessType gives the type whose text a Go type is likely to hold, where nobody knows the type of the value. src is the
// text, where there is one.
func guessType(t reflect.Type, src []byte) *typeInfo { return guessNested(t, src, 0) }

// maxGuessed bounds how deep a Go type is looked into: one that holds itself has no end.
const maxGuessed = 16

func guessNested(t reflect.Type, src []byte, depth int) *typeInfo {
	if depth > maxGuessed {
		return &typeInfo{name: "value"}
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	isRange := reflect.PointerTo(t).Implements(rangeScannerType)
	switch {
	case isRange:
		return &typeInfo{kind: rangeType, name: "range", element: guessBound(t, depth)}
	case reflect.PointerTo(t).Implements(scannerType), isTextUnmarshaler(t), scalarPlans[t] != nil, isUUIDLike(t):
	case isList(t):
		return guessList(t, src, depth)
	case t.Kind() == reflect.Map:
		return &typeInfo{kind: scalarType, name: "hstore"}
	case t.Kind() == reflect.Struct:
		return guessComposite(t, depth)
	case t == durationType:
		return builtinTypes[pgtype.IntervalOID]
	}
	if t == durationType {
		return builtinTypes[pgtype.IntervalOID]
	}
	return &typeInfo{name: "value"}
}

// isGuessedByText reports whether guessType looks at the text.
func isGuessedByText(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return isList(t) && reflect.PointerTo(t.Elem()).Implements(rangeScannerType)
}

func guessList(t reflect.Type, src []byte, depth int) *typeInfo {
	if isGuessedByText(t) {
		_, err := wire.ParseMultirange(src)
		isMultirange := err == nil && string(src) != "{empty}"
		if src == nil {
			isMultirange = strings.HasPrefix(t.Name(), "Multirange[")
		}
		if isMultirange {
			return &typeInfo{kind: multirangeType, name: "multirange", element: guessNested(t.Elem(), nil, depth+1)}
		}
	}
	leaf := t.Elem()
	for isList(leaf) && !isUUIDLike(leaf) {
		leaf = leaf.Elem()
	}
	delimiter := byte(',')
	if leaf == reflect.TypeFor[pgtype.Box]() {
		delimiter = ';'
	}
	return &typeInfo{kind: arrayType, name: "array", delimiter: delimiter, element: guessNested(leaf, nil, depth+1)}
}

// guessBound gives the type of a range's bounds: a pgtype.Range[T] has them in its fields.
func guessBound(t reflect.Type, depth int) *typeInfo {
	if t.Kind() == reflect.Struct {
		if lower, ok := t.FieldByName("Lower"); ok {
			return guessNested(lower.Type, nil, depth+1)
		}
	}
	return &typeInfo{name: "bound"}
}

// guessComposite takes the fields of a struct in their order.
func guessComposite(t reflect.Type, depth int) *typeInfo {
	info := &typeInfo{kind: compositeType, name: "composite"}
	fields := fieldsOf(t)
	for _, name := range fields.names {
		info.fields = append(info.fields, typeField{name: name, info: guessNested(t.FieldByIndex(fields.byName[name]).Type, nil, depth+1)})
	}
	return info
}
