package pgadapt

import (
	"context"
	"database/sql/driver"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// tracedRows is rows whose reading is told to the Tracer, from their opening to their closing.
type tracedRows struct {
	*rows
	ctx       context.Context
	operation *Operation
	// sampling says that the time of decoding the current row is taken.
	sampling bool
	sampled  time.Duration
}

// decodingSample is the number of rows of which one is measured.
const decodingSample = 16

var (
	_ driver.Rows                           = (*tracedRows)(nil)
	_ driver.RowsNextResultSet              = (*tracedRows)(nil)
	_ driver.RowsColumnTypeDatabaseTypeName = (*tracedRows)(nil)
	_ driver.RowsColumnTypeScanType         = (*tracedRows)(nil)
)

// traceRows begins to tell of the rows that a query has given.
func (c *conn) traceRows(ctx context.Context, query *Operation, opened *rows) *tracedRows {
	operation := c.operation(OperationRows, query.Query, nil)
	operation.ArgumentCount, operation.arguments = query.ArgumentCount, query.arguments
	operation.Opening, operation.Started = query.Duration, time.Now()
	traced := &tracedRows{rows: opened, operation: operation, ctx: startTrace(ctx, c.config.Tracer, operation)}
	opened.operation = operation
	operation.complete(opened.tag)
	if opened.reader != nil {
		opened.reader = opened.timed(opened.reader)
	}
	return traced
}

// Next is that of rows.
func (t *tracedRows) Next(dest []driver.Value) error {
	started, waited := time.Now(), t.operation.Waiting
	if err := t.rows.Next(dest); err != nil {
		return err
	}
	t.count()
	t.decoded(time.Since(started) - (t.operation.Waiting - waited))
	return nil
}

// count counts a row, and decides whether it is one of those that are measured.
func (t *tracedRows) count() {
	t.sampling = t.operation.Rows%decodingSample == 0
	t.operation.Rows++
}

// decoded adds the time of decoding the current row or a column of it.
func (t *tracedRows) decoded(took time.Duration) {
	if t.sampling {
		t.sampled += took
	}
}

// Close ends the operation.
func (t *tracedRows) Close() error {
	tracer := t.conn.config.Tracer
	err := t.rows.Close()
	if measured := (t.operation.Rows + decodingSample - 1) / decodingSample; measured > 0 {
		t.operation.Decoding = t.sampled * time.Duration(t.operation.Rows) / time.Duration(measured)
	}
	t.operation.fail(err)
	tracer.TraceEnd(t.ctx, t.operation)
	return err
}

// timed gives a reader that takes the time of waiting for the server, if these rows are traced.
func (r *rows) timed(reader resultReader) resultReader {
	if r.operation == nil {
		return reader
	}
	return &timedReader{resultReader: reader, waiting: &r.operation.Waiting}
}

// timedReader takes the time that is spent on reading from the network.
type timedReader struct {
	resultReader
	waiting *time.Duration
}

func (t *timedReader) NextRow() bool {
	defer t.since(time.Now())
	return t.resultReader.NextRow()
}

func (t *timedReader) Close() (pgconn.CommandTag, error) {
	defer t.since(time.Now())
	return t.resultReader.Close()
}

func (t *timedReader) since(started time.Time) { *t.waiting += time.Since(started) }
