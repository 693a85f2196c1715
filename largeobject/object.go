package largeobject

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
)

// Mode says what an [Object] is opened for, with the server's bits INV_READ and INV_WRITE.
type Mode int32

const (
	// ModeRead reads the object as it is when it is opened, whatever others commit later.
	ModeRead Mode = 0x40000
	// ModeWrite reads and writes the object as it is at each moment.
	ModeWrite Mode = 0x20000
	// ModeReadWrite is the same as ModeWrite.
	ModeReadWrite = ModeRead | ModeWrite
)

// chunkBytes is how much travels in one round trip.
const chunkBytes = 1 << 20

// Object is an open large object with a position, which Read and Write move. It is for one goroutine at a time. Each
// Read and Write is a round trip: [io.Copy] takes a megabyte at a time, and so may a bufio.Reader or bufio.Writer.
type Object struct {
	// ctx is that of Open: the methods of io's interfaces have none.
	ctx        context.Context
	tx         *sql.Tx
	oid        uint32
	descriptor int32
	mode       Mode
	position   int64
	closed     bool
}

var (
	_ io.ReadWriteSeeker = (*Object)(nil)
	_ io.Closer          = (*Object)(nil)
	_ io.ReaderFrom      = (*Object)(nil)
	_ io.WriterTo        = (*Object)(nil)
)

var errClosed = errors.New("largeobject: the object is closed")

// Open opens a large object with the position at its beginning. ctx is for all calls until Close. The error is
// pgerr.UndefinedObject where there is none with this OID, and pgerr.InsufficientPrivilege where it may not be used so.
func Open(ctx context.Context, tx *sql.Tx, oid uint32, mode Mode) (*Object, error) {
	if mode != ModeRead && mode != ModeWrite && mode != ModeReadWrite {
		return nil, fmt.Errorf("largeobject: %#x is no mode: use ModeRead, ModeWrite or ModeReadWrite", int32(mode))
	}
	o := &Object{ctx: ctx, tx: tx, oid: oid, mode: mode}
	err := tx.QueryRowContext(ctx, "select pg_catalog.lo_open(@oid, @mode)",
		sql.Named("oid", oid), sql.Named("mode", int32(mode))).Scan(&o.descriptor)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// OID gives the number that names the object in its database.
func (o *Object) OID() uint32 { return o.oid }

// Read reads up to len(p) bytes, at most a megabyte, and gives io.EOF at the end of the object.
func (o *Object) Read(p []byte) (int, error) {
	if o.closed {
		return 0, errClosed
	}
	if len(p) == 0 {
		return 0, nil
	}
	n := 0
	err := o.readChunk(min(len(p), chunkBytes), func(chunk []byte) error {
		n = copy(p, chunk)
		return nil
	})
	if err == nil && n == 0 {
		err = io.EOF
	}
	return n, err
}

// WriteTo writes what follows the position to target, up to the end of the object. It is for [io.Copy].
func (o *Object) WriteTo(target io.Writer) (written int64, err error) {
	if o.closed {
		return 0, errClosed
	}
	for {
		n := 0
		err := o.readChunk(chunkBytes, func(chunk []byte) (err error) {
			n, err = target.Write(chunk)
			if err == nil && n < len(chunk) {
				err = io.ErrShortWrite
			}
			return err
		})
		written += int64(n)
		if err != nil || n == 0 {
			return written, err
		}
	}
}

// readChunk reads up to size bytes and has use see them. What it gives to use is valid until use returns.
func (o *Object) readChunk(size int, use func([]byte) error) error {
	rows, err := o.tx.QueryContext(o.ctx, "select pg_catalog.loread(@descriptor, @size)",
		sql.Named("descriptor", o.descriptor), sql.Named("size", size))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var chunk sql.RawBytes
		if err := rows.Scan(&chunk); err != nil {
			return err
		}
		o.position += int64(len(chunk))
		if err := use(chunk); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Write writes p at the position. What lies beyond the end of the object before that becomes zero bytes.
func (o *Object) Write(p []byte) (written int, err error) {
	if err := o.checkWritable(); err != nil {
		return 0, err
	}
	for len(p) > 0 {
		chunk := p[:min(len(p), chunkBytes)]
		var n int
		err := o.tx.QueryRowContext(o.ctx, "select pg_catalog.lowrite(@descriptor, @chunk)",
			sql.Named("descriptor", o.descriptor), sql.Named("chunk", chunk)).Scan(&n)
		if err != nil {
			return written, err
		}
		written += n
		o.position += int64(n)
		if n < len(chunk) {
			return written, io.ErrShortWrite
		}
		p = p[n:]
	}
	return written, nil
}

// ReadFrom writes all that source gives at the position. It is for [io.Copy].
func (o *Object) ReadFrom(source io.Reader) (read int64, err error) {
	if err := o.checkWritable(); err != nil {
		return 0, err
	}
	chunk := make([]byte, chunkBytes)
	for {
		n, readErr := io.ReadFull(source, chunk)
		written, err := o.Write(chunk[:n])
		read += int64(written)
		switch {
		case err != nil:
			return read, err
		case readErr == io.EOF || readErr == io.ErrUnexpectedEOF:
			return read, nil
		case readErr != nil:
			return read, readErr
		}
	}
}

// Seek moves the position and gives it, counted from the beginning of the object; it may lie beyond the end. A place
// before the beginning is an error.
func (o *Object) Seek(offset int64, whence int) (int64, error) {
	if o.closed {
		return 0, errClosed
	}
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset, whence = o.position+offset, io.SeekStart
	case io.SeekEnd:
	default:
		return 0, fmt.Errorf("largeobject: whence is %d, which io does not have", whence)
	}
	if whence == io.SeekStart && offset < 0 {
		return 0, fmt.Errorf("largeobject: there is no position %d before the beginning", offset)
	}
	// The server counts whence as io does.
	err := o.tx.QueryRowContext(o.ctx, "select pg_catalog.lo_lseek64(@descriptor, @offset, @whence)",
		sql.Named("descriptor", o.descriptor), sql.Named("offset", offset), sql.Named("whence", whence)).Scan(&o.position)
	if err != nil {
		return 0, err
	}
	return o.position, nil
}

// Truncate makes the object size bytes long: it cuts off the rest, or adds zero bytes. The position stays.
func (o *Object) Truncate(size int64) error {
	if err := o.checkWritable(); err != nil {
		return err
	}
	if size < 0 {
		return fmt.Errorf("largeobject: the size %d is negative", size)
	}
	var done int
	return o.tx.QueryRowContext(o.ctx, "select pg_catalog.lo_truncate64(@descriptor, @size)",
		sql.Named("descriptor", o.descriptor), sql.Named("size", size)).Scan(&done)
}

// Close gives the object back to the server, which the end of the transaction does, too. Further calls do nothing.
func (o *Object) Close() error {
	if o.closed {
		return nil
	}
	o.closed = true
	var done int
	err := o.tx.QueryRowContext(o.ctx, "select pg_catalog.lo_close(@descriptor)",
		sql.Named("descriptor", o.descriptor)).Scan(&done)
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// checkWritable finds out here what the server would answer with an error that ends the transaction.
func (o *Object) checkWritable() error {
	if o.closed {
		return errClosed
	}
	if o.mode&ModeWrite == 0 {
		return errors.New("largeobject: the object was opened with ModeRead: use ModeWrite or ModeReadWrite to write")
	}
	return nil
}
