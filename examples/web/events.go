package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	// heartbeat is how often something is sent in any case, so that a browser that went away without a word is noticed.
	heartbeat = 20 * time.Second
	// patience is how long a browser may take to accept what is sent.
	patience = 10 * time.Second
)

// events streams the changes to a browser as server-sent events (HTML standard, "Server-sent events"), from the
// position of its page on, or from where its last connection broke off.
func (b *board) events(w http.ResponseWriter, r *http.Request) {
	after := r.Header.Get("Last-Event-ID")
	if after == "" {
		after = r.URL.Query().Get("after")
	}
	subscribed := b.changes.subscribe(after)
	defer b.changes.unsubscribe(subscribed)

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := eventStream{w: w, control: http.NewResponseController(w)}
	if err := stream.control.SetReadDeadline(time.Time{}); err != nil { // the server's is for requests that end
		b.fail(w, r, err)
		return
	}
	err := stream.send("retry: 1000\n\n") // milliseconds until the browser connects again
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for err == nil {
		select {
		case e, ok := <-subscribed.events:
			if !ok {
				return // the browser comes back
			}
			err = stream.send(e.String())
		case <-beat.C:
			err = stream.send(": still here\n\n")
		case <-r.Context().Done():
			return
		}
	}
	b.logger.Debug("a browser went away", "error", err)
}

// eventStream writes to a browser at once, for as long as that takes what is written.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s eventStream) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// String gives the event as it travels. A line end in the data begins another data field, which the browser joins.
func (e event) String() string {
	data := strings.ReplaceAll(e.data, "\n", "\ndata: ")
	return fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", e.id, e.kind, data)
}
