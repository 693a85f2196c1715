package pgadapt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
)

// copyChunk is the size of the pieces in which data travel to a COPY, more or less a row. pgconn puts each into one
// message of 64 KiB at most; what is left over would become a tiny message of its own.
const copyChunk = 60 << 10

// errCopyStopped ends the reading from a source that the server wants nothing of any more.
var errCopyStopped = errors.New("the COPY has ended")

// copySource is what pgconn reads the data of a COPY … FROM STDIN from. A goroutine of its own produces them, so that
// a producer that blocks does not keep the server's error, or the end of the context, from the caller. Such a producer
// is left alone; it ends when it wants to hand over its next piece.
type copySource struct {
	ctx context.Context
	// producer is nil where the pieces are handed over from outside.
	producer copyProducer
	started  bool
	// chunks is not buffered: when one is received, the one before it is used up.
	chunks chan []byte
	rest   []byte
	// ended is the producer's error, set before chunks is closed.
	ended error
	// failed is what the reader of chunks has met.
	failed atomic.Pointer[error]

	stopped chan struct{}
	stop    sync.Once
}

// copyProducer sends pieces to a source until there are no more. It is not a function, which would be an allocation.
type copyProducer interface{ produce() error }

// init makes a source whose producer runs when the server is ready to take data.
func (s *copySource) init(ctx context.Context, producer copyProducer) {
	s.ctx, s.producer = ctx, producer
	s.chunks, s.stopped = make(chan []byte), make(chan struct{})
}

// Read is called by pgconn, in one goroutine.
func (s *copySource) Read(dst []byte) (int, error) {
	if s.producer != nil && !s.started {
		s.started = true
		go s.run()
	}
	if len(s.rest) == 0 {
		if err := s.receive(); err != nil {
			return 0, err
		}
	}
	copied := copy(dst, s.rest)
	s.rest = s.rest[copied:]
	return copied, nil
}

func (s *copySource) receive() error {
	select {
	case chunk, more := <-s.chunks:
		if more {
			s.rest = chunk
			return nil
		}
		if s.ended == nil {
			return io.EOF
		}
		if s.wanted() == nil {
			s.failed.Store(&s.ended)
		}
		return s.ended
	case <-s.stopped:
		return errCopyStopped
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// run lets the producer produce. Its panic would otherwise end the program, out of reach of the caller.
func (s *copySource) run() {
	defer func() {
		if reason := recover(); reason != nil {
			s.end(fmt.Errorf("panic: %v", reason))
		}
	}()
	s.end(s.producer.produce())
}

// end says that there are no more data, because of err if it is not nil.
func (s *copySource) end(err error) {
	if err == io.EOF { // would look like the end of complete data
		err = io.ErrUnexpectedEOF
	}
	s.ended = err
	close(s.chunks)
}

// send hands over a piece of data. Its error says that no more is wanted; a producer has to return it, since data that
// were cut off must not look complete. The piece is in use until the next call has returned.
func (s *copySource) send(chunk []byte) error {
	select {
	case s.chunks <- chunk:
		return nil
	case <-s.stopped:
	case <-s.ctx.Done():
	}
	return s.wanted()
}

// wanted gives the reason why no more data are wanted, nil if they are.
func (s *copySource) wanted() error {
	select {
	case <-s.stopped:
		return errCopyStopped
	default:
		return s.ctx.Err()
	}
}

// copyReading sends all that reader gives, in two buffers by turns.
type copyReading struct {
	source copySource
	reader io.Reader
	meter  *copyMeter
}

func (r *copyReading) produce() error {
	filling, sent := make([]byte, copyChunk), make([]byte, copyChunk)
	for {
		length, err := r.reader.Read(filling)
		if length > 0 {
			if err := r.source.send(filling[:length]); err != nil {
				return err
			}
			r.meter.add(length, 0)
			filling, sent = sent, filling
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// interrupt says that the server wants no more data.
func (s *copySource) interrupt() { s.stop.Do(func() { close(s.stopped) }) }

// failure gives the producer's error, if it was that which ended the COPY.
func (s *copySource) failure() error {
	if failed := s.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}

// copyInterrupter stops the source of a connection's running COPY as soon as the server reports an error: pgconn
// itself waits for the source first.
type copyInterrupter struct{ source atomic.Pointer[copySource] }

// watching adds the interrupter to what is done about an error of the server.
func (i *copyInterrupter) watching(next pgconn.PgErrorHandler) pgconn.PgErrorHandler {
	return func(pg *pgconn.PgConn, reported *pgconn.PgError) bool {
		if source := i.source.Load(); source != nil {
			source.interrupt()
		}
		return next == nil || next(pg, reported)
	}
}
