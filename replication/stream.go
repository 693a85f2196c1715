package replication

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
)

// Stream is a running replication. Messages gives what the server sends; Acknowledge says what the program is done with.
// One goroutine at a time ranges over Messages; Acknowledge, Report and SendStatusUpdate are for any.
//
// Each message is delivered at least once. What was acknowledged is not delivered again; after a cut of the network or
// a restart of the server the stream goes on with what was not. Acknowledgements count by transaction: one that was
// not acknowledged to its end comes again as a whole. A new process begins where the slot is, at what the server was
// last told, unless LogicalOptions.StartLSN says that the program knows better; a program that stores the position
// together with the effects of its messages has each effect exactly once.
type Stream struct {
	session      *Session
	options      StreamOptions
	slot         string
	mode         Mode
	decodes      bool
	startCommand func(from LSN) string
	position     position
	systemID     string // the cluster's

	// mu guards receiver, which a context that ends and a program that acknowledges use from other goroutines.
	mu       sync.Mutex
	receiver *receiver // nil while there is no connection
	closed   bool
	decoder  Decoder
	resumed  bool
}

// open starts the stream on the session's connection, from what the program is known to be done with.
func (s *Stream) open(ctx context.Context) error {
	if err := s.checkSystem(ctx); err != nil {
		return err
	}
	receiver, err := openReceiver(ctx, s.session, s.startCommand(s.position.current().Flushed), s)
	if err != nil {
		return s.session.slotError(ctx, s.slot, s.mode, err)
	}
	s.decoder = Decoder{}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receiver = receiver
	return nil
}

// checkSystem sees to it that a stream goes on in the cluster where it began: positions mean nothing in another one. Before
// PostgreSQL 15 the question was also needed before a physical stream.
func (s *Stream) checkSystem(ctx context.Context) error {
	system, err := s.session.IdentifySystem(ctx)
	if err != nil {
		return err
	}
	if s.systemID != "" && s.systemID != system.ID {
		return &brokenStreamError{fmt.Errorf("replication: the stream began in the cluster %s, and this server is of the cluster %s",
			s.systemID, system.ID)}
	}
	s.systemID = system.ID
	return nil
}

// Messages gives the messages of the stream, until the loop is left, ctx ends or an error comes, which is the last
// thing that it gives. It can be called again after that: the stream goes on where it was, and after an error connects
// again. Between messages the program may take its time; the server is told meanwhile that it is alive.
//
// A cut of the connection is no error: the stream connects again, waiting longer after each failure, for as long as
// ReconnectFor says. Errors are those that time does not heal, such as [ErrWALRemoved] and [ErrPublicationNotFound].
// The end of a timeline is an [*EndOfTimelineError].
func (s *Stream) Messages(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		defer context.AfterFunc(ctx, s.interrupt)()
		for {
			message, err := s.next(ctx)
			if err != nil {
				yield(Message{}, err)
				return
			}
			if !yield(message, nil) {
				return
			}
		}
	}
}

// next gives the next message, over a new connection if the old one is cut.
func (s *Stream) next(ctx context.Context) (Message, error) {
	for {
		if s.closed {
			return Message{}, ErrStreamClosed
		}
		if ctx.Err() != nil {
			return Message{}, contextError(ctx)
		}
		if s.receiver == nil {
			if err := s.reconnect(ctx); err != nil {
				return Message{}, err
			}
		}
		message, err := s.receiver.receive(ctx)
		if err == nil {
			message, err = s.deliver(message)
		}
		if err == nil {
			return message, nil
		}
		if ctx.Err() != nil {
			return Message{}, contextError(ctx)
		}
		if err := s.failed(ctx, err); err != nil {
			return Message{}, err
		}
	}
}

func contextError(ctx context.Context) error { return fmt.Errorf("replication: %w", ctx.Err()) }

// deliver makes a message the program's own.
func (s *Stream) deliver(message Message) (Message, error) {
	message.Data = slices.Clone(message.Data)
	if s.decodes {
		change, err := s.decoder.Decode(message.Data)
		if err != nil {
			return Message{}, &brokenStreamError{err}
		}
		message.Change = change
	}
	message.Resumed, s.resumed = s.resumed, false
	s.position.deliver(message.end)
	return message, nil
}

// failed takes leave of a connection after an error, and gives the error if another connection would not help.
func (s *Stream) failed(ctx context.Context, err error) error {
	receiver := s.takeReceiver()
	if ended, ok := errors.AsType[*EndOfTimelineError](err); ok {
		receiver.halt()
		receiver.giveBack(s.session, nil)
		s.markClosed()
		return ended
	}
	receiver.abandon()
	if !isCut(err) || s.options.ReconnectFor < 0 {
		return outermost(err)
	}
	s.logCut(ctx, err)
	return nil
}

// outermost says of an error of the network what it means.
func outermost(err error) error {
	if isCut(err) {
		return fmt.Errorf("replication: the connection was cut: %w", err)
	}
	return err
}

func (s *Stream) takeReceiver() *receiver {
	s.mu.Lock()
	defer s.mu.Unlock()
	receiver := s.receiver
	s.receiver = nil
	return receiver
}

func (s *Stream) markClosed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.session.stream = true, nil
}

// interrupt stops the reading of the connection that there is.
func (s *Stream) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.receiver != nil {
		s.receiver.interrupt()
	}
}

// Acknowledge says that the program is done with everything before lsn: usually the End of the last message that was
// dealt with, of a Commit in a logical stream. The server is told within StatusInterval, and at once by
// SendStatusUpdate. An earlier position than one acknowledged before changes nothing; a later one than the stream has
// come to is an error, since it would lose what lies between. It may be called from any goroutine.
func (s *Stream) Acknowledge(lsn LSN) error {
	return s.Report(Positions{Written: lsn, Flushed: lsn, Applied: lsn})
}

// Report is Acknowledge for a program that tells writing, flushing and applying apart. Zero fields change nothing.
func (s *Stream) Report(positions Positions) error { return s.position.report(positions) }

// Acknowledged gives what the server is told: the positions that the program gave, or later ones where the server had
// nothing more for it.
func (s *Stream) Acknowledged() Positions { return s.position.current() }

// SendStatusUpdate tells the server now how far the program has come. While the connection is cut it does nothing: the
// next one begins with it. It may be called from any goroutine.
func (s *Stream) SendStatusUpdate() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrStreamClosed
	}
	if s.receiver == nil {
		return nil
	}
	if err := s.receiver.sendStatus(false); err != nil {
		return fmt.Errorf("replication: status update: %w", err)
	}
	return nil
}

// Close tells the server the last positions and ends the stream, after which the session takes commands again. When the
// server does not end the stream within some seconds, because it is in the middle of a large transaction, the
// connection is closed instead. An error says that the last positions may not have arrived, and what they acknowledge
// may come again. No other goroutine may be inside Messages; end its context first.
func (s *Stream) Close() error {
	if s.closed {
		return nil
	}
	receiver := s.takeReceiver()
	s.markClosed()
	if receiver == nil {
		return nil
	}
	err := receiver.end()
	receiver.giveBack(s.session, err)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("replication: closing the stream: %w", err)
	}
	return nil
}
