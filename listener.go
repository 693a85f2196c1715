package pgadapt

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// The pace of a Listener.
const (
	// listenerPing is how long a session may be silent before it is asked for a sign, and as long it may take to answer.
	listenerPing = 15 * time.Second
	// After a lost session the next attempt to connect is made at once, and each one after a failure later, up to
	// longestReconnectPause.
	shortestReconnectPause = 100 * time.Millisecond
	longestReconnectPause  = 10 * time.Second
)

// ErrListenerClosed is the error of a [Listener] that was closed.
var ErrListenerClosed = errors.New("pgadapt: the Listener is closed")

// Listener receives the notifications of channels (PostgreSQL documentation, "LISTEN") on a session of its own. When
// the session is lost it opens another one, waiting longer after each failure, up to ten seconds, and listens on the
// same channels again. [Listen] makes one; its methods may be called from several goroutines.
//
// A Listener reads from the network while [Listener.Notifications] is iterated, and has no goroutine of its own: who
// stops iterating without Close makes the server keep what is sent. It needs a session of the server itself: behind a
// pooler that shares sessions between transactions, such as PgBouncer in transaction mode, give it a DSN of its own
// that goes past the pooler.
type Listener struct {
	connector *Connector
	logger    *slog.Logger
	// silence is how long the session may be silent before it is asked for a sign.
	silence time.Duration
	// turn is held by whoever uses the fields up to received, and the session: a semaphore whose wait ends with a context.
	turn     chan struct{}
	session  *pgconn.PgConn // nil when it was lost
	lost     error          // why it was lost
	channels []string       // quoted
	received []*Notification

	mu sync.Mutex
	// waiting counts the goroutines that want the turn of the one that waits for notifications.
	waiting int
	// interrupt stops the wait for notifications; nil when nobody waits.
	interrupt context.CancelFunc
	closed    bool
}

