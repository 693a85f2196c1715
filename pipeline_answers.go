package pgadapt

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// answers reads what the server answers to a pipeline. Its fields other than the atomic ones and the channels belong to its goroutine until
// finished is closed; wantsShape does not change.
type answers struct {
	conn *conn
	// completed counts the executions that have succeeded, and affected their rows.
	completed int
	affected  int64
	tag       []byte
	tagged    int64

	// wantsShape says that the rows of the executions are to be kept: in rows, with their shape.
	wantsShape bool
	shape      *shape
	rows       storedRows
	stored     int64
	// arrived is completed for the sender, whom progressed wakes up when it or failed has changed. Both are used only
	// where the rows are wanted.
	arrived    atomic.Int64
	progressed chan struct{}

	// err is the first error of the server, or that of the network.
	err error
	// failed is set with err, and tells the sender to stop.
	failed   atomic.Bool
	finished chan struct{}
}

func newAnswers(c *conn, wantsShape bool) *answers {
	return &answers{conn: c, wantsShape: wantsShape, shape: emptyShape,
		progressed: make(chan struct{}, 1), finished: make(chan struct{})}
}

// read reads to the end of the answers, which is the answer to Sync, or that of the connection.
func (a *answers) read() {
	defer close(a.finished)
	for {
		message, err := a.conn.pg.ReceiveMessage(context.Background())
		if err != nil {
			a.lose(err)
			return
		}
		if _, ready := message.(*pgproto3.ReadyForQuery); ready {
			return
		}
		a.take(message)
	}
}

// lose notes that there will be no more answers, and closes the session.
func (a *answers) lose(err error) {
	for !a.conn.pg.IsClosed() { // a time limit has passed: pgconn leaves the session open
		_ = a.conn.pg.Conn().Close()
		_, _ = a.conn.pg.ReceiveMessage(context.Background())
	}
	a.fail(err)
}

func (a *answers) fail(err error) {
	if a.err == nil {
		a.err = err
	}
	a.failed.Store(true)
	a.wake()
}

func (a *answers) wake() {
	if !a.wantsShape {
		return
	}
	a.arrived.Store(int64(a.completed))
	select {
	case a.progressed <- struct{}{}:
	default:
	}
}

func (a *answers) take(message pgproto3.BackendMessage) {
	switch message := message.(type) {
	case *pgproto3.CommandComplete:
		a.complete(message.CommandTag)
	case *pgproto3.EmptyQueryResponse:
		a.completed++
		a.wake()
	case *pgproto3.ErrorResponse:
		a.fail(pgconn.ErrorResponseToPgError(message))
	case *pgproto3.RowDescription:
		a.describe(message)
	case *pgproto3.DataRow:
		a.keep(message.Values)
	}
}

// complete counts the rows of an execution. Most tags are that of the execution before.
func (a *answers) complete(tag []byte) {
	if !bytes.Equal(tag, a.tag) {
		a.tag = append(a.tag[:0], tag...)
		a.tagged = pgconn.NewCommandTag(string(tag)).RowsAffected()
	}
	a.completed++
	a.affected += a.tagged
	a.wake()
}

// describe takes the columns of the first execution's rows.
func (a *answers) describe(message *pgproto3.RowDescription) {
	if !a.wantsShape || a.shape != emptyShape {
		return
	}
	fields := make([]pgconn.FieldDescription, len(message.Fields))
	for i := range message.Fields {
		field := &message.Fields[i]
		fields[i] = pgconn.FieldDescription{
			Name: string(field.Name), TableOID: field.TableOID, TableAttributeNumber: field.TableAttributeNumber,
			DataTypeOID: field.DataTypeOID, DataTypeSize: field.DataTypeSize, TypeModifier: field.TypeModifier,
			Format: field.Format,
		}
	}
	a.shape = newShape(fields)
}

// keep stores a row.
func (a *answers) keep(values [][]byte) {
	if !a.wantsShape || a.failed.Load() {
		return
	}
	limit := a.conn.config.maxBufferedBytes()
	if a.conn.buffered >= limit {
		a.fail(tooManyRows(limit))
		return
	}
	added := a.rows.append(values)
	a.stored += added
	a.conn.buffered += added
}

func tooManyRows(limit int64) error {
	return fmt.Errorf("the rows do not fit into max_buffered_bytes (%d bytes): return less, or raise the limit", limit)
}
