package replication

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/pgadapt/pgadapt/pgerr"
)

// The pause before the next attempt to connect grows from the first to the longest, each time twofold, and is up to
// half of that shorter, so that many programs do not come all at once.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second
)

// isCut reports whether an error is one of the connection or of a server that is about to be back, so that another
// connection would help.
func isCut(err error) bool {
	if _, broken := errors.AsType[*brokenStreamError](err); broken {
		return false
	}
	code, fromServer := pgerr.Of(err)
	if !fromServer {
		_, unsupported := errors.AsType[*UnsupportedError](err)
		return !unsupported
	}
	switch code {
	case pgerr.AdminShutdown, pgerr.CrashShutdown, pgerr.CannotConnectNow, pgerr.ObjectInUse:
		return true
	}
	return pgerr.ConnectionException.Matches(string(code)) || pgerr.InsufficientResources.Matches(string(code))
}

// reconnect connects again and goes on with what was not acknowledged.
func (s *Stream) reconnect(ctx context.Context) error {
	limited := ctx
	if s.options.ReconnectFor > 0 {
		var stop context.CancelFunc
		limited, stop = context.WithTimeout(ctx, s.options.ReconnectFor)
		defer stop()
	}
	var reason error // why an attempt failed whose time was not over
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := s.connectAgain(limited)
		if err == nil {
			s.resumed = true
			s.log(ctx, slog.LevelInfo, "replication goes on", slog.String("from", s.position.current().Flushed.String()))
			return nil
		}
		if ctx.Err() != nil {
			return contextError(ctx)
		}
		if !isCut(err) || s.options.ReconnectFor < 0 {
			return err
		}
		if limited.Err() != nil {
			return fmt.Errorf("replication: cut for longer than %v: %w", s.options.ReconnectFor, cmp.Or(reason, err))
		}
		reason = err
		s.logCut(ctx, err)
		select {
		case <-limited.Done():
		case <-time.After(pause - rand.N(pause/2)):
		}
	}
}

// connectAgain makes one attempt.
func (s *Stream) connectAgain(ctx context.Context) error {
	own := s.session.stream
	s.session.stream = nil // the session takes commands until the stream runs
	defer func() { s.session.stream = own }()
	if s.session.pg.IsClosed() {
		if err := s.session.connect(ctx); err != nil {
			return err
		}
	}
	return s.open(ctx)
}

func (s *Stream) logCut(ctx context.Context, err error) {
	s.log(ctx, slog.LevelWarn, "replication was cut and is tried again", slog.Any("error", err))
}

func (s *Stream) log(ctx context.Context, level slog.Level, text string, attributes ...slog.Attr) {
	if s.session.logger == nil {
		return
	}
	attributes = append(attributes, slog.String("slot", s.slot))
	s.session.logger.LogAttrs(ctx, level, text, attributes...)
}
