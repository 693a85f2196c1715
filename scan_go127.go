//go:build go1.27

package pgadapt

import (
	"database/sql"
	"database/sql/driver"
	"math"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// scanPlan scans a value into a destination of the type that the plan was chosen for. It is not done where
// database/sql's conversion has to decide: NULL into a plain type, a number out of range, a nil pointer.
type scanPlan func(r *rows, column *column, src []byte, destination any) (done bool, err error)

// planScan chooses how a column is scanned into destinations of a type; nil leaves it to database/sql.
func planScan(r *rows, column *column, destination reflect.Type) scanPlan {
	if destination == nil || destination.Kind() != reflect.Pointer {
		return nil
	}
	if destination == wrapperType {
		return scanWrapper()
	}
	if r.concernsRegistry(destination) {
		return planRegistered(destination)
	}
	return planUnregistered(r, column, destination)
}

// planUnregistered is planScan for a destination that nothing is registered for.
func planUnregistered(r *rows, column *column, destination reflect.Type) scanPlan {
	if plan := planBasic(column, destination); plan != nil {
		return plan
	}
	element := destination.Elem()
	switch {
	case isNullType(element):
		return planNull(r, column, element)
	case destination.Implements(scannerType):
		return nil
	case isRich(r, column, element):
		return planRich(element)
	case element.Kind() == reflect.Pointer:
		return planPointer(r, column, element)
	}
	return planNamed(column, destination)
}

// planBasic knows the destinations that are not made of others.
func planBasic(column *column, destination reflect.Type) scanPlan {
	switch destination.Elem() {
	case reflect.TypeFor[any]():
		return scanAny
	case reflect.TypeFor[sql.RawBytes]():
		return planIf(column.decoder.isText(), scanRawBytes)
	case stringType:
		return planString(column.decoder)
	case bytesType:
		return planIf(column.decoder.isText(), scanBytes)
	case boolType:
		return planIf(column.decoder.boolean != nil, scanBool)
	case timeType:
		return planTime(column.decoder)
	case float64Type:
		return planFloat(column, scanFloat64, scanNumeric64)
	case float32Type:
		return planFloat(column, scanFloat32, scanNumeric32)
	}
	if column.decoder.integer != nil {
		return integerPlans[destination.Elem()]
	}
	return nil
}

func planIf(applies bool, plan scanPlan) scanPlan {
	if applies {
		return plan
	}
	return nil
}

// into makes a plan of a function that decodes what is not NULL.
func into[T any](decode func(r *rows, column *column, src []byte) (value T, done bool, err error)) scanPlan {
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		target := destination.(*T)
		if src == nil || target == nil {
			return false, nil
		}
		value, done, err := decode(r, column, src)
		if !done || err != nil {
			return false, err
		}
		*target = value
		return true, nil
	}
}

// The plans for destinations that are not made of others.
var (
	scanBool            = into(boolOf)
	scanFloat64         = into(float64Of)
	scanFloat32         = into(float32Of)
	scanNumeric64       = into(numericOf[float64])
	scanNumeric32       = into(numericOf[float32])
	scanString          = into(stringOf)
	scanFormattedString = into(formattedStringOf)
	scanMoment          = into(momentOf)
	scanClock           = into(clockTimeOf)
	integerPlans        = map[reflect.Type]scanPlan{
		int64Type:                 into(integerOf[int64]),
		int32Type:                 into(integerOf[int32]),
		int16Type:                 into(integerOf[int16]),
		reflect.TypeFor[int]():    into(integerOf[int]),
		reflect.TypeFor[int8]():   into(integerOf[int8]),
		reflect.TypeFor[uint]():   into(integerOf[uint]),
		reflect.TypeFor[uint64](): into(integerOf[uint64]),
		reflect.TypeFor[uint32](): into(integerOf[uint32]),
		reflect.TypeFor[uint16](): into(integerOf[uint16]),
		reflect.TypeFor[uint8]():  into(integerOf[uint8]),
	}
)

type integer interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64
}

func integerOf[T integer](_ *rows, column *column, src []byte) (T, bool, error) {
	value, err := column.decoder.integer(src)
	narrowed := T(value)
	return narrowed, int64(narrowed) == value && (narrowed < 0) == (value < 0), err
}

func boolOf(_ *rows, column *column, src []byte) (bool, bool, error) {
	value, err := column.decoder.boolean(src)
	return value, true, err
}

func float64Of(_ *rows, column *column, src []byte) (float64, bool, error) {
	value, err := column.decoder.float(src)
	return value, true, err
}

func float32Of(_ *rows, column *column, src []byte) (float32, bool, error) {
	value, err := column.decoder.float(src)
	narrowed := float32(value)
	return narrowed, !math.IsInf(float64(narrowed), 0) || math.IsInf(value, 0), err
}

// numericOf rounds a numeric to the nearest float, on the program's request.
func numericOf[T float32 | float64](_ *rows, _ *column, src []byte) (T, bool, error) {
	value, err := wire.ParseFloat(src, reflect.TypeFor[T]().Bits())
	return T(value), err == nil, nil
}

func stringOf(_ *rows, _ *column, src []byte) (string, bool, error) { return string(src), true, nil }

// formattedStringOf writes digits, a uuid or bytes into memory that is used again, so that the string is the only
// allocation.
func formattedStringOf(r *rows, column *column, src []byte) (string, bool, error) {
	text, err := r.appendText(column, r.raw, src)
	if err != nil {
		return "", false, err
	}
	kept := len(r.raw)
	r.raw = text[:kept]
	return string(text[kept:]), true, nil
}

