package replication

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// receiver is one connection in copy-both mode. One goroutine reads from it, when the program wants a message: what it
// does not want yet waits in the network and on the server. Another one tells the server in the meantime that the
// program is alive, however long that takes. The server reads such reports while it waits to send.
type receiver struct {
	pg       *pgconn.PgConn // closed for pgconn, but it knows the session's parameters
	wire     *pgconn.HijackedConn
	position *position
	physical bool
	timeout  time.Duration // how long the server may be silent; negative for ever

	// writing guards what is sent, which comes from both goroutines.
	writing sync.Mutex
	// waiting guards the deadline of reading, which a context that ends sets from its own goroutine.
	waiting sync.Mutex

	stopReporting chan struct{}
	reporting     sync.WaitGroup
}

// errSilent says that the server has not answered for the receive timeout.
var errSilent = errors.New("replication: the server is silent")

// errServerEnded says that the server has ended the stream, as it does when it shuts down.
var errServerEnded = errors.New("replication: the server has ended the stream")

// openReceiver sends the command that starts the stream, and waits until it has started. When it fails, the session is
// given back for other commands if the server still takes any.
func openReceiver(ctx context.Context, session *Session, command string, stream *Stream) (*receiver, error) {
	interval := stream.options.statusInterval()
	timeout, err := session.walSenderTimeout(ctx)
	if err != nil {
		return nil, err
	}
	if timeout > 0 {
		interval = min(interval, timeout/3)
	}
	r := &receiver{
		pg: session.pg, position: &stream.position, physical: stream.mode == Physical,
		timeout: stream.options.receiveTimeout(), stopReporting: make(chan struct{}),
	}
	if r.wire, err = session.pg.Hijack(); err != nil {
		return nil, fmt.Errorf("replication: %w", err)
	}
	defer r.watch(ctx)()
	if err := r.begin(ctx, command); err != nil {
		r.giveBack(session, err)
		return nil, err
	}
	r.reporting.Go(func() { r.report(interval) })
	return r, nil
}

func (r *receiver) begin(ctx context.Context, command string) error {
	r.wire.Frontend.SendQuery(&pgproto3.Query{String: command})
	if err := r.flush(); err != nil {
		return commandError(command, err)
	}
	var refusal error
	for {
		message, err := r.read(ctx, nil)
		if err != nil {
			return errors.Join(refusal, commandError(command, err))
		}
		switch message := message.(type) {
		case *pgproto3.CopyBothResponse:
			return nil
		case *pgproto3.ErrorResponse:
			refusal = commandError(command, pgconn.ErrorResponseToPgError(message))
		case *pgproto3.ReadyForQuery:
			if refusal == nil {
				refusal = fmt.Errorf("replication: the server did not answer %s with a stream", verb(command))
			}
			return &refusedError{refusal}
		}
	}
}

// refusedError is the server's refusal of a command, after which it takes others.
type refusedError struct{ cause error }

func (e *refusedError) Error() string { return e.cause.Error() }

func (e *refusedError) Unwrap() error { return e.cause }

// giveBack makes the session usable for commands again after a refusal or an orderly end, and else closes it.
func (r *receiver) giveBack(session *Session, failure error) {
	if _, refused := failure.(*refusedError); failure != nil && !refused {
		_ = r.wire.Conn.Close()
		return
	}
	r.resetDeadlines()
	if pg, err := pgconn.Construct(r.wire); err == nil {
		session.pg = pg
	}
}

// watch makes reading stop when ctx ends. The function that it gives ends that.
func (r *receiver) watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, r.interrupt)
}

// interrupt makes reading stop now.
func (r *receiver) interrupt() {
	r.waiting.Lock()
	defer r.waiting.Unlock()
	_ = r.wire.Conn.SetReadDeadline(time.Unix(1, 0))
}

