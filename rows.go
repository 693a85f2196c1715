package pgadapt

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// rows is the result of a query: one result set, or those of a text with several statements. It reads its
// rows from the network while it is its connection's open result. When the connection is needed in between,
// what remains is read ahead into memory and goes on from there.
type rows struct {
	conn *conn
	ctx  context.Context
	// mark is what transport.written gave before the query was sent.
	mark uint64
	// query is the text whose result it is.
	query string

	shape *shape
	// values is the current row, nil for NULL. It is valid until the next row is read.
	values [][]byte
	// fetched says that values is the first row, not yet handed out.
	fetched bool
	// raw is the memory behind the sql.RawBytes of the current row.
	raw []byte
	// outlooks says what Next does with each column, nil where that is nothing special, once lookedAhead.
	outlooks    []outlook
	lookedAhead bool
	// noted are the texts of the current row whose types are noted.
	noted []*byte
	// zone is the location of timestamptz values, once one was decoded.
	zone *time.Location

	// present has the rows of the present result set that were read ahead, and ahead those of the sets after
	// it. What is still on the network follows the last of them.
	present storedRows
	ahead   []*storedResult
	// reader reads the result set that is arriving from the network; nil when none is.
	reader resultReader
	// results reads the result sets after that; nil unless there may be any.
	results *pgconn.MultiResultReader
	// stored counts the bytes that were read ahead.
	stored int64
	// cursor is where the next page of rows comes from; nil where the whole result arrives at once.
	cursor *pagedCursor
	// tag is that of the last result set that has been read to its end.
	tag pgconn.CommandTag
	// operation is what the Tracer is told of these rows, nil where there is none.
	operation *Operation
	// err is what ended the answer before its time.
	err error
	// violation is what a row did not have in common with its description.
	violation error
	// stop cancels the statement when the rows are closed early, and stopped says that it did; nil if nothing may.
	stop    context.CancelFunc
	stopped bool
}

var (
	_ driver.Rows                           = (*rows)(nil)
	_ driver.RowsNextResultSet              = (*rows)(nil)
	_ driver.RowsColumnTypeDatabaseTypeName = (*rows)(nil)
	_ driver.RowsColumnTypeLength           = (*rows)(nil)
	_ driver.RowsColumnTypeNullable         = (*rows)(nil)
	_ driver.RowsColumnTypePrecisionScale   = (*rows)(nil)
	_ driver.RowsColumnTypeScanType         = (*rows)(nil)
)

// newRows makes rows the connection's open result. It takes the memory of rows that were closed.
func (c *conn) newRows(ctx context.Context, mark uint64) *rows {
	r := c.spare
	if r == nil {
		r = &rows{conn: c}
	}
	c.spare = nil
	r.ctx, r.mark, r.shape = ctx, mark, emptyShape
	c.open = r
	return r
}

// openRows gives the rows of one statement's answer, with the first row read. The error is pgconn's.
func (c *conn) openRows(ctx context.Context, mark uint64, statement *statement, reader resultReader) (*rows, error) {
	more := reader.NextRow()
	if changed := c.changedColumns(statement, reader); changed != nil {
		reader, more = changed, more && changed.convert()
	}
	if more {
		shape := statement.shapeOf(reader)
		if err := c.checkRow(shape, reader); err != nil {
			_, _ = reader.Close()
			return nil, err
		}
		r := c.newRows(ctx, mark)
		r.query, r.shape = statement.query, shape
		r.reader, r.values, r.fetched = reader, reader.Values(), true
		return r, nil
	}
	shape := statement.shapeOf(reader)
	tag, err := reader.Close()
	if err != nil {
		return nil, err
	}
	r := c.newRows(ctx, mark)
	r.noteTag(tag)
	r.query, r.shape = statement.query, shape
	r.detach()
	return r, nil
}

