package pgadapt

import (
	"bytes"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// arrayDecoders has the arrays that are asked for in binary format where destinations are scanned directly: those whose
// text form does not depend on the session, since other destinations still see the text.
var arrayDecoders = makeArrayDecoders(
	pgtype.BoolOID, pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID, pgtype.Float4OID, pgtype.Float8OID,
	pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.UUIDOID,
)

func makeArrayDecoders(elements ...uint32) map[uint32]*decoder {
	decoders := make(map[uint32]*decoder, len(elements))
	for _, oid := range elements {
		element := &column{oid: oid, format: pgtype.BinaryFormatCode, decoder: binaryDecoders[oid]}
		decoders[arrayOf(oid)] = &decoder{
			scanType: stringType,
			element:  element,
			text: func(dst, src []byte) ([]byte, error) {
				return appendArrayAsText(dst, src, element.decoder)
			},
		}
	}
	return decoders
}

// appendArrayAsText writes the text form of an array in binary format, as array_out does.
func appendArrayAsText(dst, src []byte, element *decoder) ([]byte, error) {
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
		text, err := element.appendElement(scratch[:0], value)
		scratch = text
		return wire.AppendArrayElement(dst, text, ','), err
	})
}

// appendElement appends the text of a value whose text does not depend on the session.
func (d *decoder) appendElement(dst, src []byte) ([]byte, error) {
	switch {
	case d.float != nil:
		value, err := d.float(src)
		return appendPrintedFloat(dst, value, len(src)*8), err
	case d.boolean != nil:
		value, err := d.boolean(src)
		if value {
			return append(dst, 't'), err
		}
		return append(dst, 'f'), err
	}
	return d.appendText(dst, src)
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
