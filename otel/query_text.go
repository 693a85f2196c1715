package otel

import (
	"strings"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// withoutConstants replaces the constants of a text by ?. The text is left out when what is a constant in it depends on
// the session's standard_conforming_strings.
func withoutConstants(query string) string {
	conforming := replaceConstants(query, true)
	if strings.Contains(query, `\`) && conforming != replaceConstants(query, false) {
		return ""
	}
	return conforming
}

func replaceConstants(query string, standardConformingStrings bool) string {
	var text strings.Builder
	lexer := sqllex.New(query, standardConformingStrings)
	for {
		token, ok := lexer.Next()
		if !ok {
			return text.String()
		}
		switch token.Kind {
		case sqllex.String, sqllex.Number:
			text.WriteString("?")
		case sqllex.Comment: // may hold anything
			text.WriteString(" ")
		default:
			text.WriteString(query[token.Start:token.End])
		}
	}
}

// firstWord gives the first word of a text in upper case, empty where it has none.
func firstWord(query string) string {
	lexer := sqllex.New(query, true)
	for {
		token, ok := lexer.Next()
		switch {
		case !ok:
			return ""
		case token.Kind == sqllex.Word:
			return strings.ToUpper(query[token.Start:token.End])
		}
	}
}
