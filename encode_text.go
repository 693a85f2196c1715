package pgadapt

import (
	"bytes"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"reflect"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// encoder writes Go values in the text form of a type of PostgreSQL, whatever the two are made of.
type encoder struct {
	config *Config
	types  func() *pgtype.Map
}

// encoder gives the session's.
func (c *conn) encoder() *encoder { return &encoder{config: c.config, types: c.typeMap} }

// errNoText says that a value has no text form of its own; the caller names the types.
var errNoText = errors.New("no text form")

// append adds the text of a value to dst; null says that it is NULL and nothing was added.
func (e *encoder) append(dst []byte, info *typeInfo, argument any) (text []byte, null bool, err error) {
	value, err := resolve(e.config.Types, argument)
	if err != nil || value == nil {
		return dst, value == nil, err
	}
	for info.kind == domainType {
		info = info.element
	}
	if isJSONType(info.oid) {
		return e.appendJSON(dst, value)
	}
	reflected := reflect.ValueOf(value)
	switch info.kind {
	case arrayType:
		if isList(reflected.Type()) {
			return e.appendArray(dst, info, reflected)
		}
	case compositeType:
		if text, null, err = e.appendComposite(dst, info, reflected); err != errNoText {
			return text, null, err
		}
	case rangeType:
		if ranged, ok := value.(pgtype.RangeValuer); ok {
			return e.appendRange(dst, info, ranged)
		}
	case multirangeType:
		if isList(reflected.Type()) {
			return e.appendMultirange(dst, info, reflected)
		}
	}
	if info.name == "hstore" && reflected.Kind() == reflect.Map {
		return e.appendHstore(dst, reflected)
	}
	text, err = e.appendScalar(dst, info, value)
	return text, false, err
}

// appendUntyped writes a value whose parameter nobody has described: the server reads the text as the type that it
// wants. Maps and structs are documents.
func (e *encoder) appendUntyped(dst []byte, value any) (text []byte, null bool, err error) {
	info := guessType(reflect.TypeOf(value), nil)
	if info.kind == compositeType || info.name == "hstore" {
		info = builtinTypes[pgtype.JSONBOID]
	}
	text, null, err = e.append(dst, info, value)
	if errors.Is(err, errNoText) {
		err = fmt.Errorf("%T has no PostgreSQL type: implement driver.Valuer", value)
	}
	return text, null, err
}

func isJSONType(oid uint32) bool { return oid == pgtype.JSONOID || oid == pgtype.JSONBOID }

// appendJSON writes a document. Strings and bytes are documents already; everything else is encoded, without the
// escapes for HTML.
func (e *encoder) appendJSON(dst []byte, value any) ([]byte, bool, error) {
	switch value := value.(type) {
	case string:
		return append(dst, value...), false, wire.CheckText(value)
	case []byte:
		return append(dst, value...), false, wire.CheckTextBytes(value)
	}
	text, err := marshalJSON(value)
	return append(dst, text...), false, err
}

func marshalJSON(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(buffer.Bytes(), []byte{'\n'}), err
}

// appendArray writes slices and arrays, one dimension in the other.
func (e *encoder) appendArray(dst []byte, info *typeInfo, list reflect.Value) ([]byte, bool, error) {
	if list.Kind() == reflect.Slice && list.IsNil() {
		return dst, true, nil
	}
	var leaves []reflect.Value
	lengths, err := e.flatten(list, info.element, &leaves, nil, 0)
	if err != nil {
		return dst, false, err
	}
	var scratch []byte
	number := 0
	text, err := wire.AppendArrayText(dst, lengths, info.delimiter, func(dst []byte) ([]byte, error) {
		element, null, err := e.append(scratch[:0], info.element, leaves[number].Interface())
		scratch = element
		number++
		if err != nil {
			return dst, elementError(err, leaves[number-1].Type(), info.element)
		}
		if null {
			return append(dst, "NULL"...), nil
		}
		return wire.AppendArrayElement(dst, element, info.delimiter), nil
	})
	return text, false, err
}

// flatten collects the elements of nested lists, which must have as many in each of a dimension.
func (e *encoder) flatten(list reflect.Value, element *typeInfo, leaves *[]reflect.Value, lengths []int, depth int) ([]int, error) {
	if depth == len(lengths) {
		lengths = append(lengths, list.Len())
	}
	if lengths[depth] != list.Len() {
		return nil, fmt.Errorf("PostgreSQL's arrays are rectangular, but there are %d elements beside %d in dimension %d",
			list.Len(), lengths[depth], depth+1)
	}
	for i := range list.Len() {
		inner := list.Index(i)
		if inner.Kind() == reflect.Interface && !inner.IsNil() {
			inner = inner.Elem()
		}
		if !isNested(inner, element) {
			if depth+1 < len(lengths) {
				return nil, errors.New("PostgreSQL's arrays are rectangular, but lists are mixed with elements")
			}
			*leaves = append(*leaves, inner)
			continue
		}
		if depth+1 == len(lengths) && i > 0 {
			return nil, errors.New("PostgreSQL's arrays are rectangular, but lists are mixed with elements")
		}
		deeper, err := e.flatten(inner, element, leaves, lengths, depth+1)
		if err != nil {
			return nil, err
		}
		lengths = deeper
	}
	return lengths, nil
}

// isNested reports whether a list inside a list is a dimension, and not an element that is a list itself: a uuid, a
// composite, a document, a Valuer.
func isNested(value reflect.Value, element *typeInfo) bool {
	for element.kind == domainType {
		element = element.element
	}
	if !value.IsValid() || !isList(value.Type()) || isJSONType(element.oid) {
		return false
	}
	if element.kind == compositeType || element.kind == multirangeType || isUUIDLike(value.Type()) {
		return false
	}
	_, valuer := value.Interface().(driver.Valuer)
	_, marshaler := value.Interface().(encoding.TextMarshaler)
	return !valuer && !marshaler
}

func isUUIDLike(t reflect.Type) bool {
	return t.Kind() == reflect.Array && t.Len() == 16 && t.Elem().Kind() == reflect.Uint8
}

func elementError(err error, t reflect.Type, info *typeInfo) error {
	if errors.Is(err, errNoText) {
		return fmt.Errorf("%s does not fit %s", t, info)
	}
	return err
}

// appendComposite writes a struct by the names of its fields, a map by its keys, and a slice by the order.
func (e *encoder) appendComposite(dst []byte, info *typeInfo, value reflect.Value) ([]byte, bool, error) {
	var field func(i int) (any, error)
	switch {
	case value.Kind() == reflect.Struct && !isTextMarshaler(value):
		indexes, err := compositeFields(e.config.Types, info, value.Type())
		if err == nil && len(indexes) < len(fieldsOf(value.Type()).names) {
			err = fieldsErrorf("%s has more fields than %s: tag those that do not belong to it db:\"-\"", value.Type(), info)
		}
		if err != nil {
			return dst, false, err
		}
		field = func(i int) (any, error) { return value.FieldByIndex(indexes[i]).Interface(), nil }
	case value.Kind() == reflect.Map && value.Type().Key().Kind() == reflect.String:
		if err := checkKeys(info, value); err != nil {
			return dst, false, err
		}
		field = func(i int) (any, error) {
			found := value.MapIndex(reflect.ValueOf(info.fields[i].name).Convert(value.Type().Key()))
			if !found.IsValid() {
				return nil, nil
			}
			return found.Interface(), nil
		}
	case isList(value.Type()):
		if value.Len() != len(info.fields) {
			return dst, false, fieldsErrorf("%d values for the %d fields of %s", value.Len(), len(info.fields), info)
		}
		field = func(i int) (any, error) { return value.Index(i).Interface(), nil }
	default:
		return dst, false, errNoText
	}
	return e.appendFields(dst, info, field)
}

func isTextMarshaler(value reflect.Value) bool {
	_, ok := value.Interface().(encoding.TextMarshaler)
	return ok
}

func checkKeys(info *typeInfo, value reflect.Value) error {
	for _, key := range value.MapKeys() {
		known := false
		for _, field := range info.fields {
			known = known || field.name == key.String()
		}
		if !known {
			return fieldsErrorf("%s has no field %q", info, key.String())
		}
	}
	return nil
}

func (e *encoder) appendFields(dst []byte, info *typeInfo, field func(i int) (any, error)) ([]byte, bool, error) {
	var scratch []byte
	dst = append(dst, '(')
	for i := range info.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		value, err := field(i)
		if err != nil {
			return dst, false, err
		}
		text, null, err := e.append(scratch[:0], info.fields[i].info, value)
		if err != nil {
			return dst, false, fmt.Errorf("field %q: %w", info.fields[i].name,
				elementError(err, reflect.TypeOf(value), info.fields[i].info))
		}
		scratch = text
		if !null {
			dst = wire.AppendCompositeField(dst, text)
		}
	}
	return append(dst, ')'), false, nil
}

