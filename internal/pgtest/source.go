package pgtest

import (
	"context"
	"slices"
	"sync"
)

// Source is one way to get a server.
type Source struct {
	// Name says in a few words what the source is, for messages.
	Name string

	// Advice says what the user can do to make the source work, in the imperative, for messages.
	Advice string

	// Decisive makes a failure of the source final, unless it is an UnavailableError: the user has
	// named the source, so that no other may silently take its place.
	Decisive bool

	// Start gives a running server that accepts connections. The next source is tried if it cannot,
	// which it says with an UnavailableError if nothing is broken.
	Start func(ctx context.Context, opts Options) (*Server, error)
}

var registered struct {
	sync.Mutex
	sources []Source
}

// RegisterSource adds a source to DefaultSources, after the local ones and before npm. Packages with
// heavy dependencies call it when they are imported.
func RegisterSource(source Source) {
	registered.Lock()
	defer registered.Unlock()
	registered.sources = append(registered.sources, source)
}

// DefaultSources gives the sources that Start tries when Options.Sources is nil, in order: the
// environment, local binaries, the registered sources, npm.
func DefaultSources() []Source {
	registered.Lock()
	defer registered.Unlock()
	local := []Source{FromEnvironment(), FromBinaries()}
	return slices.Concat(local, registered.sources, []Source{FromNPM()})
}