func momentOf(r *rows, column *column, src []byte) (time.Time, bool, error) {
	moment, infinity, err := column.decoder.moment(src, r.location())
	if err != nil || infinity == wire.Finite {
		return moment, true, err
	}
	mapped, ok := r.conn.config.infinityTime(infinity)
	if !ok {
		return moment, false, infinityError(column.oid, infinity)
	}
	return mapped, true, nil
}

func clockTimeOf(_ *rows, column *column, src []byte) (time.Time, bool, error) {
	value, err := column.decoder.clock(src)
	return value, true, err
}

func planFloat(column *column, fromFloat, fromNumeric scanPlan) scanPlan {
	switch {
	case column.decoder.float != nil:
		return fromFloat
	case column.oid == pgtype.NumericOID && column.format == pgtype.TextFormatCode:
		return fromNumeric
	}
	return nil
}

func planString(decoder *decoder) scanPlan {
	if decoder.isVerbatim() {
		return scanString
	}
	return planIf(decoder.integer != nil || decoder.isText(), scanFormattedString)
}

func planTime(decoder *decoder) scanPlan {
	switch {
	case decoder.moment != nil:
		return scanMoment
	case decoder.clock != nil:
		return scanClock
	}
	return nil
}

// scanAny gives what a driver.Value would be.
func scanAny(r *rows, column *column, src []byte, destination any) (bool, error) {
	target := destination.(*any)
	if target == nil {
		return false, nil
	}
	value, err := r.decode(column.decoder, src)
	if err != nil {
		return false, err
	}
	*target = value
	return true, nil
}

// decode is value in memory of its own.
func (r *rows) decode(decoder *decoder, src []byte) (driver.Value, error) {
	if src != nil && (decoder.moment != nil || decoder.element != nil) {
		return decoder.value(r, decoder, src)
	}
	return decoder.ownValue(src)
}

func scanBytes(r *rows, column *column, src []byte, destination any) (bool, error) {
	target := destination.(*[]byte)
	if target == nil {
		return false, nil
	}
	if src == nil {
		*target = nil
		return true, nil
	}
	value, err := r.appendText(column, []byte{}, src)
	if err != nil {
		return false, err
	}
	*target = value
	return true, nil
}

// scanRawBytes gives memory of the rows that is valid until the next row. It is not the network's buffer,
// which another statement on the connection may fill in between.
func scanRawBytes(r *rows, column *column, src []byte, destination any) (bool, error) {
	target := destination.(*sql.RawBytes)
	if target == nil {
		return false, nil
	}
	if src == nil {
		*target = nil
		return true, nil
	}
	start := len(r.raw)
	raw, err := r.appendText(column, r.raw, src)
	if err != nil {
		return false, err
	}
	r.raw = raw
	*target = raw[start:len(raw):len(raw)]
	return true, nil
}

// planPointer scans into a new value, or sets the pointer to nil for NULL.
func planPointer(r *rows, source *column, pointer reflect.Type) scanPlan {
	inner := planScan(r, source, pointer)
	if inner == nil {
		return nil
	}
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		target := reflect.ValueOf(destination)
		if target.IsNil() {
			return false, nil
		}
		if src == nil {
			target.Elem().SetZero()
			return true, nil
		}
		value := reflect.New(pointer.Elem())
		done, err := inner(r, column, src, value.Interface())
		if done {
			target.Elem().Set(value)
		}
		return done, err
	}
}

// basicTypes has the type by which a named type of a kind is scanned.
var basicTypes = map[reflect.Kind]reflect.Type{
	reflect.Bool: boolType, reflect.String: stringType,
	reflect.Int: reflect.TypeFor[int](), reflect.Int8: reflect.TypeFor[int8](), reflect.Int16: int16Type,
	reflect.Int32: int32Type, reflect.Int64: int64Type,
	reflect.Uint: reflect.TypeFor[uint](), reflect.Uint8: reflect.TypeFor[uint8](),
	reflect.Uint16: reflect.TypeFor[uint16](), reflect.Uint32: reflect.TypeFor[uint32](),
	reflect.Uint64: reflect.TypeFor[uint64](), reflect.Float32: float32Type, reflect.Float64: float64Type,
	reflect.Slice: bytesType, reflect.Struct: timeType,
}

// planNamed scans a named type as its basic type: a pointer to the one converts to a pointer to the other.
func planNamed(source *column, destination reflect.Type) scanPlan {
	basic, ok := basicTypes[destination.Elem().Kind()]
	if !ok || basic == destination.Elem() || !namedTakes(source.decoder, basic) {
		return nil
	}
	pointer := reflect.PointerTo(basic)
	if !destination.ConvertibleTo(pointer) {
		return nil
	}
	inner := planBasic(source, pointer)
	if inner == nil {
		return nil
	}
	return func(r *rows, column *column, src []byte, destination any) (bool, error) {
		if src == nil {
			return false, nil
		}
		return inner(r, column, src, reflect.ValueOf(destination).Convert(pointer).Interface())
	}
}

// namedTakes keeps to what database/sql allows: a named string takes no number, and a named byte slice no text,
// whereas string and []byte take anything.
func namedTakes(decoder *decoder, basic reflect.Type) bool {
	switch basic {
	case stringType:
		return decoder.integer == nil
	case bytesType:
		return decoder.bytes != nil
	}
	return true
}

// isVerbatim reports whether the bytes are the text already.
func (d *decoder) isVerbatim() bool { return d == verbatim || d.clock != nil }

// isText reports whether the value is a text or bytes, or an array, whose text form is its driver.Value.
func (d *decoder) isText() bool {
	return d.isVerbatim() || d.text != nil || d.bytes != nil || d.element != nil
}
