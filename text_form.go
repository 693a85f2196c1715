package pgadapt

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// decoding gives the session's, with the location that the rows have.
func (r *rows) decoding() *decoding {
	d := &r.conn.decoding
	d.location = r.location()
	return d
}

// textForm gives the text form of a value in the column's format. It may be in memory that is used again after release.
func (c *column) textForm(d *decoding, src []byte) (text []byte, err error) {
	if src == nil || c.format != pgtype.BinaryFormatCode {
		return src, nil
	}
	scratch, err := c.appendTextForm(d.scratch, src, d.location)
	if err != nil {
		return nil, err
	}
	text, d.scratch = scratch[len(d.scratch):], scratch
	return text, nil
}

// release lets the memory of text forms be used again.
func (d *decoding) release() { d.scratch = d.scratch[:0] }

// appendTextForm appends the text form of a value in binary format: that of PostgreSQL's own settings for bytea, dates
// and intervals, whatever those of the session.
func (c *column) appendTextForm(dst, src []byte, location *time.Location) ([]byte, error) {
	d := c.decoder
	switch {
	case c.oid == pgtype.ByteaOID:
		return wire.AppendByteaText(dst, src), nil
	case d.element != nil:
		return d.appendArray(dst, src, location)
	case d.moment != nil:
		return c.appendMomentText(dst, src, location)
	case d.float != nil:
		value, err := d.float(src)
		if err != nil {
			return dst, err
		}
		return appendPrintedFloat(dst, value, len(src)*8), nil
	case d.boolean != nil:
		value, err := d.boolean(src)
		if value {
			return append(dst, 't'), err
		}
		return append(dst, 'f'), err
	}
	return d.appendText(dst, src)
}

func (c *column) appendMomentText(dst, src []byte, location *time.Location) ([]byte, error) {
	moment, infinity, err := c.decoder.moment(src, location)
	if err != nil || infinity != wire.Finite {
		return append(dst, infinity.String()...), err
	}
	switch c.oid {
	case pgtype.DateOID:
		return wire.AppendDateText(dst, moment)
	case pgtype.TimestampOID:
		return wire.AppendTimestampText(dst, moment)
	}
	return wire.AppendTimestampTZText(dst, moment)
}
