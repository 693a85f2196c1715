package main

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// backlog is how many events are kept for browsers that come back, and how many may wait for one that is slow.
const backlog = 256

// event is what browsers are told.
type event struct {
	id   string // its position; a browser that comes back says with it how far it was
	kind string
	data string
}

// reload is the kind of event upon which a browser reads the list anew: it may have missed something.
const reload = "reload"

// broadcaster hands events on to any number of browsers. Nobody waits for anybody: a browser that does not keep up
// loses its subscription, comes back with the last position that it has seen, and gets what it has missed.
type broadcaster struct {
	epoch string // differs from run to run, as the count begins anew

	mu            sync.Mutex
	count         uint64  // of all events
	recent        []event // the last ones, up to backlog
	subscriptions map[*subscription]struct{}
	closed        bool
}

// subscription is where a browser gets its events.
type subscription struct {
	// events is closed when the browser was too slow, or the board closes.
	events chan event
}

func newBroadcaster() *broadcaster {
	return &broadcaster{epoch: rand.Text(), subscriptions: map[*subscription]struct{}{}}
}

// position gives the position of the last event. Who subscribes with it gets all later ones.
func (b *broadcaster) position() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.currentPosition()
}

func (b *broadcaster) currentPosition() string { return fmt.Sprintf("%s-%d", b.epoch, b.count) }

// publish hands an event on.
func (b *broadcaster) publish(kind, data string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count++
	e := event{id: b.currentPosition(), kind: kind, data: data}
	b.recent = append(b.recent, e)
	b.recent = b.recent[max(0, len(b.recent)-backlog):]
	for s := range b.subscriptions {
		select {
		case s.events <- e:
		default:
			b.drop(s)
		}
	}
}

// subscribe gives the events after a position. Where that is too long ago, or of another run, the first one is reload.
func (b *broadcaster) subscribe(after string) *subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &subscription{events: make(chan event, backlog)}
	if b.closed {
		close(s.events)
		return s
	}
	for _, e := range b.missed(after) {
		s.events <- e
	}
	b.subscriptions[s] = struct{}{}
	return s
}

// unsubscribe ends a subscription, if it has not ended yet.
func (b *broadcaster) unsubscribe(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(s)
}

// close ends all subscriptions.
func (b *broadcaster) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for s := range b.subscriptions {
		b.drop(s)
	}
}

// drop ends a subscription. The caller has the lock.
func (b *broadcaster) drop(s *subscription) {
	if _, there := b.subscriptions[s]; there {
		delete(b.subscriptions, s)
		close(s.events)
	}
}

// missed gives the events after a position. The caller has the lock.
func (b *broadcaster) missed(after string) []event {
	digits, ofThisRun := strings.CutPrefix(after, b.epoch+"-")
	seen, err := strconv.ParseUint(digits, 10, 64)
	if !ofThisRun || err != nil || seen > b.count || b.count-seen > uint64(len(b.recent)) {
		return []event{{id: b.currentPosition(), kind: reload}}
	}
	return b.recent[len(b.recent)-int(b.count-seen):]
}
