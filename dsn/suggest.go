package dsn

import (
	"slices"
	"strings"
)

// Suggest returns the keyword that name was probably meant to be: one that differs in a letter or two, in
// upper and lower case or in underscores, or that other software calls so (database for dbname).
//
// The result ok is false for a keyword of the table, for a name that is nothing like one, and for every
// run-time parameter of PostgreSQL 18; a name with a dot always is the parameter of an extension.
func Suggest(name string) (keyword string, ok bool) {
	lower := strings.ToLower(name)
	if _, known := Lookup(name); known || isSessionParameter(lower) || strings.Contains(name, ".") {
		return "", false
	}
	if _, known := Lookup(lower); known {
		return lower, true
	}
	if isRunTimeParameter(lower) {
		return "", false
	}
	if keyword, ok = otherNames[lower]; ok {
		return keyword, true
	}
	return nearestKeyword(lower)
}

// otherNames are what other languages' drivers and tools call a setting of libpq.
var otherNames = map[string]string{
	"database":     "dbname",
	"databasename": "dbname",
	"db":           "dbname",
	"hostname":     "host",
	"pass":         "password",
	"passwd":       "password",
	"pwd":          "password",
	"server":       "host",
	"servername":   "host",
	"uid":          "user",
	"username":     "user",
}

func nearestKeyword(name string) (nearest string, ok bool) {
	name = withoutUnderscores(name)
	least := 1 + 2
	for _, keyword := range keywordTable {
		candidate := withoutUnderscores(keyword.Name)
		distance := editDistance(name, candidate)
		if distance < least && distance <= typingMistakes(candidate) {
			nearest, least = keyword.Name, distance
		}
	}
	return nearest, nearest != ""
}

// typingMistakes is the number of mistakes in a keyword below which it is still meant: of a short one,
// a second mistake would make any word similar.
func typingMistakes(keyword string) int {
	if len(keyword) < 8 {
		return 1
	}
	return 2
}

func withoutUnderscores(s string) string { return strings.ReplaceAll(s, "_", "") }

// isRunTimeParameter reports whether PostgreSQL 18 has a run-time parameter of that name, in any case.
func isRunTimeParameter(name string) bool {
	lower := strings.ToLower(name)
	if isSessionParameter(lower) {
		return true
	}
	_, found := slices.BinarySearch(serverParameters, lower)
	return found
}

// isSessionParameter reports whether lower is a run-time parameter that a client may set when it connects.
func isSessionParameter(lower string) bool {
	_, found := slices.BinarySearch(sessionParameters, lower)
	return found
}

// editDistance counts the letters to insert, delete, replace or swap with their neighbour to make b from a
// (optimal string alignment distance). It gives up with a large number when the lengths differ too much.
func editDistance(a, b string) int {
	const tooFar = 1000
	if max(len(a), len(b))-min(len(a), len(b)) > 2 {
		return tooFar
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differs(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

func differs(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
