package pgadapt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/sqllex"
	"github.com/pgadapt/pgadapt/internal/wire"
)

// CopyRowSource is the argument that [CopyRows] gives.
type CopyRowSource struct{ rows iter.Seq2[[]any, error] }

// CopyRows gives the argument of a COPY … FROM STDIN that fills a table from rows, in binary:
//
//	db.ExecContext(ctx, "copy users (id, name) from stdin", pgadapt.CopyRows(rows))
//
// Each row has a value for each of the columns, or of the table's columns if the text names none; the sequence may use
// the slice again. Values are encoded as the arguments of a statement are, by the types of the columns. A row's error,
// or a value that does not fit, ends the COPY, and nothing of it is stored. The text must not ask for another format.
//
// The sequence runs in a goroutine of its own, and must not use the connection that the COPY runs on.
func CopyRows(rows iter.Seq2[[]any, error]) CopyRowSource { return CopyRowSource{rows} }

// copyRows runs a COPY … FROM STDIN in binary.
func (c *conn) copyRows(ctx context.Context, query string, rows CopyRowSource, meter *copyMeter) (pgconn.CommandTag, error) {
	if rows.rows == nil {
		return pgconn.CommandTag{}, errors.New("pgadapt: CopyRows has no sequence: it is nil")
	}
	query, columns, err := c.prepareRows(ctx, query)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	sender := &copySender{encoder: copyEncoder{conn: c, columns: columns}, rows: rows.rows, meter: meter}
	sender.source.init(ctx, sender)
	defer sender.encoder.end()
	return c.copyFromSource(ctx, query, &sender.source)
}

// prepareRows gives the COPY to send for one that is to take rows, and its columns.
func (c *conn) prepareRows(ctx context.Context, query string) (string, []copyColumn, error) {
	parts := sqllex.PartsOfCopyFrom(query, c.standardConformingStrings())
	if parts.BinaryQuery == "" {
		return "", nil, errors.New("pgadapt: rows are sent in binary: leave out the COPY's other format, " +
			"and write other options in parentheses")
	}
	columns, err := c.copyColumns(ctx, parts)
	return parts.BinaryQuery, columns, err
}

// The header and the trailer of the binary format (PostgreSQL documentation, COPY, "Binary Format").
const (
	copyHeader  = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"
	copyTrailer = "\xff\xff"
)

// copyEncoder writes rows in the binary format. It uses the memory of its connection, until its end.
type copyEncoder struct {
	conn    *conn
	columns []copyColumn
	// count is the number of rows so far.
	count int

	mutex sync.Mutex
	ended bool
}

// end waits for the row that is being encoded. None is encoded after it.
func (e *copyEncoder) end() {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.ended = true
}

// copySender sends the rows of a sequence in pieces, in two buffers by turns. It is a struct, since a loop over the
// sequence would allocate each of the variables that it uses.
type copySender struct {
	encoder copyEncoder
	rows    iter.Seq2[[]any, error]
	source  copySource
	meter   *copyMeter
	// filling has pending rows, not yet sent, and sent what the source may still be reading.
	filling, sent []byte
	pending       int
	failed        error
}

func (s *copySender) produce() error {
	const size = copyChunk + 4<<10 // with room for the row that fills it; a longer one has it grow
	memory := make([]byte, 2*size) // one allocation for both buffers
	s.filling, s.sent = append(memory[:0:size], copyHeader...), memory[size:size]
	s.rows(s.add)
	if s.failed != nil {
		return s.failed
	}
	s.filling = append(s.filling, copyTrailer...)
	return s.send()
}

// add takes the next of the rows, and reports whether more are wanted.
func (s *copySender) add(row []any, err error) bool {
	if s.failed != nil {
		return false // a sequence that does not stop must not hide why it should
	}
	if err == nil {
		s.filling, err = s.encoder.appendRow(s.filling, row)
	}
	s.pending++
	if err == nil && len(s.filling) >= copyChunk {
		err = s.send()
	}
	s.failed = err
	return err == nil
}

