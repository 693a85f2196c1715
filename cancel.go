package pgadapt

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// canceller stops the running command of a connection when its context ends: it sends a CancelRequest
// (PostgreSQL documentation, "Canceling Requests in Progress") and keeps the connection. Only when the
// server does not obey within timeout does the connection's own deadline end the wait, and the connection.
type canceller struct {
	pg      *pgconn.PgConn
	timeout time.Duration
	// ended is closed when the command has ended, and finished when no CancelRequest is under way any more.
	ended, finished chan struct{}
	// doubtful is set when a CancelRequest was sent and the server has not been seen to finish with it: it
	// could strike a later statement, so that the session must not be used again.
	doubtful atomic.Bool
	// used is set by each cancellation, so that the session is checked before the pool hands it out again.
	used atomic.Bool

	// cancel is HandleCancel, followed by a note in begun; both nil before the first command that can be cancelled.
	cancel func()
	begun  chan struct{}
	// stopWatching ends the watch over the running command's context, and reports whether the command has not been cancelled;
	// nil when there is no watch.
	stopWatching func() bool
}

// watch has the running command cancelled when ctx ends, until unwatch. It is pgconn's ContextWatcher for the commands
// that the driver sends itself, with two allocations instead of five.
func (w *canceller) watch(ctx context.Context) {
	if ctx.Done() == nil {
		return
	}
	w.prepareCancel()
	w.stopWatching = context.AfterFunc(ctx, w.cancel)
}

func (w *canceller) prepareCancel() {
	if w.cancel != nil {
		return
	}
	w.begun = make(chan struct{}, 1)
	w.cancel = func() {
		w.HandleCancel(context.Background())
		w.begun <- struct{}{}
	}
}

// stop cancels the running command as the end of its context does, until unwatch. It is for who runs the command.
func (w *canceller) stop() {
	if w.stopWatching != nil && !w.stopWatching() {
		return // its context has ended
	}
	w.prepareCancel()
	w.cancel()
	w.stopWatching = func() bool { return false }
}

// unwatch returns when no cancellation of the command is under way any more.
func (w *canceller) unwatch() {
	if w.stopWatching == nil {
		return
	}
	stopped := w.stopWatching()
	w.stopWatching = nil
	if !stopped {
		<-w.begun
		w.HandleUnwatchAfterCancel()
	}
}

var _ ctxwatch.Handler = (*canceller)(nil)

// cancelAgainAfter is how long a CancelRequest may take to show an effect before the next one is sent. A server ignores
// one that overtakes its statement, as it does when the context ends at the moment of sending.
const cancelAgainAfter = 100 * time.Millisecond

// HandleCancel is called by pgconn, in a goroutine of its own, when the context of the running command ends.
func (w *canceller) HandleCancel(context.Context) {
	w.used.Store(true)
	deadline := time.Now().Add(w.timeout)
	_ = w.pg.Conn().SetDeadline(deadline)
	w.ended, w.finished = make(chan struct{}), make(chan struct{})
	go w.insist(deadline, w.ended, w.finished)
}

// insist sends one CancelRequest after the other until the command has ended.
func (w *canceller) insist(deadline time.Time, ended <-chan struct{}, finished chan<- struct{}) {
	defer close(finished)
	ctx, stop := context.WithDeadline(context.Background(), deadline)
	defer stop()
	for {
		err := w.pg.CancelRequest(ctx)
		// CancelRequest waits until the server has closed the cancel connection, by when the signal has
		// been delivered; it does not tell whether it waited in vain.
		if err == nil && ctx.Err() != nil {
			w.doubtful.Store(true)
		}
		select {
		case <-ended:
			return
		case <-ctx.Done():
			return
		case <-time.After(cancelAgainAfter):
		}
	}
}

// HandleUnwatchAfterCancel is called by pgconn when the command has ended. It waits for the CancelRequest to
// be over, lest it strike the next statement.
func (w *canceller) HandleUnwatchAfterCancel() {
	close(w.ended)
	<-w.finished
	_ = w.pg.Conn().SetDeadline(time.Time{})
}
