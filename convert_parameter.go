package pgadapt

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// parameters holds the encoded arguments of one execution. Its memory is used again by the next.
type parameters struct {
	values  [][]byte
	formats []int16
	oids    []uint32
	buffer  []byte
	// lenient lets numbers go to text parameters without another look at what the text means by them.
	lenient bool
}

// keptBuffer is the largest buffer that a connection keeps between two statements.
const keptBuffer = 64 << 10

// encode writes args in the form that the statement's parameters want.
func (p *parameters) encode(c *conn, statement *statement, args []driver.NamedValue) error {
	described := statement.description != nil
	if err := c.checkCount(statement, len(args)); err != nil {
		return err
	}
	p.reset()
	p.lenient = !described || statement.lenient || statement.base != nil
	for i := range args {
		value, err := c.resolve(args[i].Value)
		if err != nil {
			return inArgument(args[i], err)
		}
		oid := uint32(0)
		if described {
			oid = statement.description.ParamOIDs[i]
		} else {
			oid = statement.literalType(i, value)
		}
		if err := p.add(c, oid, value); err != nil {
			return inArgument(args[i], err)
		}
	}
	return nil
}

func (p *parameters) reset() {
	p.lenient = false
	p.values, p.formats, p.oids = p.values[:0], p.formats[:0], p.oids[:0]
	p.buffer = p.buffer[:0]
	if p.buffer == nil || cap(p.buffer) > keptBuffer {
		// Never nil: an empty string is a part of it, and a nil value would be NULL.
		p.buffer = make([]byte, 0, 128)
	}
}

// add encodes one value, as resolve gives it, for a parameter of type oid; 0 where the server is to find out.
func (p *parameters) add(c *conn, oid uint32, value any) error {
	p.oids = append(p.oids, oid)
	start := len(p.buffer)
	format, err := p.append(c, oid, value)
	if err == errNull {
		value, err = nil, nil
	}
	if err != nil {
		return err
	}
	p.formats = append(p.formats, format)
	switch value := value.(type) {
	case nil:
		p.values = append(p.values, nil)
	case []byte:
		p.values = append(p.values, value) // as it is, without a copy
	default:
		p.values = append(p.values, p.buffer[start:len(p.buffer):len(p.buffer)])
	}
	return nil
}

// append encodes value into the buffer, except for nil and byte slices, and gives its format.
func (p *parameters) append(c *conn, oid uint32, value any) (format int16, err error) {
	switch value := value.(type) {
	case nil:
		return pgtype.TextFormatCode, nil
	case string:
		return p.appendString(value)
	case []byte:
		return bytesFormat(oid, value)
	case bool:
		return p.appendBool(oid, value)
	case int:
		return p.appendInteger(oid, int64(value))
	case int64:
		return p.appendInteger(oid, value)
	case int32:
		return p.appendInteger(oid, int64(value))
	case int16:
		return p.appendInteger(oid, int64(value))
	case int8:
		return p.appendInteger(oid, int64(value))
	case uint:
		return p.appendUnsigned(oid, uint64(value))
	case uint64:
		return p.appendUnsigned(oid, value)
	case uint32:
		return p.appendInteger(oid, int64(value))
	case uint16:
		return p.appendInteger(oid, int64(value))
	case uint8:
		return p.appendInteger(oid, int64(value))
	case float64:
		return p.appendFloat(oid, value, 64)
	case float32:
		return p.appendFloat(oid, float64(value), 32)
	case time.Time:
		return p.appendTime(c.config, oid, value)
	case time.Duration:
		return p.appendDuration(oid, value)
	case [16]byte:
		return p.appendUUID(oid, value)
	}
	return p.appendRich(c, oid, value)
}

// appendString sends the text: the server reads it as whatever type the parameter has.
func (p *parameters) appendString(value string) (int16, error) {
	if err := wire.CheckText(value); err != nil {
		return 0, err
	}
	p.buffer = append(p.buffer, value...)
	return pgtype.TextFormatCode, nil
}

// bytesFormat says what a byte slice is: the value itself for bytea, the sixteen bytes of a uuid, else the
// text of the value.
func bytesFormat(oid uint32, value []byte) (int16, error) {
	if oid == pgtype.ByteaOID || oid == pgtype.UUIDOID && len(value) == 16 {
		return pgtype.BinaryFormatCode, nil
	}
	return pgtype.TextFormatCode, wire.CheckTextBytes(value)
}

func (p *parameters) appendBool(oid uint32, value bool) (int16, error) {
	if oid == pgtype.BoolOID {
		p.buffer = wire.AppendBool(p.buffer, value)
		return pgtype.BinaryFormatCode, nil
	}
	p.buffer = strconv.AppendBool(p.buffer, value)
	return pgtype.TextFormatCode, nil
}

