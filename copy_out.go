package pgadapt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/pgadapt/pgadapt/internal/framing"
)

// copyTo writes what the server sends into argument.
func (c *conn) copyTo(ctx context.Context, query string, argument any, meter *copyMeter) (pgconn.CommandTag, error) {
	writer, ok := argument.(io.Writer)
	if !ok || isNilPointer(argument) {
		return pgconn.CommandTag{}, fmt.Errorf("pgadapt: COPY … TO STDOUT writes to an io.Writer, and %s is none",
			describeStream(argument))
	}
	out := copyOut{answer: &c.answer, writer: writer, meter: meter}
	return c.traceCopy(ctx, query, func(ctx context.Context) (pgconn.CommandTag, error) {
		return out.run(ctx, query)
	})
}

// copyOut is a COPY … TO STDOUT that runs.
type copyOut struct {
	answer *answer
	writer io.Writer
	meter  *copyMeter
	state  copyOutState
	// failed is the error of the writer, which is not written to any more.
	failed error
}

// copyOutState says how far the answer is. Each of its messages moves it on by one (PostgreSQL documentation, "COPY
// Operations"); the data come in copyOutSending.
type copyOutState uint8

const (
	copyOutAsked     copyOutState = iota // CopyOutResponse is to come
	copyOutSending                       // CopyDone is to come
	copyOutSent                          // CommandComplete is to come
	copyOutCompleted                     // ReadyForQuery is to come
)

// errWriterLeft stands for the error of a writer that has panicked.
var errWriterLeft = errors.New("the writer has not returned")

// run asks for the data and writes them.
func (o *copyOut) run(ctx context.Context, query string) (pgconn.CommandTag, error) {
	mark := o.answer.conn.transport.written()
	o.answer.ask(ctx, query, 'd')
	defer o.leave()
	o.read()
	err := o.answer.err
	if err != nil {
		err = o.answer.conn.failure(ctx, mark, err)
	}
	return o.answer.tag, copyFailure("writing has failed", o.failed, err)
}

// leave stops a COPY whose writer has panicked, so that the session is in order for who recovers.
func (o *copyOut) leave() {
	if !o.answer.ready {
		o.fail(errWriterLeft)
		o.read()
	}
}

// read reads the answer to its end.
func (o *copyOut) read() {
	for !o.answer.ready {
		if data, messages := o.arrived(); messages > 0 {
			o.write(data, messages)
			continue
		}
		o.receive()
	}
}

// arrived gives the data that have arrived as whole messages, all in one piece, which the next read overwrites.
func (o *copyOut) arrived() (data []byte, messages int) {
	if !o.answer.take() {
		return nil, 0
	}
	data, messages = framing.Join(o.answer.arrived)
	o.answer.arrived = nil
	return data, messages
}

// write hands on data that have come in a number of messages.
func (o *copyOut) write(data []byte, messages int) {
	if o.state != copyOutSending {
		o.violate(&pgproto3.CopyData{})
		return
	}
	if o.failed != nil {
		return
	}
	written, err := o.writer.Write(data)
	if err == nil && written < len(data) {
		err = io.ErrShortWrite
	}
	if err != nil {
		o.fail(err)
		return
	}
	o.meter.add(len(data), messages) // the server sends each row in a message of its own
}

// fail has the server stop.
func (o *copyOut) fail(err error) {
	o.failed = err
	o.answer.conn.canceller.stop()
}

// receive reads one message through pgconn.
func (o *copyOut) receive() {
	switch message := o.answer.receive().(type) {
	case *pgproto3.CopyOutResponse:
		o.proceed(copyOutAsked, message)
	case *pgproto3.CopyData:
		o.write(message.Data, 1)
	case *pgproto3.CopyDone:
		o.proceed(copyOutSending, message)
	case *pgproto3.CommandComplete:
		o.proceed(copyOutSent, message)
	case *pgproto3.ErrorResponse:
		o.state = copyOutCompleted
	case *pgproto3.ReadyForQuery:
		if o.state != copyOutCompleted {
			o.violate(message)
		}
	case nil, *pgproto3.NoticeResponse, *pgproto3.ParameterStatus, *pgproto3.NotificationResponse:
	default:
		o.violate(message)
	}
}

// proceed moves on from a state with its message.
func (o *copyOut) proceed(from copyOutState, message pgproto3.BackendMessage) {
	if o.state != from {
		o.violate(message)
		return
	}
	o.state++
}

// violate ends the session: who knows what else a server means by a message that a COPY does not have there.
func (o *copyOut) violate(message pgproto3.BackendMessage) {
	name := strings.TrimPrefix(fmt.Sprintf("%T", message), "*pgproto3.")
	o.answer.lose(fmt.Errorf("protocol violation: the server has sent %s out of turn in a COPY … TO STDOUT", name))
}
