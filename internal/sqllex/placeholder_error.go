package sqllex

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// PlaceholderError says that the placeholders of a query and its arguments do
// not fit each other, or that a placeholder cannot be read.
type PlaceholderError struct {
	// Position is the place in the query, counted in characters from 1 as
	// PostgreSQL counts, or 0 if the error has no single place.
	Position int
	// Names has the names that are missing, unused or given twice, if it is them
	// that the error is about.
	Names []string

	reason string
	advice string
}

// Error says what is wrong, at which character, and what to do.
func (e *PlaceholderError) Error() string {
	if e.Position == 0 {
		return e.reason + ": " + e.advice
	}
	return fmt.Sprintf("%s at character %d: %s", e.reason, e.Position, e.advice)
}

// at gives an error about what is at the byte offset of the query.
func at(query string, offset int, reason, advice string) *PlaceholderError {
	return &PlaceholderError{Position: characterAt(query, offset), reason: reason, advice: advice}
}

// characterAt gives the position of the byte offset as PostgreSQL counts.
func characterAt(query string, offset int) int {
	return utf8.RuneCountInString(query[:offset]) + 1
}

// quotedNames shows names in a message.
func quotedNames(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return strings.Join(quoted, ", ")
}
