package pgadapt

import (
	"encoding/json"
	"math"
	"math/big"
	"net"
	"net/netip"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// literalType gives the type to declare for an argument whose parameter has none: that of the literal which the
// value would be in an SQL text. value is what resolve gives for argument. 0 leaves the type to the server, as a
// quoted literal does.
func (c *conn) literalType(argument, value any) uint32 {
	if oid := c.registeredOID(argument); oid != 0 {
		return oid
	}
	if _, isJSON := argument.(json.RawMessage); isJSON {
		return pgtype.JSONBOID
	}
	if _, isTime := value.(time.Time); isTime {
		return pgtype.TimestamptzOID
	}
	if oid := typeOfLiteral(value); oid != 0 || isText(value) {
		return oid
	}
	return c.typeOfRichLiteral(value)
}

// typeOfLiteral gives the type to declare for a value when nobody asks the server: that of a literal of this
// kind. 0 leaves it to the server, which reads the text as the type that the context wants.
func typeOfLiteral(value any) uint32 {
	switch value := value.(type) {
	case bool:
		return pgtype.BoolOID
	case []byte:
		return pgtype.ByteaOID
	case float32:
		return typeOfFloat(float64(value))
	case float64:
		return typeOfFloat(value)
	case [16]byte:
		return pgtype.UUIDOID
	case time.Duration:
		return pgtype.IntervalOID
	case int:
		return typeOfInteger(int64(value))
	case int64:
		return typeOfInteger(value)
	case int8, int16, int32, uint8, uint16:
		return pgtype.Int4OID
	case uint32:
		return typeOfInteger(int64(value))
	case uint:
		return typeOfUnsigned(uint64(value))
	case uint64:
		return typeOfUnsigned(value)
	}
	return 0
}

// typeOfFloat is numeric, as for a literal with a point: round(x, 2) exists for numeric alone, and what wants a float8
// converts it without loss. NaN, the infinities and negative zero are float8's own.
func typeOfFloat(value float64) uint32 {
	if math.IsNaN(value) || math.IsInf(value, 0) || value == 0 && math.Signbit(value) {
		return pgtype.Float8OID
	}
	return pgtype.NumericOID
}

func typeOfInteger(value int64) uint32 {
	if value == int64(int32(value)) {
		return pgtype.Int4OID
	}
	return pgtype.Int8OID
}

func typeOfUnsigned(value uint64) uint32 {
	if value > math.MaxInt64 {
		return pgtype.NumericOID
	}
	return typeOfInteger(int64(value))
}

// richLiterals has the types of values that have one natural type in PostgreSQL.
var richLiterals = map[reflect.Type]uint32{
	reflect.TypeFor[netip.Addr]():   pgtype.InetOID,
	reflect.TypeFor[netip.Prefix](): pgtype.InetOID,
	reflect.TypeFor[*net.IPNet]():   pgtype.InetOID,
	reflect.TypeFor[*big.Int]():     pgtype.NumericOID,
	reflect.TypeFor[*big.Float]():   pgtype.NumericOID,
	reflect.TypeFor[*big.Rat]():     pgtype.NumericOID,
}

// typeOfRichLiteral knows the types beyond the core: arrays, and what pgtype has a type for.
func (c *conn) typeOfRichLiteral(value any) uint32 {
	if oid, ok := richLiterals[reflect.TypeOf(value)]; ok {
		return oid
	}
	if known, ok := c.typeMap().TypeForValue(value); ok && !isSlice(value) {
		return known.OID
	}
	switch reflected := reflect.ValueOf(value); reflected.Kind() {
	case reflect.Slice, reflect.Array:
		return c.typeOfArrayLiteral(reflected)
	case reflect.Map, reflect.Struct:
		return pgtype.JSONBOID
	}
	return 0
}

func isSlice(value any) bool { return reflect.TypeOf(value).Kind() == reflect.Slice }

// typeOfArrayLiteral gives the array type of what ARRAY[…] of the elements would be: of the largest number among them.
func (c *conn) typeOfArrayLiteral(slice reflect.Value) uint32 {
	widest := uint32(0)
	for i := range slice.Len() {
		element := slice.Index(i)
		value, err := c.resolve(element.Interface())
		if err != nil {
			return 0
		}
		if isDeepSlice(value) {
			return c.typeOfRichLiteral(value)
		}
		oid := c.literalType(element.Interface(), value)
		if _, isString := value.(string); isString {
			oid = pgtype.TextOID
		}
		if numberRank[oid] >= numberRank[widest] && oid != 0 {
			widest = oid
		}
	}
	return arrayOf(widest)
}

func isDeepSlice(value any) bool {
	if value == nil {
		return false
	}
	kind := reflect.TypeOf(value)
	return (kind.Kind() == reflect.Slice || kind.Kind() == reflect.Array) && kind.Elem().Kind() != reflect.Uint8
}

// numberRank orders the types of numbers by what they hold.
var numberRank = map[uint32]int{pgtype.Int4OID: 1, pgtype.Int8OID: 2, pgtype.NumericOID: 3, pgtype.Float8OID: 4}
