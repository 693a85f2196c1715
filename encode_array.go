package pgadapt

import (
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// appendArray sends slices of basic types to arrays of the same in binary format; ok is false for all others.
func (p *parameters) appendArray(oid uint32, value any) (ok bool, err error) {
	switch value := value.(type) {
	case []int64:
		return appendIntegers(p, oid, value), nil
	case []int32:
		return appendIntegers(p, oid, value), nil
	case []int16:
		return appendIntegers(p, oid, value), nil
	case []int:
		return appendIntegers(p, oid, value), nil
	case []float64:
		if oid != pgtype.Float8ArrayOID {
			return false, nil
		}
		p.buffer = wire.AppendArrayHeader(p.buffer, pgtype.Float8OID, len(value), false)
		for _, element := range value {
			p.buffer = wire.AppendFloat8(wire.AppendSize(p.buffer, 8), element)
		}
		return true, nil
	case []bool:
		if oid != pgtype.BoolArrayOID {
			return false, nil
		}
		p.buffer = wire.AppendArrayHeader(p.buffer, pgtype.BoolOID, len(value), false)
		for _, element := range value {
			p.buffer = wire.AppendBool(wire.AppendSize(p.buffer, 1), element)
		}
		return true, nil
	case []string:
		return p.appendStrings(oid, value)
	}
	return false, nil
}

// textElements has the arrays whose elements are text in either format.
var textElements = map[uint32]uint32{
	pgtype.TextArrayOID: pgtype.TextOID, pgtype.VarcharArrayOID: pgtype.VarcharOID, pgtype.BPCharArrayOID: pgtype.BPCharOID,
}

func (p *parameters) appendStrings(oid uint32, value []string) (ok bool, err error) {
	element, ok := textElements[oid]
	if !ok {
		return false, nil
	}
	p.buffer = wire.AppendArrayHeader(p.buffer, element, len(value), false)
	for _, text := range value {
		if err := wire.CheckText(text); err != nil {
			return false, err
		}
		p.buffer = append(wire.AppendSize(p.buffer, len(text)), text...)
	}
	return true, nil
}

// appendIntegers reports false, and has added nothing, where an element does not fit: the text form finds which.
func appendIntegers[T int | int16 | int32 | int64](p *parameters, oid uint32, value []T) bool {
	start := len(p.buffer)
	fits := true
	switch oid {
	case pgtype.Int8ArrayOID:
		p.buffer = wire.AppendArrayHeader(p.buffer, pgtype.Int8OID, len(value), false)
		for _, element := range value {
			p.buffer = wire.AppendInt8(wire.AppendSize(p.buffer, 8), int64(element))
		}
	case pgtype.Int4ArrayOID:
		p.buffer = wire.AppendArrayHeader(p.buffer, pgtype.Int4OID, len(value), false)
		for _, element := range value {
			fits = fits && int64(element) == int64(int32(element))
			p.buffer = wire.AppendInt4(wire.AppendSize(p.buffer, 4), int32(element))
		}
	case pgtype.Int2ArrayOID:
		p.buffer = wire.AppendArrayHeader(p.buffer, pgtype.Int2OID, len(value), false)
		for _, element := range value {
			fits = fits && int64(element) == int64(int16(element))
			p.buffer = wire.AppendInt2(wire.AppendSize(p.buffer, 2), int16(element))
		}
	default:
		return false
	}
	if !fits {
		p.buffer = p.buffer[:start]
	}
	return fits
}
