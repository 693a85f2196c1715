package pgadapt

import (
	"math"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// shape is the columns of a result set.
type shape struct {
	columns []column
	// names is what Columns hands out.
	names []string
}

// emptyShape is that of a command that gives no rows.
var emptyShape = &shape{}

// column is one column of a result set, and how its values are decoded.
type column struct {
	name     string
	oid      uint32
	modifier int32
	format   int16
	origin   columnOrigin
	decoder  *decoder
	plan     columnPlan
}

// newShape gives the shape of a result whose formats are those of fields.
func newShape(fields []pgconn.FieldDescription) *shape {
	s := &shape{columns: make([]column, len(fields)), names: make([]string, len(fields))}
	for i, field := range fields {
		s.names[i] = field.Name
		s.columns[i] = column{
			name:     field.Name,
			oid:      field.DataTypeOID,
			modifier: field.TypeModifier,
			format:   field.Format,
			origin:   columnOrigin{field.TableOID, field.TableAttributeNumber},
			decoder:  decoderFor(field.DataTypeOID, field.Format),
		}
	}
	return s
}

// newWantedShape gives the shape of a result that is asked for in the formats that the driver prefers.
func newWantedShape(fields []pgconn.FieldDescription) *shape {
	s := newShape(fields)
	for i := range s.columns {
		column := &s.columns[i]
		column.format = wantedFormat(column.oid)
		column.decoder = decoderFor(column.oid, column.format)
	}
	return s
}

// uniformFormats are the format codes to ask for where those of all columns agree, by the format.
var uniformFormats = [...][]int16{pgtype.TextFormatCode: {pgtype.TextFormatCode}, pgtype.BinaryFormatCode: {pgtype.BinaryFormatCode}}

// formats gives the format codes to ask for: one for all columns where they agree.
func (s *shape) formats() []int16 {
	if len(s.columns) == 0 {
		return nil
	}
	first := s.columns[0].format
	uniform := true
	for i := range s.columns {
		uniform = uniform && s.columns[i].format == first
	}
	if uniform {
		return uniformFormats[first]
	}
	formats := make([]int16, len(s.columns))
	for i := range s.columns {
		formats[i] = s.columns[i].format
	}
	return formats
}

// matches reports whether a result with fields has this shape.
func (s *shape) matches(fields []pgconn.FieldDescription) bool {
	if len(s.columns) != len(fields) {
		return false
	}
	for i := range fields {
		column, field := &s.columns[i], &fields[i]
		if column.name != field.Name || column.oid != field.DataTypeOID ||
			column.modifier != field.TypeModifier || column.format != field.Format ||
			column.origin != (columnOrigin{field.TableOID, field.TableAttributeNumber}) {
			return false
		}
	}
	return true
}

// withOwnNames gives the shape with names as the server gave them: a program may have written into the slice
// that sql.Rows.Columns gave it.
func (s *shape) withOwnNames() *shape {
	for i := range s.columns {
		if s.names[i] != s.columns[i].name {
			s.names = make([]string, len(s.columns))
			for j := range s.columns {
				s.names[j] = s.columns[j].name
			}
			break
		}
	}
	return s
}

// shapeOf gives the shape of a statement's answer.
func (s *statement) shapeOf(reader resultReader) *shape {
	if s.knowsFields() {
		return s.shape.withOwnNames()
	}
	fields := reader.FieldDescriptions()
	if s.shape != nil && s.shape.matches(fields) {
		return s.shape.withOwnNames()
	}
	return newShape(fields)
}

// variableHeader is the length of the header that PostgreSQL counts into the modifier of varchar, char and
// numeric (VARHDRSZ).
const variableHeader = 4

// length gives the limit of a type with a variable length, in characters, bytes or bits as its declaration.
func (c *column) length() (int64, bool) {
	switch c.oid {
	case pgtype.TextOID, pgtype.ByteaOID, pgtype.JSONOID, pgtype.JSONBOID, pgtype.XMLOID:
		return math.MaxInt64, true
	case pgtype.VarcharOID, pgtype.BPCharOID:
		if c.modifier < variableHeader {
			return math.MaxInt64, true
		}
		return int64(c.modifier - variableHeader), true
	case pgtype.BitOID, pgtype.VarbitOID:
		if c.modifier < 0 {
			return math.MaxInt64, true
		}
		return int64(c.modifier), true
	case pgtype.NameOID:
		return 64, true
	}
	return 0, false
}

// precisionScale unpacks the modifier of a numeric: the precision in the upper half, the scale in the lower
// eleven bits, signed since PostgreSQL 15.
func (c *column) precisionScale() (precision, scale int64, ok bool) {
	if c.oid != pgtype.NumericOID || c.modifier < variableHeader {
		return 0, 0, false
	}
	packed := int64(c.modifier - variableHeader)
	return packed >> 16 & 0xffff, (packed&0x7ff ^ 0x400) - 0x400, true
}
