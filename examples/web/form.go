package main

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of the form, which the table has too.
const (
	longestTitle   = 80
	longestSpeaker = 60
	longestTalk    = 15 // minutes
)

// form is what somebody has filled in, and what is wrong with it by the name of the field.
type form struct {
	Title, Speaker, Minutes string
	Problems                map[string]string
}

// readForm takes the fields of a request.
func readForm(fields url.Values) form {
	return form{
		Title:    strings.TrimSpace(fields.Get("title")),
		Speaker:  strings.TrimSpace(fields.Get("speaker")),
		Minutes:  strings.TrimSpace(fields.Get("minutes")),
		Problems: map[string]string{},
	}
}

// check gives the talk that the form describes. It is to be used only if there are no Problems then.
func (f form) check() talk {
	f.checkText("title", f.Title, longestTitle)
	f.checkText("speaker", f.Speaker, longestSpeaker)
	minutes, err := strconv.Atoi(f.Minutes)
	if err != nil || minutes < 1 || minutes > longestTalk {
		f.Problems["minutes"] = "Between 1 and " + strconv.Itoa(longestTalk) + " minutes, please."
	}
	return talk{Title: f.Title, Speaker: f.Speaker, Minutes: minutes}
}

func (f form) checkText(field, text string, longest int) {
	switch {
	case text == "":
		f.Problems[field] = "Please fill this in."
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		f.Problems[field] = "There is something in it that is not text."
	case utf8.RuneCountInString(text) > longest:
		f.Problems[field] = "At most " + strconv.Itoa(longest) + " characters, please."
	}
}