func (s *copySender) send() error {
	if err := s.source.send(s.filling); err != nil {
		return err
	}
	s.meter.add(len(s.filling), s.pending)
	s.filling, s.sent, s.pending = s.sent[:0], s.filling, 0
	return nil
}

// appendRow writes a row. The error names the row and the column.
func (e *copyEncoder) appendRow(dst []byte, row []any) ([]byte, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.ended {
		return dst, errCopyStopped
	}
	e.count++
	if len(row) != len(e.columns) {
		return dst, fmt.Errorf("row %d has %d values, but the COPY has %d columns", e.count, len(row), len(e.columns))
	}
	e.conn.parameters.reset()
	e.conn.parameters.lenient = true
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(row)))
	for i, value := range row {
		if plain, ok := e.appendPlain(dst, e.columns[i].oid, value); ok {
			dst = plain
			continue
		}
		field, err := e.field(e.columns[i], value)
		if err != nil {
			return dst, fmt.Errorf("row %d, column %q: %w", e.count, e.columns[i].name, err)
		}
		if field == nil {
			dst = binary.BigEndian.AppendUint32(dst, 1<<32-1)
			continue
		}
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(field)))
		dst = append(dst, field...)
	}
	return dst, nil
}

// appendPlain writes a value whose Go type is just that of its column, without a look at all that it could be. What it
// does not know, or must refuse, is left to field.
func (e *copyEncoder) appendPlain(dst []byte, oid uint32, value any) ([]byte, bool) {
	if e.conn.config.Types != nil {
		return nil, false // adapters have the first word
	}
	switch value := value.(type) {
	case string:
		if (oid == pgtype.TextOID || oid == pgtype.VarcharOID) && wire.CheckText(value) == nil {
			return append(binary.BigEndian.AppendUint32(dst, uint32(len(value))), value...), true
		}
	case int64:
		return appendPlainInteger(dst, oid, value)
	case int:
		return appendPlainInteger(dst, oid, int64(value))
	case float64:
		if oid == pgtype.Float8OID {
			return wire.AppendFloat8(binary.BigEndian.AppendUint32(dst, 8), value), true
		}
	}
	return nil, false
}

func appendPlainInteger(dst []byte, oid uint32, value int64) ([]byte, bool) {
	switch {
	case oid == pgtype.Int8OID:
		return wire.AppendInt8(binary.BigEndian.AppendUint32(dst, 8), value), true
	case oid == pgtype.Int4OID && value == int64(int32(value)):
		return wire.AppendInt4(binary.BigEndian.AppendUint32(dst, 4), int32(value)), true
	}
	return nil, false
}

// field encodes a value for a column; nil is NULL.
func (e *copyEncoder) field(column copyColumn, value any) ([]byte, error) {
	c := e.conn
	value, err := c.resolve(value)
	if err != nil {
		return nil, err
	}
	if err := c.parameters.add(c, column.oid, value); err != nil {
		return nil, err
	}
	last := len(c.parameters.values) - 1
	field := c.parameters.values[last]
	if field == nil || column.text || c.parameters.formats[last] == pgtype.BinaryFormatCode {
		return field, nil
	}
	return e.binaryOf(column, field)
}

// jsonbVersion is what the binary form of jsonb has in front of the text (jsonb_recv in jsonb.c).
const jsonbVersion = 1

// binaryOf turns the text of a value into the binary form of the column's type.
func (e *copyEncoder) binaryOf(column copyColumn, text []byte) ([]byte, error) {
	if column.oid == pgtype.JSONBOID {
		return append([]byte{jsonbVersion}, text...), nil
	}
	types := e.conn.typeMap()
	known, ok := types.TypeForOID(column.oid)
	if !ok || !known.Codec.FormatSupported(pgtype.BinaryFormatCode) {
		return nil, errors.New("the type has no binary form that pgadapt knows: run the COPY from an io.Reader instead")
	}
	value, err := known.Codec.DecodeValue(types, column.oid, pgtype.TextFormatCode, text)
	if err != nil {
		return nil, fmt.Errorf("the text is none of the type %s in the form that PostgreSQL prints it", known.Name)
	}
	return types.Encode(column.oid, pgtype.BinaryFormatCode, value, nil)
}