func (e *encoder) appendRange(dst []byte, info *typeInfo, value pgtype.RangeValuer) ([]byte, bool, error) {
	if value.IsNull() {
		return dst, true, nil
	}
	lowerType, upperType := value.BoundTypes()
	if lowerType == pgtype.Empty {
		return wire.AppendRangeText(dst, wire.Range{Empty: true}), false, nil
	}
	lower, upper := value.Bounds()
	lowerText, err := e.boundText(info.element, lowerType, lower)
	if err != nil {
		return dst, false, fmt.Errorf("lower bound: %w", err)
	}
	upperText, err := e.boundText(info.element, upperType, upper)
	if err != nil {
		return dst, false, fmt.Errorf("upper bound: %w", err)
	}
	return wire.AppendRangeText(dst, wire.Range{
		Lower: lowerText, Upper: upperText,
		LowerInclusive: lowerType == pgtype.Inclusive, UpperInclusive: upperType == pgtype.Inclusive,
	}), false, nil
}

// boundText gives nil for a bound that is missing.
func (e *encoder) boundText(info *typeInfo, boundType pgtype.BoundType, bound any) ([]byte, error) {
	switch boundType {
	case pgtype.Unbounded:
		return nil, nil
	case pgtype.Inclusive, pgtype.Exclusive:
	default:
		return nil, fmt.Errorf("%q is no pgtype.BoundType: set LowerType and UpperType", byte(boundType))
	}
	text, null, err := e.append([]byte{}, info, bound)
	if err == nil && null {
		err = errors.New("NULL is no bound: use pgtype.Unbounded")
	}
	return text, elementError(err, reflect.TypeOf(bound), info)
}

