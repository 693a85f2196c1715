package pgtest

import (
	"context"
	"errors"
	"fmt"
)

// Options says what kind of server Start is to give. The zero value asks for the newest PostgreSQL
// among the local binaries, or for whatever the first working source has.
type Options struct {
	// Version is the wanted major version, such as 18. Zero takes any.
	Version int

	// Settings are server settings (PostgreSQL docs, chapter "Server Configuration") that are added to
	// those of pgtest or replace them. A server that is already running is not used when Settings is
	// not empty, because they could not be applied to it.
	Settings map[string]string

	// Logf receives one line about the chosen source and one for each long step, such as a download.
	// Nil means silence.
	Logf func(format string, args ...any)

	// Sources are tried in this order. Nil means DefaultSources.
	Sources []Source
}

func (o Options) logf(format string, args ...any) {
	if o.Logf != nil {
		o.Logf(format, args...)
	}
}

// Start gives a server from the first source that can. The caller stops it with Server.Stop. When
// no source can, the error is a *NoServerError, unless ctx ended before.
func Start(ctx context.Context, opts Options) (*Server, error) {
	sources := opts.Sources
	if sources == nil {
		sources = DefaultSources()
	}
	failed := &NoServerError{Version: opts.Version}
	for _, source := range sources {
		server, err := source.Start(ctx, opts)
		if err == nil {
			opts.logf("PostgreSQL %d: %s", server.Version(), server.Origin())
			return server, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("pgtest: %s: %w", source.Name, errors.Join(ctx.Err(), err))
		}
		failed.Attempts = append(failed.Attempts, Attempt{Source: source.Name, Advice: source.Advice, Err: err})
		if IsUnavailable(err) {
			continue
		}
		if source.Decisive {
			break
		}
		opts.logf("%s: %v", source.Name, err)
	}
	return nil, failed
}
