package pgadapt

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// arrayDecoders has the arrays that are asked for in binary format where destinations are scanned directly. An array of
// numeric is not among them: its text is exact, and in binary a few bytes can stand for a hundred thousand digits.
var arrayDecoders = makeArrayDecoders(
	pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID, pgtype.XIDOID, pgtype.CIDOID,
	pgtype.Float4OID, pgtype.Float8OID,
	pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.UUIDOID,
	pgtype.ByteaOID, pgtype.JSONOID, pgtype.JSONBOID,
	pgtype.DateOID, pgtype.TimestampOID, pgtype.TimestamptzOID, pgtype.TimeOID, pgtype.TimetzOID, pgtype.IntervalOID,
)

// elementDecoders has the types that the driver asks for in binary format inside an array only. As a column their text
// is the shorter way, since it is also their driver.Value.
var elementDecoders = withValues(map[uint32]*decoder{
	pgtype.TimeOID:     {scanType: stringType, text: appendTime},
	pgtype.TimetzOID:   {scanType: stringType, text: appendTimeTZ},
	pgtype.IntervalOID: {scanType: stringType, text: appendInterval},
})

func makeArrayDecoders(elements ...uint32) map[uint32]*decoder {
	decoders := make(map[uint32]*decoder, len(elements))
	for _, oid := range elements {
		element := elementDecoders[oid]
		if element == nil {
			element = binaryDecoders[oid]
		}
		decoders[arrayOf(oid)] = &decoder{
			scanType: stringType,
			element:  &column{oid: oid, format: pgtype.BinaryFormatCode, decoder: element},
		}
	}
	return withValues(decoders)
}

// appendArray appends the text form of an array in binary format, as array_out does. location is that of timestamptz.
func (d *decoder) appendArray(dst, src []byte, location *time.Location) ([]byte, error) {
	array, err := wire.DecodeArray(src)
	if err != nil {
		return dst, err
	}
	var scratch []byte
	dst = array.AppendBounds(dst)
	return wire.AppendArrayText(dst, array.Lengths(), ',', func(dst []byte) ([]byte, error) {
		value := array.Next()
		if value == nil {
			return append(dst, "NULL"...), nil
		}
		text, err := d.element.appendTextForm(scratch[:0], value, location)
		scratch = text
		return wire.AppendArrayElement(dst, text, ','), err
	})
}

// appendText appends a text or bytes, or the digits of an integer.
func (d *decoder) appendText(dst, src []byte) ([]byte, error) {
	switch {
	case d.integer != nil:
		value, err := d.integer(src)
		return strconv.AppendInt(dst, value, 10), err
	case d.text != nil:
		return d.text(dst, src)
	case d.bytes != nil:
		return d.bytes(dst, src)
	}
	return append(dst, src...), nil
}

func appendTime(dst, src []byte) ([]byte, error) {
	microseconds, err := wire.DecodeTime(src)
	if err != nil {
		return dst, err
	}
	return wire.AppendTimeText(dst, microseconds), nil
}

func appendTimeTZ(dst, src []byte) ([]byte, error) {
	microseconds, offset, err := wire.DecodeTimeTZ(src)
	if err != nil {
		return dst, err
	}
	return wire.AppendTimeTZText(dst, microseconds, offset), nil
}

func appendInterval(dst, src []byte) ([]byte, error) {
	interval, err := wire.DecodeInterval(src)
	if err != nil {
		return dst, err
	}
	return interval.Append(dst), nil
}

// appendPrintedFloat writes a float as the server prints it: with an exponent from as many digits on as the type has for
// sure (FLT_DIG and DBL_DIG), where other programs have it later.
func appendPrintedFloat(dst []byte, value float64, bitSize int) []byte {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return wire.AppendFloatText(dst, value, bitSize)
	}
	digits := 15
	if bitSize == 32 {
		digits = 6
	}
	var buffer [32]byte
	short := strconv.AppendFloat(buffer[:0], value, 'e', -1, bitSize)
	exponent, err := strconv.Atoi(string(short[bytes.IndexByte(short, 'e')+1:]))
	if err != nil || exponent < -4 || exponent >= digits {
		return append(dst, short...)
	}
	return strconv.AppendFloat(dst, value, 'f', -1, bitSize)
}
