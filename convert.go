package pgadapt

import (
	"database/sql/driver"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// decoder turns the bytes of one type in one format into Go values. Exactly one of its functions is set; they
// are what scanning into typed destinations builds on.
type decoder struct {
	scanType reflect.Type

	boolean func(src []byte) (bool, error)
	integer func(src []byte) (int64, error)
	float   func(src []byte) (float64, error)
	// moment decodes dates and timestamps; location is the session's, for timestamptz.
	moment func(src []byte, location *time.Location) (time.Time, wire.Infinity, error)
	// clock decodes time and timetz from their text, which is also their driver.Value: PostgreSQL has 24:00:00.
	clock func(src []byte) (time.Time, error)
	// text appends the text form; nil inside a text decoder whose bytes are the text already.
	text func(dst, src []byte) ([]byte, error)
	// bytes appends the bytes of bytea, json and xml.
	bytes func(dst, src []byte) ([]byte, error)

	// element decodes the elements of an array, which is a text to what is not a list.
	element *column

	// value gives the driver.Value; withValues sets it by which of the others is set.
	value valuePlan
}

// valuePlan gives the driver.Value of bytes that are not NULL, by a decoder.
type valuePlan func(r *rows, decoder *decoder, src []byte) (driver.Value, error)

// Reflect types that columns report as their ScanType.
var (
	boolType    = reflect.TypeFor[bool]()
	int16Type   = reflect.TypeFor[int16]()
	int32Type   = reflect.TypeFor[int32]()
	int64Type   = reflect.TypeFor[int64]()
	float32Type = reflect.TypeFor[float32]()
	float64Type = reflect.TypeFor[float64]()
	stringType  = reflect.TypeFor[string]()
	bytesType   = reflect.TypeFor[[]byte]()
	timeType    = reflect.TypeFor[time.Time]()
)

// verbatim decodes what is text in either format, and the text format of every type not known here.
var verbatim = &decoder{scanType: stringType, value: textValue}

// binaryDecoders has the types that the driver asks for in binary format.
var binaryDecoders = withValues(map[uint32]*decoder{
	pgtype.BoolOID:   {scanType: boolType, boolean: wire.DecodeBool},
	pgtype.Int2OID:   {scanType: int16Type, integer: decodeInt2},
	pgtype.Int4OID:   {scanType: int32Type, integer: decodeInt4},
	pgtype.Int8OID:   {scanType: int64Type, integer: wire.DecodeInt8},
	pgtype.OIDOID:    {scanType: int64Type, integer: decodeUint4},
	pgtype.XIDOID:    {scanType: int64Type, integer: decodeUint4},
	pgtype.CIDOID:    {scanType: int64Type, integer: decodeUint4},
	pgtype.Float4OID: {scanType: float32Type, float: decodeFloat4},
	pgtype.Float8OID: {scanType: float64Type, float: wire.DecodeFloat8},

	pgtype.TextOID:    verbatim,
	pgtype.VarcharOID: verbatim,
	pgtype.BPCharOID:  verbatim,
	pgtype.NameOID:    verbatim,
	pgtype.UnknownOID: verbatim,
	pgtype.UUIDOID:    {scanType: stringType, text: appendUUID},
	pgtype.ByteaOID:   {scanType: bytesType, bytes: appendBytes},
	pgtype.JSONOID:    {scanType: bytesType, bytes: appendBytes},
	pgtype.JSONBOID:   {scanType: bytesType, bytes: appendJSONB},

	pgtype.DateOID:        {scanType: timeType, moment: decodeDate},
	pgtype.TimestampOID:   {scanType: timeType, moment: decodeTimestamp},
	pgtype.TimestamptzOID: {scanType: timeType, moment: decodeTimestampTZ},
})

// textDecoders has the types whose text is not their driver.Value.
var textDecoders = withValues(map[uint32]*decoder{
	pgtype.BoolOID:   {scanType: boolType, boolean: wire.ParseBool},
	pgtype.Int2OID:   {scanType: int16Type, integer: parseInteger},
	pgtype.Int4OID:   {scanType: int32Type, integer: parseInteger},
	pgtype.Int8OID:   {scanType: int64Type, integer: parseInteger},
	pgtype.OIDOID:    {scanType: int64Type, integer: parseInteger},
	pgtype.XIDOID:    {scanType: int64Type, integer: parseInteger},
	pgtype.CIDOID:    {scanType: int64Type, integer: parseInteger},
	pgtype.Float4OID: {scanType: float32Type, float: parseFloat4},
	pgtype.Float8OID: {scanType: float64Type, float: parseFloat8},

	pgtype.ByteaOID: {scanType: bytesType, bytes: wire.AppendParsedBytea},
	pgtype.JSONOID:  {scanType: bytesType, bytes: appendBytes},
	pgtype.JSONBOID: {scanType: bytesType, bytes: appendBytes},
	pgtype.XMLOID:   {scanType: bytesType, bytes: appendBytes},

	pgtype.DateOID:        {scanType: timeType, moment: parseDate},
	pgtype.TimestampOID:   {scanType: timeType, moment: parseTimestamp},
	pgtype.TimestamptzOID: {scanType: timeType, moment: wire.ParseTimestampTZ},
	pgtype.TimeOID:        {scanType: stringType, clock: parseTime},
	pgtype.TimetzOID:      {scanType: stringType, clock: parseTimeTZ},
})

// wantedFormat gives the format in which the driver asks for a type: binary where it has a decoder of its own,
// else the text that PostgreSQL prints. numeric, interval and time are among the latter: their text is exact.
func wantedFormat(oid uint32) int16 {
	if _, ok := arrayDecoders[oid]; ok && scansArrays {
		return pgtype.BinaryFormatCode
	}
	if oid == pgtype.UUIDOID && !scansArrays {
		return pgtype.TextFormatCode // before Go 1.27 database/sql is given the text, and the server is as quick to make it
	}
	if _, ok := binaryDecoders[oid]; ok {
		return pgtype.BinaryFormatCode
	}
	return pgtype.TextFormatCode
}

// decoderFor gives the decoder of a column.
func decoderFor(oid uint32, format int16) *decoder {
	decoders := textDecoders
	if format == pgtype.BinaryFormatCode {
		decoders = binaryDecoders
	}
	if known, ok := decoders[oid]; ok {
		return known
	}
	if array, ok := arrayDecoders[oid]; ok && format == pgtype.BinaryFormatCode {
		return array
	}
	return verbatim
}

// withValues decides once for each type, and not for each value, what makes a driver.Value of it.
func withValues(decoders map[uint32]*decoder) map[uint32]*decoder {
	for _, decoder := range decoders {
		decoder.value = planValue(decoder)
	}
	return decoders
}

func planValue(decoder *decoder) valuePlan {
	switch {
	case decoder.integer != nil:
		return integerValue
	case decoder.float != nil:
		return floatValue
	case decoder.boolean != nil:
		return booleanValue
	case decoder.moment != nil:
		return momentValue
	case decoder.bytes != nil:
		return lentBytes
	case decoder.text != nil:
		return formattedText
	case decoder.element != nil:
		return arrayValue
	}
	return textValue
}

// value gives column i of the current row as a driver.Value. Byte slices are valid until the next row: database/sql
// copies them for all destinations but sql.RawBytes. That saves an allocation for each, and for each text that is
// formatted.
func (r *rows) value(i int) (driver.Value, error) {
	src := r.values[i]
	if src == nil {
		return nil, nil
	}
	decoder := r.shape.columns[i].decoder
	return decoder.value(r, decoder, src)
}

// ownValue gives the driver.Value of everything but dates, timestamps and arrays, which depend on the session, in memory
// of its own.
func (d *decoder) ownValue(src []byte) (driver.Value, error) {
	switch {
	case src == nil:
		return nil, nil
	case d.bytes != nil:
		return valueOf(d.bytes([]byte{}, src))
	case d.text != nil:
		text, err := d.text(nil, src)
		return valueOf(string(text), err)
	}
	return d.value(nil, d, src)
}

func integerValue(_ *rows, decoder *decoder, src []byte) (driver.Value, error) {
	return valueOf(decoder.integer(src))
}

func floatValue(_ *rows, decoder *decoder, src []byte) (driver.Value, error) {
	return valueOf(decoder.float(src))
}

func booleanValue(_ *rows, decoder *decoder, src []byte) (driver.Value, error) {
	return valueOf(decoder.boolean(src))
}

func textValue(_ *rows, _ *decoder, src []byte) (driver.Value, error) { return string(src), nil }

func arrayValue(r *rows, decoder *decoder, src []byte) (driver.Value, error) {
	text, err := decoder.appendArray(nil, src, r.location())
	return valueOf(string(text), err)
}

// lentBytes gives bytes in the memory of the row.
func lentBytes(r *rows, decoder *decoder, src []byte) (driver.Value, error) {
	if r.raw == nil {
		r.raw = make([]byte, 0, 64) // an empty value is not nil
	}
	start := len(r.raw)
	raw, err := decoder.bytes(r.raw, src)
	if err != nil {
		return nil, err
	}
	r.raw = raw
	return raw[start:len(raw):len(raw)], nil
}

// formattedText formats a text in the memory of the row, which it leaves to the next one.
func formattedText(r *rows, decoder *decoder, src []byte) (driver.Value, error) {
	start := len(r.raw)
	text, err := decoder.text(r.raw, src)
	if err != nil {
		return nil, err
	}
	r.raw = text[:start]
	return string(text[start:]), nil
}

// valueOf boxes what a decoder gives, so that an error comes without a value.
func valueOf[T any](value T, err error) (driver.Value, error) {
	if err != nil {
		return nil, err
	}
	return value, nil
}

// momentValue gives a date or timestamp as a time.Time, and an infinite one as its text, unless the
// configuration has a time for it.
func momentValue(r *rows, decoder *decoder, src []byte) (driver.Value, error) {
	moment, infinity, err := decoder.moment(src, r.location())
	if err != nil {
		return nil, err
	}
	if infinity == wire.Finite {
		return moment, nil
	}
	if moment, ok := r.conn.config.infinityTime(infinity); ok {
		return moment, nil
	}
	return infinity.String(), nil
}

// infinityTime gives the time that stands for an infinite date or timestamp, if there is one.
func (c *Config) infinityTime(infinity wire.Infinity) (time.Time, bool) {
	if infinity == wire.NegativeInfinity {
		return c.NegativeInfinity, !c.NegativeInfinity.IsZero()
	}
	return c.PositiveInfinity, !c.PositiveInfinity.IsZero()
}

// infinityOf is the way back: whether t stands for an infinity.
func (c *Config) infinityOf(t time.Time) wire.Infinity {
	switch {
	case c.NegativeInfinity.IsZero():
		return wire.Finite
	case !t.After(c.NegativeInfinity):
		return wire.NegativeInfinity
	case !t.Before(c.PositiveInfinity):
		return wire.PositiveInfinity
	}
	return wire.Finite
}

func decodeInt2(src []byte) (int64, error) {
	v, err := wire.DecodeInt2(src)
	return int64(v), err
}

func decodeInt4(src []byte) (int64, error) {
	v, err := wire.DecodeInt4(src)
	return int64(v), err
}

func decodeUint4(src []byte) (int64, error) {
	v, err := wire.DecodeUint4(src)
	return int64(v), err
}

func parseInteger(src []byte) (int64, error) { return wire.ParseInt(src, 64) }

func decodeFloat4(src []byte) (float64, error) {
	v, err := wire.DecodeFloat4(src)
	return float64(v), err
}

func parseFloat4(src []byte) (float64, error) { return wire.ParseFloat(src, 32) }

func parseFloat8(src []byte) (float64, error) { return wire.ParseFloat(src, 64) }

func appendBytes(dst, src []byte) ([]byte, error) { return append(dst, src...), nil }

func appendJSONB(dst, src []byte) ([]byte, error) {
	text, err := wire.DecodeJSONB(src)
	return append(dst, text...), err
}

const uuidTextSize = 36

func appendUUID(dst, src []byte) ([]byte, error) {
	uuid, err := wire.DecodeUUID(src)
	if err != nil {
		return nil, err
	}
	return wire.AppendUUIDText(slices.Grow(dst, uuidTextSize), uuid), nil
}

func decodeDate(src []byte, _ *time.Location) (time.Time, wire.Infinity, error) {
	return wire.DecodeDate(src)
}

func decodeTimestamp(src []byte, _ *time.Location) (time.Time, wire.Infinity, error) {
	return wire.DecodeTimestamp(src)
}

func decodeTimestampTZ(src []byte, location *time.Location) (time.Time, wire.Infinity, error) {
	moment, infinity, err := wire.DecodeTimestamp(src)
	return moment.In(location), infinity, err
}

func parseDate(src []byte, _ *time.Location) (time.Time, wire.Infinity, error) {
	return wire.ParseDate(src)
}

func parseTimestamp(src []byte, _ *time.Location) (time.Time, wire.Infinity, error) {
	return wire.ParseTimestamp(src)
}

// parseTime gives a time of day as lib/pq does: in the year 0, UTC.
func parseTime(src []byte) (time.Time, error) {
	microseconds, err := wire.ParseTime(src)
	return clockTime(microseconds, time.UTC), err
}

func parseTimeTZ(src []byte) (time.Time, error) {
	microseconds, offset, err := wire.ParseTimeTZ(src)
	return clockTime(microseconds, zoneOf(offset)), err
}

// zoneOf gives the location of an offset from UTC in seconds east.
func zoneOf(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}

func clockTime(microseconds int64, location *time.Location) time.Time {
	return time.Date(0, time.January, 1, 0, 0, 0, 0, location).
		Add(time.Duration(microseconds) * time.Microsecond)
}
