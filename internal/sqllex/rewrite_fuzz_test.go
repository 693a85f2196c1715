package sqllex_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// FuzzRewrite requires of any text that was rewritten that its parameters are $1,
// $2, … in the order of their first use, that outside of what was put in it is the
// user's text byte by byte, and that every position in it leads back there.
func FuzzRewrite(f *testing.F) {
	for _, test := range allRewriteCases() {
		f.Add(test.query, uint8(test.style), uint8(test.positional), test.names, !test.escape)
	}
	f.Fuzz(func(t *testing.T, query string, style, positional uint8, names string, standardConformingStrings bool) {
		test := rewriteCase{style: sqllex.Style(style % 4), positional: int(positional % 16), names: names}
		given := test.given()
		got, err := sqllex.Rewrite(query, test.style, given, standardConformingStrings)
		if err != nil {
			var placeholderError *sqllex.PlaceholderError
			require.ErrorAs(t, err, &placeholderError)
			require.LessOrEqual(t, placeholderError.Position, utf8.RuneCountInString(query))
			return
		}
		if !test.style.Rewrites(given.Positional, len(given.Names)) {
			require.Equal(t, query, got.Query)
			return
		}
		requireParametersInOrder(t, got, standardConformingStrings)
		if utf8.ValidString(query) && len(query) < 500 {
			requirePositionsLeadBack(t, query, got, test.style)
		}
	})
}

// requireParametersInOrder requires that the parameters that the lexer finds are
// those that were put in.
func requireParametersInOrder(t *testing.T, got sqllex.Rewritten, standardConformingStrings bool) {
	t.Helper()
	highest := 0
	for token, number := range sqllex.Parameters(got.Query, standardConformingStrings) {
		require.LessOrEqual(t, number, highest+1, "%q", got.Query)
		if number > highest {
			highest = number
			position := utf8.RuneCountInString(got.Query[:token.Start]) + 1
			original := []rune(got.Query)
			require.Equal(t, '$', original[position-1])
		}
	}
	require.Len(t, got.Parameters, highest, "%q", got.Query)
}

// requirePositionsLeadBack requires that positions grow, and that each character
// that is the user's own is found at the position that it leads back to.
func requirePositionsLeadBack(t *testing.T, query string, got sqllex.Rewritten, style sqllex.Style) {
	t.Helper()
	user, last := []rune(query), 0
	for i, char := range []rune(got.Query) {
		position := got.OriginalPosition(i + 1)
		require.GreaterOrEqual(t, position, last)
		require.LessOrEqual(t, position, len(user))
		last = position
		if own := user[position-1]; own != char {
			require.True(t, char == '$' || char == ' ' || '0' <= char && char <= '9', "%q at %d", got.Query, i)
			require.Contains(t, "%?:@", string(own), "%q at %d, style %v", got.Query, i, style)
		}
	}
	require.Equal(t, len(user)+1, got.OriginalPosition(utf8.RuneCountInString(got.Query)+1))
}

// FuzzRewriteKeepsTokens writes the parameters of any text in each style, and
// requires that the rewritten text has the tokens of the first one.
func FuzzRewriteKeepsTokens(f *testing.F) {
	for _, test := range tokenCases {
		f.Add(test.query+" $1", !test.escape)
	}
	f.Add("select $1, '%%', ?|$1-?, $$%s$$ from $2$3e'a' where a = @x and b @- $1::int", true)
	f.Fuzz(func(t *testing.T, query string, standardConformingStrings bool) {
		want, count := tokensWithCountedParameters(query, standardConformingStrings)
		if count == 0 || count > 9 {
			t.Skip("no parameter, or a number with two digits, which may take in a blank")
		}
		for _, style := range []sqllex.Style{sqllex.Pyformat, sqllex.Qmark} {
			styled := inStyle(query, style, standardConformingStrings)
			got, err := sqllex.Rewrite(styled, style, sqllex.Arguments{Positional: count}, standardConformingStrings)
			require.NoError(t, err, "%v %q", style, styled)
			tokens, _ := tokensWithCountedParameters(got.Query, standardConformingStrings)
			require.Equal(t, want, tokens, "%v %q", style, styled)
		}
	})
}

// tokensWithCountedParameters gives the texts of the tokens without the spaces
// next to parameters, with $1, $2, … for the parameters in their order.
func tokensWithCountedParameters(query string, standardConformingStrings bool) (texts []string, count int) {
	for _, token := range tokensOf(query, standardConformingStrings) {
		switch token.Kind {
		case sqllex.Space:
		case sqllex.Parameter:
			count++
			texts = append(texts, "$"+string(rune('0'+count)))
		default:
			texts = append(texts, token.Text(query))
		}
	}
	return texts, count
}

// inStyle writes the query's parameters as positional placeholders of the style.
func inStyle(query string, style sqllex.Style, standardConformingStrings bool) string {
	var styled strings.Builder
	for _, token := range tokensOf(query, standardConformingStrings) {
		text := token.Text(query)
		switch {
		case token.Kind == sqllex.Parameter && style == sqllex.Pyformat:
			text = "%s"
		case token.Kind == sqllex.Parameter:
			text = "?"
			if token.End < len(query) && strings.Contains("?$", query[token.End:token.End+1]) {
				text = "? " // two of them would be an escape
			}
		case style == sqllex.Pyformat:
			text = strings.ReplaceAll(text, "%", "%%")
		case token.Kind == sqllex.Operator:
			text = strings.ReplaceAll(text, "?", "??")
		}
		styled.WriteString(text)
	}
	return styled.String()
}
