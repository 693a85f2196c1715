package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// get gives the body of a page that is expected to be there.
func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	return body(t, response, http.StatusOK)
}

func body(t *testing.T, response *http.Response, wantStatus int) string {
	t.Helper()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, wantStatus, response.StatusCode, "%s", text)
	return string(text)
}

func fields(title, speaker, minutes string) url.Values {
	return url.Values{"title": {title}, "speaker": {speaker}, "minutes": {minutes}}
}

func titlesIn(html string) (titles []string) {
	for _, found := range regexp.MustCompile(`class="title">(.*?)</span>`).FindAllStringSubmatch(html, -1) {
		titles = append(titles, found[1])
	}
	return titles
}

func TestSignUp(t *testing.T) {
	s := newSite(t)
	response, err := http.PostForm(s.url+"/talks", fields("  Ducks & drakes ", "Ada <b>", "5"))
	require.NoError(t, err)

	html := body(t, response, http.StatusOK)
	require.Equal(t, "/", response.Request.URL.Path, "a reload must not sign up once more")
	require.Equal(t, []string{"Ducks &amp; drakes"}, titlesIn(html))
	require.Contains(t, html, "Ada &lt;b&gt;")
	require.NotContains(t, html, "<b>")
}

func TestFormWithProblems(t *testing.T) {
	s := newSite(t)
	s.signUpByAnother(t, "Taken")
	for _, test := range []struct {
		name   string
		fields url.Values
		status int
		want   string
	}{
		{"nothing filled in", fields("", "", ""), http.StatusUnprocessableEntity, "Please fill this in."},
		{"only blanks", fields("  ", "Ada", "5"), http.StatusUnprocessableEntity, "Please fill this in."},
		{"too long", fields(strings.Repeat("é", 81), "Ada", "5"), http.StatusUnprocessableEntity, "At most 80 characters"},
		{"no text", fields("a\x00b", "Ada", "5"), http.StatusUnprocessableEntity, "something in it that is not text"},
		{"not UTF-8", fields("Title", "\xff", "5"), http.StatusUnprocessableEntity, "something in it that is not text"},
		{"too many minutes", fields("Title", "Ada", "16"), http.StatusUnprocessableEntity, "Between 1 and 15 minutes"},
		{"no number", fields("Title", "Ada", "five"), http.StatusUnprocessableEntity, "Between 1 and 15 minutes"},
		{"title taken", fields("TAKEN", "Ada", "5"), http.StatusConflict, "There is a talk with this title already."},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := http.PostForm(s.url+"/talks", test.fields)
			require.NoError(t, err)
			html := body(t, response, test.status)
			require.Contains(t, html, test.want)
			require.Contains(t, html, fmt.Sprintf("value=%q", test.fields.Get("minutes")), "what was filled in stays")
			require.Equal(t, []string{"Taken"}, titlesIn(html))
		})
	}
}

func TestWhatFitsTheFormFitsTheTable(t *testing.T) {
	s := newSite(t)
	response, err := http.PostForm(s.url+"/talks",
		fields(strings.Repeat("é", longestTitle), strings.Repeat("é", longestSpeaker), fmt.Sprint(longestTalk)))
	require.NoError(t, err)
	require.Len(t, titlesIn(body(t, response, http.StatusOK)), 1)
}

func TestPages(t *testing.T) {
	s := newSite(t)
	for i := range 2*pageSize + 1 {
		s.signUpByAnother(t, fmt.Sprint("Talk ", i+1))
	}

	next, seen := "/", []string{}
	for next != "" {
		html := get(t, s.url+next)
		seen = append(seen, titlesIn(html)...)
		next = ""
		if link := regexp.MustCompile(`id="older" href="([^"]*)"`).FindStringSubmatch(html); link != nil {
			next = link[1]
		}
	}

	want := make([]string, 0, 2*pageSize+1)
	for i := 2*pageSize + 1; i > 0; i-- {
		want = append(want, fmt.Sprint("Talk ", i))
	}
	require.Equal(t, want, seen)
}

func TestRefusedRequests(t *testing.T) {
	s := newSite(t)
	send := func(method, path, body string, header ...string) *http.Request {
		request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		return request
	}
	for _, test := range []struct {
		name    string
		request *http.Request
		status  int
	}{
		{"page that is no number", send("GET", "/?before=x", ""), http.StatusBadRequest},
		{"form of another site", send("POST", "/talks", "", "Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		{"form that is too long", send("POST", "/talks", "title="+strings.Repeat("x", longestForm)), http.StatusBadRequest},
		{"page that is not there", send("GET", "/nowhere", ""), http.StatusNotFound},
		{"template", send("GET", "/page.html", ""), http.StatusNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := http.DefaultClient.Do(test.request)
			require.NoError(t, err)
			body(t, response, test.status)
			require.Contains(t, response.Header.Get("Content-Security-Policy"), "default-src 'none'")
		})
	}
}

func TestServerThatFails(t *testing.T) {
	s := newSite(t)
	s.exec(t, "alter table talk rename to moved")
	t.Cleanup(func() { _, _ = s.talks.db.Exec("alter table moved rename to talk") })
	response, err := http.Get(s.url)
	require.NoError(t, err)
	html := body(t, response, http.StatusInternalServerError)
	require.Equal(t, "Something went wrong. Please try again.\n", html, "no detail of the database reaches a browser")
}
