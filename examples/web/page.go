package main

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/pgadapt/pgadapt/pgerr"
)

const (
	pageSize = 20
	// longestForm is the number of bytes of a request with a form.
	longestForm = 16 << 10
)

var (
	//go:embed page
	pageFiles embed.FS
	templates = template.Must(template.ParseFS(pageFiles, "page/*.html"))
)

// board is the web service.
type board struct {
	talks   *store
	changes *broadcaster
	logger  *slog.Logger
}

// page is what page.html shows.
type page struct {
	Talks    []talk
	URL      string // of the list alone, without the form's outcome
	Before   int64  // the IDs are below it; 0 for the newest talks
	Older    string // the URL of the next page, if there is one
	Position string // of the events that follow
	Form     form

	LongestTitle, LongestSpeaker, LongestTalk int
}

// show answers with a page of the list.
func (b *board) show(w http.ResponseWriter, r *http.Request) {
	before, err := strconv.ParseInt(r.FormValue("before"), 10, 64)
	if r.FormValue("before") == "" {
		before, err = newest, nil
	}
	if err != nil {
		http.Error(w, "before is not a number", http.StatusBadRequest)
		return
	}
	b.render(w, r, http.StatusOK, before, form{Minutes: "5"})
}

// signUp stores the talk of a form, and shows the form again where that does not work.
func (b *board) signUp(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "this is not the form", http.StatusBadRequest)
		return
	}
	filledIn := readForm(r.PostForm)
	wanted := filledIn.check()
	if len(filledIn.Problems) > 0 {
		b.render(w, r, http.StatusUnprocessableEntity, newest, filledIn)
		return
	}
	err := b.talks.add(r.Context(), wanted)
	if errors.Is(err, pgerr.UniqueViolation) {
		// Only the server can tell for sure: somebody else may sign up at the same moment.
		filledIn.Problems["title"] = "There is a talk with this title already."
		b.render(w, r, http.StatusConflict, newest, filledIn)
		return
	}
	if err != nil {
		b.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// render answers with a page. The position is taken before the list is read: a change in between is then both in the
// list and among the events, which does no harm, and never in neither.
func (b *board) render(w http.ResponseWriter, r *http.Request, status int, before int64, f form) {
	shown := page{URL: "/", Position: b.changes.position(), Form: f,
		LongestTitle: longestTitle, LongestSpeaker: longestSpeaker, LongestTalk: longestTalk}
	if before != newest {
		shown.URL, shown.Before = pageURL(before), before
	}
	talks, older, err := b.talks.page(r.Context(), before, pageSize)
	if err != nil {
		b.fail(w, r, err)
		return
	}
	shown.Talks = talks
	if older {
		shown.Older = pageURL(talks[len(talks)-1].ID)
	}
	var html bytes.Buffer
	if err := templates.ExecuteTemplate(&html, "page.html", shown); err != nil {
		b.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(html.Bytes())
}

func pageURL(before int64) string { return "/?before=" + strconv.FormatInt(before, 10) }

// fail answers that something went wrong, and logs what.
func (b *board) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the browser went away
	}
	b.logger.Error("a request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	http.Error(w, "Something went wrong. Please try again.", http.StatusInternalServerError)
}
