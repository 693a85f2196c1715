package pgadapt

import (
	"reflect"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// appendArray sends lists of values that have a binary format to arrays of their type. ok is false, and nothing was
// added, for all others, and where an element does not fit: the text form finds which, and says why.
func (p *parameters) appendArray(c *conn, oid uint32, value any) (ok bool) {
	array := arrayDecoders[oid]
	if array == nil {
		return false
	}
	start := len(p.buffer)
	if p.appendSlice(c, array.element.oid, value) {
		return true
	}
	p.buffer = p.buffer[:start]
	if reflected := reflect.ValueOf(value); isList(reflected.Type()) && p.appendList(c, builtinTypes[oid], reflected) {
		return true
	}
	p.buffer = p.buffer[:start]
	return false
}

// appendSlice knows the slices whose elements need not be boxed.
func (p *parameters) appendSlice(c *conn, element uint32, value any) (ok bool) {
	switch value := value.(type) {
	case []int64:
		return appendIntegers(p, element, value)
	case []int32:
		return appendIntegers(p, element, value)
	case []int16:
		return appendIntegers(p, element, value)
	case []int:
		return appendIntegers(p, element, value)
	case []float64:
		return appendElements(p, element, value, func(value float64) (int16, error) { return p.appendFloat(element, value, 64) })
	case []float32:
		return appendElements(p, element, value, func(value float32) (int16, error) { return p.appendFloat(element, float64(value), 32) })
	case []bool:
		return appendElements(p, element, value, func(value bool) (int16, error) { return p.appendBool(element, value) })
	case []string:
		return isTextElement(element) && appendElements(p, element, value, p.appendTextElement)
	case [][]byte:
		return element == pgtype.ByteaOID && p.appendByteSlices(value)
	case []time.Time:
		return appendElements(p, element, value, func(value time.Time) (int16, error) { return p.appendTime(c.config, element, value) })
	case []time.Duration:
		return element == pgtype.IntervalOID && appendElements(p, element, value, p.appendIntervalElement)
	case [][16]byte:
		return appendElements(p, element, value, func(value [16]byte) (int16, error) { return p.appendUUID(element, value) })
	}
	return false
}

// appendElements sends what encode appends to the buffer for each element.
func appendElements[T any](p *parameters, element uint32, values []T, encode func(value T) (format int16, err error)) (ok bool) {
	p.buffer = wire.AppendArrayHeader(p.buffer, element, false, len(values))
	for _, value := range values {
		start := len(p.buffer)
		p.buffer = wire.AppendSize(p.buffer, 0)
		format, err := encode(value)
		if err != nil || format != pgtype.BinaryFormatCode {
			return false
		}
		wire.PutSize(p.buffer, start)
	}
	return true
}

// appendIntegers is appendElements for the slices that are the longest.
func appendIntegers[T int | int16 | int32 | int64](p *parameters, element uint32, values []T) (ok bool) {
	p.buffer = wire.AppendArrayHeader(p.buffer, element, false, len(values))
	fits := true
	switch element {
	case pgtype.Int8OID:
		for _, value := range values {
			p.buffer = wire.AppendInt8(wire.AppendSize(p.buffer, 8), int64(value))
		}
	case pgtype.Int4OID:
		for _, value := range values {
			fits = fits && int64(value) == int64(int32(value))
			p.buffer = wire.AppendInt4(wire.AppendSize(p.buffer, 4), int32(value))
		}
	case pgtype.Int2OID:
		for _, value := range values {
			fits = fits && int64(value) == int64(int16(value))
			p.buffer = wire.AppendInt2(wire.AppendSize(p.buffer, 2), int16(value))
		}
	default:
		return false
	}
	return fits
}

// isTextElement has the types whose elements are text in either format.
func isTextElement(oid uint32) bool {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.JSONOID:
		return true
	}
	return false
}

// appendTextElement sends a text, which is the same in binary.
func (p *parameters) appendTextElement(text string) (int16, error) {
	_, err := p.appendString(text)
	return pgtype.BinaryFormatCode, err
}

func (p *parameters) appendIntervalElement(value time.Duration) (int16, error) {
	p.buffer = wire.AppendInterval(p.buffer, wire.Interval{Microseconds: value.Microseconds()})
	return pgtype.BinaryFormatCode, nil
}

// appendByteSlices sends bytea; nil is NULL.
func (p *parameters) appendByteSlices(values [][]byte) (ok bool) {
	start := len(p.buffer)
	p.buffer = wire.AppendArrayHeader(p.buffer, pgtype.ByteaOID, false, len(values))
	for _, value := range values {
		if value == nil {
			p.buffer = wire.AppendNull(p.buffer)
			wire.PutHasNull(p.buffer[start:])
			continue
		}
		p.buffer = append(wire.AppendSize(p.buffer, len(value)), value...)
	}
	return true
}

// appendList sends slices and arrays of any depth whose elements resolve to values of the core types, or to NULL.
func (p *parameters) appendList(c *conn, info *typeInfo, list reflect.Value) (ok bool) {
	var leaves []reflect.Value
	lengths, err := c.encoder().flatten(list, info.element, &leaves, nil, 0)
	if err != nil || len(lengths) > wire.MaxDimensions {
		return false
	}
	header := len(p.buffer)
	p.buffer = wire.AppendArrayHeader(p.buffer, info.element.oid, false, lengths...)
	for _, leaf := range leaves {
		value, err := c.resolve(leaf.Interface())
		if err != nil {
			return false
		}
		if value == nil {
			p.buffer = wire.AppendNull(p.buffer)
			wire.PutHasNull(p.buffer[header:])
			continue
		}
		start := len(p.buffer)
		p.buffer = wire.AppendSize(p.buffer, 0)
		if !p.appendElement(c, info.element.oid, value) {
			return false
		}
		wire.PutSize(p.buffer, start)
	}
	return true
}

// appendElement sends a value as resolve gives it; ok is false where it has no binary format or does not fit.
func (p *parameters) appendElement(c *conn, oid uint32, value any) (ok bool) {
	if isJSONType(oid) {
		return p.appendDocument(c, oid, value)
	}
	format, err := int16(pgtype.TextFormatCode), error(nil)
	switch value := value.(type) {
	case string:
		if isTextElement(oid) {
			format, err = p.appendTextElement(value)
		}
	case []byte:
		format, err = bytesFormat(oid, value)
		if isTextElement(oid) {
			format = pgtype.BinaryFormatCode
		}
		p.buffer = append(p.buffer, value...)
	case time.Duration:
		if oid == pgtype.IntervalOID {
			format, err = p.appendIntervalElement(value)
			break
		}
		format, err = p.appendDuration(oid, value)
	case bool, int, int64, int32, int16, int8, uint, uint64, uint32, uint16, uint8, float64, float32, time.Time, [16]byte:
		format, err = p.append(c, oid, value)
	}
	return err == nil && format == pgtype.BinaryFormatCode
}

func (p *parameters) appendDocument(c *conn, oid uint32, value any) (ok bool) {
	if oid == pgtype.JSONBOID {
		p.buffer = wire.AppendJSONB(p.buffer, nil)
	}
	document, _, err := c.encoder().appendJSON(p.buffer, value)
	p.buffer = document
	return err == nil
}
