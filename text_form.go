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
	scratch, err := c.decoder.appendTextForm(c.oid, d.scratch, src)
	if err != nil {
		return nil, err
	}
	text, d.scratch = scratch[len(d.scratch):], scratch
	return text, nil
}

// release lets the memory of text forms be used again.
func (d *decoding) release() { d.scratch = d.scratch[:0] }

// appendTextForm appends the text form of a value of any core type.
func (d *decoder) appendTextForm(oid uint32, dst, src []byte) ([]byte, error) {
	if oid == pgtype.ByteaOID {
		return wire.AppendByteaText(dst, src), nil
	}
	if d.moment == nil {
		return d.appendElement(dst, src)
	}
	moment, infinity, err := d.moment(src, time.UTC)
	if err != nil || infinity != wire.Finite {
		return append(dst, infinity.String()...), err
	}
	switch oid {
	case pgtype.DateOID:
		return wire.AppendDateText(dst, moment)
	case pgtype.TimestampOID:
		return wire.AppendTimestampText(dst, moment)
	}
	return wire.AppendTimestampTZText(dst, moment)
}
