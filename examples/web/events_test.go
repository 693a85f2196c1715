package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// eventReader reads events as a browser does.
type eventReader struct{ lines *bufio.Scanner }

// openEvents connects to a stream of events, up to the end of the test.
func openEvents(t *testing.T, url string, header ...string) *eventReader {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(stop)
	request, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	return &eventReader{lines: bufio.NewScanner(response.Body)}
}

// next waits for an event.
func (r *eventReader) next(t *testing.T) (e event) {
	t.Helper()
	var data []string
	for r.lines.Scan() {
		name, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			data = append(data, value)
		case "":
			if e.kind != "" {
				e.data = strings.Join(data, "\n")
				return e
			}
		}
	}
	require.FailNow(t, "the stream has ended", "%v", r.lines.Err())
	return event{}
}

func (r *eventReader) requireEnd(t *testing.T) {
	t.Helper()
	for r.lines.Scan() {
		require.Empty(t, r.lines.Text())
	}
	require.NoError(t, r.lines.Err(), "a stream that the server ends, ends in order")
}

// follow connects as the page does that is shown now.
func (s *site) follow(t *testing.T) *eventReader {
	t.Helper()
	return openEvents(t, s.url+"/events?after="+s.changes.position())
}

func TestEveryBrowserHearsOfEveryChange(t *testing.T) {
	s := newSite(t)
	browsers := []*eventReader{s.follow(t), s.follow(t)}

	hears := func(kind, data string) {
		t.Helper()
		for _, browser := range browsers {
			heard := browser.next(t)
			require.Equal(t, kind, heard.kind)
			require.Contains(t, heard.data, data)
			require.NotContains(t, heard.data, "<script>")
		}
	}

	response, err := http.PostForm(s.url+"/talks", fields("By the form", "Ada", "5"))
	require.NoError(t, err)
	id := firstID(t, body(t, response, http.StatusOK))
	hears("talk", "By the form")
	s.exec(t, "update talk set title = '<script>'")
	hears("talk", "&lt;script&gt;")
	s.exec(t, "delete from talk")
	hears("gone", id)
}

func firstID(t *testing.T, html string) string {
	t.Helper()
	_, after, found := strings.Cut(html, `data-id="`)
	require.True(t, found, html)
	id, _, _ := strings.Cut(after, `"`)
	return id
}

func TestBrowserThatComesBackGetsWhatItHasMissed(t *testing.T) {
	s := newSite(t)
	browser, witness := s.follow(t), s.follow(t)
	s.signUpByAnother(t, "Seen")
	seen := browser.next(t)
	s.signUpByAnother(t, "Missed")
	witness.next(t)
	witness.next(t)

	back := openEvents(t, s.url+"/events?after=what-the-page-said", "Last-Event-ID", seen.id)
	require.Contains(t, back.next(t).data, "Missed")
	s.signUpByAnother(t, "New")
	require.Contains(t, back.next(t).data, "New")
}

func TestGap(t *testing.T) {
	s := newSite(t)
	browsers := []*eventReader{s.follow(t), s.follow(t)}

	// While the database takes no new session, the listener cannot come back, and does not hear this.
	s.withoutNewSessions(t, func() {
		s.endListenerSession(t)
		s.signUpByAnother(t, "Unheard")
	})

	for _, browser := range browsers {
		require.Equal(t, reload, browser.next(t).kind)
	}
	require.Equal(t, []string{"Unheard"}, titlesIn(get(t, s.url)))
	s.signUpByAnother(t, "Heard")
	for _, browser := range browsers {
		require.Contains(t, browser.next(t).data, "Heard")
	}
}

// withoutNewSessions lets a function run while nobody can connect to the database of the tests.
func (s *site) withoutNewSessions(t *testing.T, do func()) {
	t.Helper()
	admin, err := sql.Open(pgadapt.DriverName, pgtest.Shared(t).DSN())
	require.NoError(t, err)
	defer admin.Close()
	allow := func(allowed bool) {
		_, err := admin.ExecContext(context.WithoutCancel(t.Context()),
			fmt.Sprintf("alter database %q allow_connections %t", s.talks.config.Database, allowed))
		require.NoError(t, err)
	}
	require.NoError(t, s.talks.db.PingContext(t.Context())) // the pool has a session
	allow(false)
	defer allow(true)
	do()
}

func TestEventAsText(t *testing.T) {
	e := event{id: "a-1", kind: "talk", data: "<li>\n</li>"}
	require.Equal(t, "id: a-1\nevent: talk\ndata: <li>\ndata: </li>\n\n", e.String())
}

func TestBrowserThatDoesNotReadHoldsUpNobody(t *testing.T) {
	s := newSite(t)
	_ = s.follow(t) // never reads
	reader := s.follow(t)
	const rounds = 5
	large := strings.Repeat("x", 60_000)
	for range rounds {
		for range backlog / 2 {
			s.changes.publish("talk", large)
		}
		for range backlog / 2 {
			reader.next(t)
		}
	}
}