// await sets the time until which the server may be silent.
func (r *receiver) await(ctx context.Context) error {
	r.waiting.Lock()
	defer r.waiting.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var deadline time.Time
	if r.timeout > 0 {
		deadline = time.Now().Add(r.timeout / 2)
	}
	return r.wire.Conn.SetReadDeadline(deadline)
}

// read gives the server's next message, which is valid until the next call. When half of the timeout has passed
// without a byte, askForLife is called if there is any, and after another half the server is taken for dead.
func (r *receiver) read(ctx context.Context, askForLife func() error) (pgproto3.BackendMessage, error) {
	asked := false
	received := r.wire.Frontend.ReadBufferLen()
	for {
		if err := r.await(ctx); err != nil {
			return nil, err
		}
		message, err := r.wire.Frontend.Receive()
		if err == nil {
			return message, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
			return nil, err
		}
		if now := r.wire.Frontend.ReadBufferLen(); now != received {
			received, asked = now, false // a part of a long message has come
			continue
		}
		if asked {
			return nil, errSilent
		}
		asked = true
		if askForLife != nil {
			if err := askForLife(); err != nil {
				return nil, err
			}
		}
	}
}

// receive gives the next message of the stream, and answers the server's keepalives before it.
func (r *receiver) receive(ctx context.Context) (Message, error) {
	for {
		message, err := r.read(ctx, func() error { return r.sendStatus(true) })
		if err != nil {
			return Message{}, err
		}
		switch message := message.(type) {
		case *pgproto3.CopyData:
			received, alive, err := parseCopyData(message.Data, r.physical)
			if err != nil {
				return Message{}, &brokenStreamError{err}
			}
			if alive == nil {
				return received, nil
			}
			if err := r.keepAlive(alive); err != nil {
				return Message{}, err
			}
		case *pgproto3.ErrorResponse:
			return Message{}, streamError(commandError("START_REPLICATION", pgconn.ErrorResponseToPgError(message)))
		case *pgproto3.CopyDone:
			return Message{}, r.endOfTimeline(ctx)
		case *pgproto3.CommandComplete:
			return Message{}, errServerEnded
		case *pgproto3.NoticeResponse:
			r.notice(message)
		}
	}
}

// brokenStreamError says that what the server sends cannot be understood. To connect again would not help.
type brokenStreamError struct{ cause error }

func (e *brokenStreamError) Error() string { return e.cause.Error() }

func (e *brokenStreamError) Unwrap() error { return e.cause }

func (r *receiver) keepAlive(alive *keepAlive) error {
	r.position.keepAlive(alive.walEnd)
	if !alive.replyRequested {
		return nil
	}
	return r.sendStatus(false)
}

func (r *receiver) notice(message *pgproto3.NoticeResponse) {
	if r.wire.Config.OnNotice == nil {
		return
	}
	notice := pgconn.Notice(*pgconn.ErrorResponseToPgError((*pgproto3.ErrorResponse)(message)))
	r.wire.Config.OnNotice(r.pg, &notice)
}

// report tells the server at each interval how far the program has come. A failure to do so shows when the connection
// is read.
func (r *receiver) report(interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-r.stopReporting:
			return
		case <-ticker.C:
			if r.sendStatus(false) != nil {
				return
			}
		}
	}
}

// sendStatus tells the server how far the program has come.
func (r *receiver) sendStatus(replyRequested bool) error {
	return r.send(&pgproto3.CopyData{Data: statusUpdate(r.position.current(), time.Now(), replyRequested)})
}

func (r *receiver) send(message pgproto3.FrontendMessage) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	r.wire.Frontend.Send(message)
	return r.flush()
}

// flush does not wait for ever for a network that takes nothing.
func (r *receiver) flush() error {
	if r.timeout > 0 {
		_ = r.wire.Conn.SetWriteDeadline(time.Now().Add(r.timeout))
	}
	return r.wire.Frontend.Flush()
}

func (r *receiver) resetDeadlines() { _ = r.wire.Conn.SetDeadline(time.Time{}) }