// appendInteger sends an integer in binary to an integer parameter that it fits, else its digits.
func (p *parameters) appendInteger(oid uint32, value int64) (int16, error) {
	switch oid {
	case pgtype.Int8OID:
		p.buffer = wire.AppendInt8(p.buffer, value)
	case pgtype.Int4OID:
		if value != int64(int32(value)) {
			return 0, rangeError(oid, value)
		}
		p.buffer = wire.AppendInt4(p.buffer, int32(value))
	case pgtype.Int2OID:
		if value != int64(int16(value)) {
			return 0, rangeError(oid, value)
		}
		p.buffer = wire.AppendInt2(p.buffer, int16(value))
	case pgtype.OIDOID, pgtype.XIDOID, pgtype.CIDOID:
		if value != int64(uint32(value)) {
			return 0, rangeError(oid, value)
		}
		p.buffer = wire.AppendUint4(p.buffer, uint32(value))
	case pgtype.DateOID, pgtype.TimeOID, pgtype.TimetzOID, pgtype.TimestampOID, pgtype.TimestamptzOID:
		return 0, misfit(oid, value, "int4")
	case pgtype.TextOID:
		return p.appendDigits(value)
	default:
		p.buffer = strconv.AppendInt(p.buffer, value, 10)
		return pgtype.TextFormatCode, nil
	}
	return pgtype.BinaryFormatCode, nil
}

// appendDigits sends an integer to a text parameter. The server infers text for the parameter of jsonb ->> $1 and of
// substring(s, $1) too, where an integer asks for something else than its digits do.
func (p *parameters) appendDigits(value int64) (int16, error) {
	if !p.lenient {
		return 0, &misfitError{readable: true, text: fmt.Sprintf("%d is no text", value)}
	}
	p.buffer = strconv.AppendInt(p.buffer, value, 10)
	return pgtype.TextFormatCode, nil
}

// durationMisfit is a duration for a point in time, as in now() - $1. PostgreSQL assigns an interval to a time column,
// but drops its days.
func durationMisfit(oid uint32, value time.Duration) error {
	err := misfit(oid, value, "interval").(*misfitError)
	err.changes = oid == pgtype.TimeOID
	return err
}

// appendUnsigned is appendInteger for what may be more than an int64 holds: that fits numeric and text only.
func (p *parameters) appendUnsigned(oid uint32, value uint64) (int16, error) {
	if value <= math.MaxInt64 {
		return p.appendInteger(oid, int64(value))
	}
	switch oid {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID, pgtype.OIDOID, pgtype.XIDOID, pgtype.CIDOID:
		return 0, rangeError(oid, value)
	}
	p.buffer = strconv.AppendUint(p.buffer, value, 10)
	return pgtype.TextFormatCode, nil
}

// appendFloat sends a float. An integer parameter takes one that has no fraction and refuses the others, which
// the server would otherwise have to round.
func (p *parameters) appendFloat(oid uint32, value float64, bitSize int) (int16, error) {
	switch oid {
	case pgtype.Float8OID:
		if bitSize == 32 {
			break // the shortest text is what the program sees, 0.1; widened it is 0.10000000149011612
		}
		p.buffer = wire.AppendFloat8(p.buffer, value)
		return pgtype.BinaryFormatCode, nil
	case pgtype.Float4OID:
		narrow := float32(value)
		if math.IsInf(float64(narrow), 0) && !math.IsInf(value, 0) {
			return 0, rangeError(oid, value)
		}
		p.buffer = wire.AppendFloat4(p.buffer, narrow)
		return pgtype.BinaryFormatCode, nil
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
		if value != math.Trunc(value) || value < -1<<63 || value >= 1<<63 {
			return 0, &misfitError{changes: true, text: fmt.Sprintf(
				"%v does not fit the parameter's type %s: give the parameter another, as in $1::float8",
				value, builtinTypeName(oid))}
		}
		return p.appendInteger(oid, int64(value))
	}
	p.buffer = wire.AppendFloatText(p.buffer, value, bitSize)
	return pgtype.TextFormatCode, nil
}