func (e *encoder) appendMultirange(dst []byte, info *typeInfo, list reflect.Value) ([]byte, bool, error) {
	if list.Kind() == reflect.Slice && list.IsNil() {
		return dst, true, nil
	}
	dst = append(dst, '{')
	for i := range list.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		text, null, err := e.append(dst, info.element, list.Index(i).Interface())
		if err == nil && null {
			err = errors.New("NULL is no range")
		}
		if err != nil {
			return dst, false, fmt.Errorf("range %d: %w", i+1, elementError(err, list.Type().Elem(), info.element))
		}
		dst = text
	}
	return append(dst, '}'), false, nil
}

func (e *encoder) appendHstore(dst []byte, pairs reflect.Value) ([]byte, bool, error) {
	if pairs.IsNil() {
		return dst, true, nil
	}
	if pairs.Type().Key().Kind() != reflect.String {
		return dst, false, fmt.Errorf("the keys of %s are no strings", pairs.Type())
	}
	text, content := builtinTypes[pgtype.TextOID], []byte{}
	for iterator := pairs.MapRange(); iterator.Next(); {
		value, null, err := e.append([]byte{}, text, iterator.Value().Interface())
		if err != nil {
			return dst, false, fmt.Errorf("key %q: %w", iterator.Key().String(), err)
		}
		if null {
			value = nil
		}
		content = wire.AppendHstorePair(content, []byte(iterator.Key().String()), value)
	}
	return append(dst, content...), false, nil
}