// openResults gives the rows of the first statement of several that gives any, with the first row read.
func (c *conn) openResults(ctx context.Context, mark uint64, query string, results *pgconn.MultiResultReader) (*rows, error) {
	r := c.newRows(ctx, mark)
	r.query, r.results = query, results
	r.shape = r.nextOnNetwork()
	if r.shape == nil {
		r.shape = emptyShape
	}
	r.fetched = r.reader != nil && r.advance() == nil
	if r.err != nil {
		err := r.err
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// Columns gives the names of the present result set's columns.
func (r *rows) Columns() []string { return r.shape.names }

// Next reads the next row into dest, each column as a driver.Value. From Go 1.27 on, database/sql calls
// NextRow and ScanColumn instead.
func (r *rows) Next(dest []driver.Value) error {
	if err := r.nextRow(); err != nil {
		return err
	}
	if !r.lookedAhead {
		r.lookAhead()
	}
	if r.outlooks != nil {
		return r.nextByOutlook(dest)
	}
	for i, src := range r.values {
		if src == nil {
			dest[i] = nil
			continue
		}
		decoder := r.shape.columns[i].decoder
		value, err := decoder.value(r, decoder, src)
		if err != nil {
			return r.inColumn(i, err)
		}
		dest[i] = value
	}
	return nil
}

// nextRow moves to the next row; io.EOF says that the result set has no more.
func (r *rows) nextRow() error {
	r.raw = r.raw[:0]
	if len(r.noted) > 0 {
		r.forgetTypes()
	}
	if r.fetched {
		r.fetched = false
		return nil
	}
	return r.advance()
}

func (r *rows) advance() error {
	if r.present.left > 0 {
		r.values = r.present.next()
		return nil
	}
	if len(r.ahead) > 0 {
		return io.EOF
	}
	for r.reader != nil || r.nextPage() {
		if values, ok := r.receive(r.shape); ok {
			r.values = values
			return nil
		}
		r.finishReader()
	}
	return r.endOfRows()
}

// receive reads the next row of a result set from the network; ok says whether there was one.
func (r *rows) receive(shape *shape) (values [][]byte, ok bool) {
	if !r.reader.NextRow() {
		return nil, false
	}
	values = r.reader.Values()
	if len(values) == len(shape.columns) {
		return values, true
	}
	r.violation = r.conn.checkRow(shape, r.reader)
	return nil, false
}

// endOfRows gives what there is to say after the last row.
func (r *rows) endOfRows() error {
	r.values = nil
	r.closeCursor()
	if r.err != nil {
		return r.err
	}
	return io.EOF
}

// finishReader reads the arriving result set to its end.
func (r *rows) finishReader() {
	if r.cursor != nil {
		r.finishPage()
		return
	}
	_, err := r.closeReader()
	r.reader = nil
	if err != nil || r.violation != nil || r.results == nil {
		r.finish(err)
	}
}

// closeReader reads the arriving result set to its end and takes note of its tag.
func (r *rows) closeReader() (pgconn.CommandTag, error) {
	tag, err := r.reader.Close()
	if err == nil {
		r.noteTag(tag)
	}
	return tag, err
}

func (r *rows) noteTag(tag pgconn.CommandTag) {
	r.tag, r.conn.tag = tag, tag
	r.operation.complete(tag)
}

// finish reads the whole answer to its end and lets go of the connection. err is an error met before.
func (r *rows) finish(err error) {
	if r.results != nil {
		if closeErr := r.results.Close(); err == nil {
			err = closeErr
		}
	}
	if r.violation != nil {
		err = r.violation
	}
	wanted := r.isWanted(err)
	r.detach()
	if err != nil && !wanted {
		r.err = r.conn.failure(r.ctx, r.mark, err)
	}
}

// detach says that nothing of the answer is on the network any more.
func (r *rows) detach() {
	r.reader, r.results = nil, nil
	if r.stop != nil {
		r.stop()
		r.stop = nil
	}
	if r.conn.open == r && !r.keepsTransaction() {
		r.conn.open = nil
	}
}

// nextOnNetwork goes to the next statement's answer that is a result set, and gives its shape; nil when there
// is none.
func (r *rows) nextOnNetwork() *shape {
	if r.results == nil {
		return nil
	}
	for r.results.NextResult() {
		reader := r.results.ResultReader()
		if fields := reader.FieldDescriptions(); fields != nil {
			r.reader = r.timed(reader)
			return newShape(fields)
		}
		if tag, err := reader.Close(); err == nil {
			r.noteTag(tag)
		}
	}
	r.finish(nil)
	return nil
}

// HasNextResultSet is asked at the end of a result set. An error of a later statement is given by Close.
func (r *rows) HasNextResultSet() bool {
	if len(r.ahead) > 0 {
		return true
	}
	shape := r.nextOnNetwork()
	if shape == nil {
		return false
	}
	r.ahead = append(r.ahead, &storedResult{shape: shape})
	return true
}

// NextResultSet goes to the next result set; what is unread of the present one is passed over.
func (r *rows) NextResultSet() error {
	r.fetched, r.values, r.lookedAhead = false, nil, false
	r.forgetTypes()
	if len(r.ahead) == 0 && r.reader != nil {
		r.finishReader()
	}
	if !r.HasNextResultSet() {
		return r.endOfRows()
	}
	next := r.ahead[0]
	r.ahead = r.ahead[1:]
	r.shape, r.present = next.shape, next.rows
	return nil
}

// Close reads the answer to its end, or cancels it where EarlyClose says so, and frees the connection. Its error is
// that of the answer, when it ended with one.
func (r *rows) Close() error {
	r.stopEarly()
	if r.reader != nil {
		_, err := r.closeReader()
		r.finish(err)
	} else if r.results != nil {
		r.finish(nil)
	}
	r.closeCursor()
	err := r.err
	r.conn.buffered -= r.stored
	r.forgetTypes()
	raw := r.raw[:0]
	if cap(raw) > keptBuffer {
		raw = nil
	}
	*r = rows{conn: r.conn, raw: raw}
	if r.conn.spare == nil {
		r.conn.spare = r
	}
	return err
}

// readAhead takes what is still on the network into memory, so that another statement can use the connection.
// When it does not fit into limit, nothing is lost: the rows go on from the network, and the error is that of
// the other statement.
func (r *rows) readAhead(ctx context.Context, limit int64) error {
	r.keepCurrentRow()
	if r.keepsTransaction() {
		return r.readPagesAhead(ctx, limit)
	}
	for {
		if err := r.readSetAhead(ctx, limit); err != nil {
			return err
		}
		shape := r.nextOnNetwork()
		if shape == nil {
			r.detach()
			return nil
		}
		r.ahead = append(r.ahead, &storedResult{shape: shape})
	}
}

// keepCurrentRow moves the current row out of the network's buffer.
func (r *rows) keepCurrentRow() {
	if r.values == nil {
		return
	}
	var current storedRows
	current.append(r.values)
	r.values = current.next()
}

// readSetAhead reads the rest of the arriving result set into memory.
func (r *rows) readSetAhead(ctx context.Context, limit int64) error {
	last, shape := &r.present, r.shape
	if len(r.ahead) > 0 {
		stored := r.ahead[len(r.ahead)-1]
		last, shape = &stored.rows, stored.shape
	}
	for r.reader != nil {
		if r.conn.buffered >= limit {
			return fmt.Errorf("pgadapt: rows are still open on this connection and do not fit into "+
				"max_buffered_bytes (%d bytes): read or close them first, give their query a FetchSize inside a transaction, "+
				"or raise the limit", limit)
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("pgadapt: %w", err)
		}
		values, ok := r.receive(shape)
		if !ok {
			r.finishReader()
			break
		}
		added := last.append(values)
		r.stored += added
		r.conn.buffered += added
	}
	return nil
}

// ColumnTypeDatabaseTypeName gives the type's name in the catalog, in upper case.
func (r *rows) ColumnTypeDatabaseTypeName(index int) string {
	return r.conn.typeName(r.shape.columns[index].oid)
}

// ColumnTypeLength gives the limit of a type with a variable length.
func (r *rows) ColumnTypeLength(index int) (int64, bool) {
	return r.shape.columns[index].length()
}

// ColumnTypeNullable knows whether the column of a table can be NULL, as long as nothing in the statement makes it so.
func (r *rows) ColumnTypeNullable(index int) (nullable, ok bool) { return r.nullable(index) }

// ColumnTypePrecisionScale knows those of a numeric that was declared with them.
func (r *rows) ColumnTypePrecisionScale(index int) (precision, scale int64, ok bool) {
	return r.shape.columns[index].precisionScale()
}

// ColumnTypeScanType gives a type that every value of the column but NULL scans into.
func (r *rows) ColumnTypeScanType(index int) reflect.Type {
	return r.shape.columns[index].decoder.scanType
}