// Listen opens a session as a [Connector] with config does, and listens on the channels, whose names are taken as they
// are, in upper and lower case. More can be added later. The errors are those of a channel's name, and of connecting:
// only a session that was lost later is replaced by itself.
func Listen(ctx context.Context, config *Config, channels ...string) (*Listener, error) {
	own := config.Copy()
	l := &Listener{turn: make(chan struct{}, 1), silence: listenerPing, logger: own.Logger}
	for _, channel := range channels {
		quoted, err := quoteChannel(channel)
		if err != nil {
			return nil, err
		}
		l.channels = append(l.channels, quoted)
	}
	if own.Config != nil {
		own.OnNotification = l.receiving(own.OnNotification)
	}
	l.connector = NewConnector(own)
	if err := l.connect(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

// receiving adds the listener to what is done about a notification. pgconn calls it while it reads.
func (l *Listener) receiving(next pgconn.NotificationHandler) pgconn.NotificationHandler {
	return func(session *pgconn.PgConn, received *pgconn.Notification) {
		l.received = append(l.received, newNotification(received))
		if next != nil {
			next(session, received)
		}
	}
}

// Notifications iterates over what arrives, in the order of arrival, until ctx ends, the Listener is closed, or the
// loop is left; another iteration goes on from there. A lost session does not end it: it is replaced, and a
// Notification whose Gap says why stands where messages may be missing. The error, which is the last thing that is
// given, is that of the context or ErrListenerClosed.
func (l *Listener) Notifications(ctx context.Context) iter.Seq2[*Notification, error] {
	return func(yield func(*Notification, error) bool) {
		for {
			notification, err := l.next(ctx)
			if !yield(notification, err) || err != nil {
				return
			}
		}
	}
}

// Listen listens on one more channel. When it returns, every notification that is committed from now on will arrive.
func (l *Listener) Listen(ctx context.Context, channel string) error {
	quoted, err := quoteChannel(channel)
	if err != nil {
		return err
	}
	return l.command(ctx, "listen "+quoted, func() {
		if !slices.Contains(l.channels, quoted) {
			l.channels = append(l.channels, quoted)
		}
	})
}

// Unlisten stops listening on a channel. What has arrived on it before is still given.
func (l *Listener) Unlisten(ctx context.Context, channel string) error {
	quoted, err := quoteChannel(channel)
	if err != nil {
		return err
	}
	return l.command(ctx, "unlisten "+quoted, func() {
		l.channels = slices.DeleteFunc(l.channels, func(name string) bool { return name == quoted })
	})
}

// Close ends the session, and an iteration that is waiting.
func (l *Listener) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	_ = l.takeOver(context.Background())
	defer l.endTurn()
	if l.session != nil {
		closeSession(l.session)
		l.session = nil
	}
	return nil
}

// next gives the next notification.
func (l *Listener) next(ctx context.Context) (*Notification, error) {
	for {
		if err := l.takeTurn(ctx); err != nil {
			return nil, err
		}
		notification, err := l.attend(ctx)
		l.endTurn()
		if notification != nil || err != nil {
			return notification, err
		}
	}
}

// attend gives a notification, or nil when there is a reason to call it again. The caller has the turn.
func (l *Listener) attend(ctx context.Context) (*Notification, error) {
	if len(l.received) > 0 {
		first := l.received[0]
		l.received = l.received[1:]
		return first, nil
	}
	waitCtx, stop, err := l.interruptible(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	if l.session == nil {
		l.reconnect(waitCtx)
	} else {
		l.wait(waitCtx)
	}
	return nil, ctx.Err()
}

// wait reads from the session until a notification has come, or ctx ends. A session that is silent is asked for a sign.
func (l *Listener) wait(ctx context.Context) {
	quiet, stop := context.WithTimeout(ctx, l.silence)
	defer stop()
	err := l.session.WaitForNotification(quiet)
	if err != nil && !l.session.IsClosed() && quiet.Err() != nil && ctx.Err() == nil {
		sign, stop := context.WithTimeout(context.WithoutCancel(ctx), l.silence)
		defer stop()
		err = l.session.Ping(sign)
	}
	if l.session.IsClosed() {
		l.lose(err)
	}
}

// lose lets go of a session that is of no use any more.
func (l *Listener) lose(err error) {
	closeSession(l.session)
	l.session, l.lost = nil, err
	l.log(slog.LevelWarn, "pgadapt: a listener has lost its session", err)
}

// reconnect opens sessions until one is good, or ctx ends.
func (l *Listener) reconnect(ctx context.Context) {
	for pause := shortestReconnectPause; ; pause = min(2*pause, longestReconnectPause) {
		err := l.connect(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		l.log(slog.LevelWarn, "pgadapt: a listener cannot open a session and tries again", err)
		if sleep(ctx, pause) != nil {
			return
		}
	}
}

// connect opens a session and listens on the channels. After a lost session it puts a mark where the gap is.
func (l *Listener) connect(ctx context.Context) error {
	before := len(l.received)
	session, err := l.connector.ConnectPgConn(ctx)
	if err != nil {
		return err
	}
	if err := execute(ctx, session, listenToAll(l.channels)); err != nil {
		closeSession(session)
		return err
	}
	l.session = session
	if l.lost != nil {
		l.received = slices.Insert(l.received, before, &Notification{Gap: l.lost})
		l.lost = nil
	}
	return nil
}

// command runs LISTEN or UNLISTEN and notes what it has changed.
func (l *Listener) command(ctx context.Context, text string, note func()) error {
	if err := l.takeOver(ctx); err != nil {
		return err
	}
	defer l.endTurn()
	if l.isClosed() {
		return ErrListenerClosed
	}
	if l.session == nil {
		if err := l.connect(ctx); err != nil {
			return err
		}
	}
	err := execute(ctx, l.session, text)
	if l.session.IsClosed() {
		l.lose(err)
	}
	if err != nil {
		return err
	}
	note()
	return nil
}

// takeTurn waits until nobody else uses the session.
func (l *Listener) takeTurn(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Listener) endTurn() { <-l.turn }

// takeOver is takeTurn for somebody who does not want to wait until a notification has come.
func (l *Listener) takeOver(ctx context.Context) error {
	l.mu.Lock()
	l.waiting++
	if l.interrupt != nil {
		l.interrupt()
	}
	l.mu.Unlock()
	err := l.takeTurn(ctx)
	l.mu.Lock()
	l.waiting--
	l.mu.Unlock()
	return err
}

// interruptible gives a context that also ends when somebody else wants the turn.
func (l *Listener) interruptible(ctx context.Context) (_ context.Context, stop func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, ErrListenerClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	if l.waiting > 0 {
		cancel()
	}
	l.interrupt = cancel
	return ctx, func() {
		cancel()
		l.mu.Lock()
		l.interrupt = nil
		l.mu.Unlock()
	}, nil
}

func (l *Listener) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

func (l *Listener) log(level slog.Level, message string, err error) {
	if l.logger != nil {
		l.logger.LogAttrs(context.Background(), level, message, slog.Any("error", err))
	}
}

// execute runs a text that gives no rows on a session that is not database/sql's.
func execute(ctx context.Context, session *pgconn.PgConn, text string) error {
	_, err := session.Exec(ctx, text).ReadAll()
	if err == nil {
		return nil
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		return &Error{pgErr}
	}
	return fmt.Errorf("pgadapt: %w", err)
}

// listenToAll gives the commands for channels whose names are quoted.
func listenToAll(channels []string) string {
	var text strings.Builder
	for _, channel := range channels {
		text.WriteString("listen " + channel + ";")
	}
	return text.String()
}