// appendScalar writes a value, as resolve gives it, that is not made of others.
func (e *encoder) appendScalar(dst []byte, info *typeInfo, value any) ([]byte, error) {
	switch value := value.(type) {
	case string:
		return append(dst, value...), wire.CheckText(value)
	case []byte:
		return appendBytesText(dst, info, value)
	case bool:
		return strconv.AppendBool(dst, value), nil
	case float64:
		return e.appendFloat(dst, info, value, 64)
	case float32:
		return e.appendFloat(dst, info, float64(value), 32)
	case time.Time:
		return e.appendTime(dst, info, value)
	case time.Duration:
		if info.oid == pgtype.IntervalOID {
			return wire.AppendIntervalText(dst, value), nil
		}
		return strconv.AppendInt(dst, int64(value), 10), nil
	case [16]byte:
		if info.oid == pgtype.ByteaOID {
			return wire.AppendByteaText(dst, value[:]), nil
		}
		return wire.AppendUUIDText(dst, value), nil
	case *big.Rat:
		return appendRat(dst, value)
	case *big.Float:
		return appendBigFloat(dst, value), nil
	case *net.IPNet:
		return append(dst, value.String()...), nil
	case encoding.TextMarshaler:
		text, err := value.MarshalText()
		return append(dst, text...), err
	}
	return e.appendByKind(dst, info, value)
}

func (e *encoder) appendByKind(dst []byte, info *typeInfo, value any) ([]byte, error) {
	reflected := reflect.ValueOf(value)
	switch {
	case reflected.CanInt():
		return strconv.AppendInt(dst, reflected.Int(), 10), nil
	case reflected.CanUint():
		return strconv.AppendUint(dst, reflected.Uint(), 10), nil
	}
	if isList(reflected.Type()) {
		return dst, errNoText
	}
	text, err := e.types().Encode(info.oid, pgtype.TextFormatCode, value, dst)
	if err != nil || text == nil {
		return dst, errNoText
	}
	return text, nil
}

func appendBytesText(dst []byte, info *typeInfo, value []byte) ([]byte, error) {
	switch {
	case info.oid == pgtype.ByteaOID, info.oid == 0:
		return wire.AppendByteaText(dst, value), nil
	case info.oid == pgtype.UUIDOID && len(value) == 16:
		return wire.AppendUUIDText(dst, [16]byte(value)), nil
	}
	return append(dst, value...), wire.CheckTextBytes(value)
}

// appendFloat refuses a fraction for an integer, which the server would refuse as text, too, with fewer words.
func (e *encoder) appendFloat(dst []byte, info *typeInfo, value float64, bitSize int) ([]byte, error) {
	switch info.oid {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		if value != float64(int64(value)) {
			return dst, fmt.Errorf("%v does not fit %s", value, info)
		}
		return strconv.AppendInt(dst, int64(value), 10), nil
	}
	return wire.AppendFloatText(dst, value, bitSize), nil
}

// appendTime writes what the clock and calendar of the time's own location show to the types without a zone.
func (e *encoder) appendTime(dst []byte, info *typeInfo, value time.Time) ([]byte, error) {
	if infinity := e.config.infinityOf(value); infinity != wire.Finite {
		return append(dst, infinity.String()...), nil
	}
	switch info.oid {
	case pgtype.DateOID:
		return wire.AppendDateText(dst, value)
	case pgtype.TimestampOID:
		return wire.AppendTimestampText(dst, value)
	case pgtype.TimeOID:
		return wire.AppendTimeText(dst, clockOf(value)), nil
	case pgtype.TimetzOID:
		_, offset := value.Zone()
		return wire.AppendTimeTZText(dst, clockOf(value), offset), nil
	}
	return wire.AppendTimestampTZText(dst, value)
}

// appendRat writes a fraction as a decimal number; one such as 1/3 has none.
func appendRat(dst []byte, value *big.Rat) ([]byte, error) {
	digits, exact := value.FloatPrec()
	if !exact {
		return dst, fmt.Errorf("%s is no finite decimal number: round it first", value)
	}
	return append(dst, value.FloatString(digits)...), nil
}

func appendBigFloat(dst []byte, value *big.Float) []byte {
	if value.IsInf() {
		if value.Signbit() {
			return append(dst, "-Infinity"...)
		}
		return append(dst, "Infinity"...)
	}
	return value.Append(dst, 'f', -1)
}
