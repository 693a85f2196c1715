package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// received gives the data of the events that wait for a browser, and whether its subscription goes on.
func received(s *subscription) (data []string, open bool) {
	for {
		select {
		case e, ok := <-s.events:
			if !ok {
				return data, false
			}
			data = append(data, e.kind+" "+e.data)
		default:
			return data, true
		}
	}
}

func TestSubscribe(t *testing.T) {
	b := newBroadcaster()
	for i := range backlog + 2 {
		b.publish("talk", fmt.Sprint(i+1))
	}
	at := func(position int) string { return fmt.Sprintf("%s-%d", b.epoch, position) }
	onlyReload := []string{"reload "}
	for _, test := range []struct {
		name, after string
		want        []string
	}{
		{"up to date", at(backlog + 2), nil},
		{"missed two", at(backlog), []string{fmt.Sprint("talk ", backlog+1), fmt.Sprint("talk ", backlog+2)}},
		{"too long ago", at(1), onlyReload},
		{"position that is still to come", at(backlog + 3), onlyReload},
		{"position of another run", "other-1", onlyReload},
		{"no position", "", onlyReload},
		{"nonsense", b.epoch + "-x", onlyReload},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := b.subscribe(test.after)
			have, open := received(s)
			require.Equal(t, test.want, have)
			require.True(t, open)
			b.unsubscribe(s)
			_, open = received(s)
			require.False(t, open)
		})
	}
	t.Run("all that is kept", func(t *testing.T) {
		have, _ := received(b.subscribe(at(2)))
		require.Len(t, have, backlog)
	})
}

func TestSlowSubscriberIsDropped(t *testing.T) {
	b := newBroadcaster()
	slow, quick := b.subscribe(b.position()), b.subscribe(b.position())
	for i := range backlog + 1 {
		b.publish("talk", fmt.Sprint(i))
		have, open := received(quick)
		require.Equal(t, []string{fmt.Sprint("talk ", i)}, have)
		require.True(t, open)
	}
	have, open := received(slow)
	require.Len(t, have, backlog, "what had come before is still delivered")
	require.False(t, open)
	b.unsubscribe(slow) // as its handler does in any case
}

func TestClosedBroadcaster(t *testing.T) {
	b := newBroadcaster()
	before := b.subscribe(b.position())
	b.close()
	after := b.subscribe(b.position())
	for _, s := range []*subscription{before, after} {
		_, open := received(s)
		require.False(t, open)
	}
	b.publish("talk", "to nobody")
}