// appendTime sends the instant to timestamptz, and to the types without a zone what the clock and calendar of
// the time's own location show.
func (p *parameters) appendTime(config *Config, oid uint32, value time.Time) (format int16, err error) {
	format = pgtype.BinaryFormatCode
	infinity := config.infinityOf(value)
	switch oid {
	case pgtype.TimestamptzOID, pgtype.TimestampOID:
		if infinity != wire.Finite {
			p.buffer = wire.AppendTimestampInfinity(p.buffer, infinity)
		} else if oid == pgtype.TimestampOID {
			p.buffer, err = wire.AppendTimestamp(p.buffer, value)
		} else {
			p.buffer, err = wire.AppendTimestampTZ(p.buffer, value)
		}
	case pgtype.DateOID:
		if infinity != wire.Finite {
			p.buffer = wire.AppendDateInfinity(p.buffer, infinity)
		} else {
			p.buffer, err = wire.AppendDate(p.buffer, value)
		}
	case pgtype.TimeOID:
		p.buffer = wire.AppendTime(p.buffer, clockOf(value))
	case pgtype.TimetzOID:
		_, offset := value.Zone()
		p.buffer = wire.AppendTimeTZ(p.buffer, clockOf(value), offset)
	case pgtype.IntervalOID:
		return 0, misfit(oid, value, "timestamptz")
	case pgtype.JSONOID, pgtype.JSONBOID:
		var quoted []byte
		quoted, err = json.Marshal(value)
		p.buffer, format = append(p.buffer, quoted...), pgtype.TextFormatCode
	default:
		p.buffer, err = appendMoment(p.buffer, value, infinity)
		format = pgtype.TextFormatCode
	}
	return format, err
}

// appendMoment appends a time in the text that PostgreSQL reads as date, timestamp and timestamptz alike.
func appendMoment(dst []byte, value time.Time, infinity wire.Infinity) ([]byte, error) {
	if infinity != wire.Finite {
		return append(dst, infinity.String()...), nil
	}
	return wire.AppendTimestampTZText(dst, value)
}

// clockOf gives the time of day in microseconds.
func clockOf(t time.Time) int64 {
	hour, minute, second := t.Clock()
	return (int64(hour)*3600+int64(minute)*60+int64(second))*1e6 + int64(t.Nanosecond())/1e3
}

// appendDuration sends an interval; to other types a time.Duration is its number of nanoseconds, as with the
// drivers that let database/sql convert it.
func (p *parameters) appendDuration(oid uint32, value time.Duration) (int16, error) {
	if isDateTime(oid) {
		return 0, durationMisfit(oid, value)
	}
	if oid != pgtype.IntervalOID {
		return p.appendInteger(oid, int64(value))
	}
	p.buffer = wire.AppendIntervalText(p.buffer, value)
	return pgtype.TextFormatCode, nil
}

func (p *parameters) appendUUID(oid uint32, value [16]byte) (int16, error) {
	switch oid {
	case pgtype.UUIDOID, pgtype.ByteaOID:
		p.buffer = wire.AppendUUID(p.buffer, value)
		return pgtype.BinaryFormatCode, nil
	}
	p.buffer = wire.AppendUUIDText(p.buffer, value)
	return pgtype.TextFormatCode, nil
}

// appendRich sends everything else: slices as arrays, structs and maps as composites and json, ranges, networks.
func (p *parameters) appendRich(c *conn, oid uint32, value any) (int16, error) {
	if oid == 0 {
		text, null, err := c.encoder().appendUntyped(p.buffer, value)
		if null {
			err = errNull
		}
		p.buffer = text
		return pgtype.TextFormatCode, err
	}
	if p.appendArray(c, oid, value) {
		return pgtype.BinaryFormatCode, nil
	}
	info, err := c.typeInfo(oid)
	if err != nil {
		return 0, err
	}
	start := len(p.buffer)
	text, null, err := c.encoder().append(p.buffer, info, value)
	if c.database.catalog.forgetChanged(oid, err) {
		if info, err = c.typeInfo(oid); err != nil {
			return 0, err
		}
		text, null, err = c.encoder().append(p.buffer[:start], info, value)
	}
	if errors.Is(err, errNoText) {
		return p.appendByTypeMap(c, info, value)
	}
	if err != nil {
		return 0, fmt.Errorf("%T as %s: %w", value, info, err)
	}
	if null {
		return pgtype.TextFormatCode, errNull
	}
	p.buffer = text
	return pgtype.TextFormatCode, nil
}

// errNull says that a value has turned out to be NULL.
var errNull = errors.New("NULL")

// appendByTypeMap leaves a value to pgtype.
func (p *parameters) appendByTypeMap(c *conn, info *typeInfo, value any) (int16, error) {
	format := c.typeMap().FormatCodeForOID(info.oid)
	encoded, err := c.typeMap().Encode(info.oid, format, value, p.buffer)
	if err != nil || isSlice(value) {
		return 0, &misfitError{text: fmt.Sprintf(
			"%T does not fit the parameter's type %s: pass another type, or implement driver.Valuer", value, info)}
	}
	if encoded == nil {
		return pgtype.TextFormatCode, errNull
	}
	p.buffer = encoded
	return format, nil
}

// typeMap gives the session's pgtype.Map, made when it is first needed.
func (c *conn) typeMap() *pgtype.Map { return c.decoding.typeMap() }

func rangeError(oid uint32, value any) error {
	return &misfitError{
		text:    fmt.Sprintf("%v is out of range for the parameter's type %s", value, builtinTypeName(oid)),
		changes: true,
	}
}
