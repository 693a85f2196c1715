package compose_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compose"
	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func tokensOf(query string, standardConformingStrings bool) (texts []string) {
	lexer := sqllex.New(query, standardConformingStrings)
	for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
		if token.Kind != sqllex.Space {
			texts = append(texts, token.Text(query))
		}
	}
	return texts
}

// FuzzLiteral requires of the literal of any string that it is one token under
// either setting, and stands for the string.
func FuzzLiteral(f *testing.F) {
	for _, piece := range hostilePieces {
		f.Add(piece)
		f.Add("a" + piece + "b")
	}
	f.Fuzz(func(t *testing.T, value string) {
		text, _, err := compose.Literal(value).Render(compose.Numeric)
		if err != nil {
			require.True(t, strings.Contains(value, "\x00") || strings.ToValidUTF8(value, "") != value)
			return
		}
		require.Equal(t, []string{text}, tokensOf(text, true))
		require.Equal(t, []string{text}, tokensOf(text, false))
		content, escaped := strings.CutPrefix(text, "E")
		content = strings.ReplaceAll(content[1:len(content)-1], "''", "'")
		if escaped {
			content = strings.ReplaceAll(content, `\\`, `\`)
		}
		require.Equal(t, value, content)
	})
}

// FuzzIdentifier requires of the identifier of any name that it is one token, and
// stands for the name.
func FuzzIdentifier(f *testing.F) {
	for _, piece := range hostilePieces {
		f.Add(piece)
	}
	f.Fuzz(func(t *testing.T, name string) {
		text, err := compose.QuoteIdent(name)
		if err != nil {
			return
		}
		require.Equal(t, []string{text}, tokensOf(text, true))
		require.Equal(t, name, strings.ReplaceAll(text[1:len(text)-1], `""`, `"`))
	})
}

// FuzzRender puts a name, a literal and an argument between any texts. It requires
// that the text has them as tokens of their own, and that each style means the same
// once it is rewritten.
func FuzzRender(f *testing.F) {
	f.Add("select ", " from ", " where a = ", ";", "n'", `v\`)
	f.Add("select E'a'\n", "'", " -- ", "\n", "n", "v'")
	f.Add("U&", "-", "1.", "e5", "%", "50%")
	f.Add("a[1:", "]", "(", "::int", "?", ":a")
	f.Fuzz(func(t *testing.T, first, second, third, last, name, value string) {
		literal, identifier := compose.Literal(value), compose.Identifier(name)
		composed := compose.UnsafeSQL(first).Append(identifier, compose.UnsafeSQL(second), literal,
			compose.UnsafeSQL(third), compose.Argument(1), compose.UnsafeSQL(last))
		numeric, args, err := composed.Render(compose.Numeric)
		if err != nil {
			return
		}
		require.Equal(t, []any{1}, args)
		tokens := tokensOf(numeric, true)
		require.Subset(t, tokens, []string{identifier.String(), "$1"}, "%q", numeric)
		if strings.ContainsAny(first+second+third+last, "?%:@$") {
			return // may be placeholders in a style
		}
		for _, style := range []compose.Style{compose.Pyformat, compose.Qmark, compose.Named} {
			requireSameTokens(t, composed, style, tokens)
		}
	})
}

func requireSameTokens(t *testing.T, composed compose.Composed, style compose.Style, want []string) {
	t.Helper()
	query, args, err := composed.Render(style)
	if err != nil && style == compose.Named {
		return // where no placeholder can be, :name may be part of something else
	}
	require.NoError(t, err, "%v", style)
	given := sqllex.Arguments{Positional: len(args)}
	if style == compose.Named {
		given = sqllex.Arguments{Names: []string{"argument_1"}}
	}
	rewritten, err := sqllex.Rewrite(query, sqllex.Style(style), given, true)
	require.NoError(t, err)
	require.Equal(t, want, tokensOf(rewritten.Query, true), "%q", query)
}

// FuzzFormat requires that a text with doubled braces comes back as it was, and that
// a template that is accepted has as many literals as fields.
func FuzzFormat(f *testing.F) {
	f.Add("select {} from {a} where {{}}")
	f.Add("{0}{1}{{{0}}}}}")
	f.Fuzz(func(t *testing.T, text string) {
		doubled := strings.NewReplacer("{", "{{", "}", "}}").Replace(text)
		got := compose.FormatText(doubled)
		if got.Err() == nil {
			raw, _, err := got.Render(compose.Numeric)
			require.NoError(t, err)
			require.Equal(t, text, raw)
		}
		one := compose.SQL("\x01")
		filled, _, err := compose.FormatText(text, one, compose.Field("a", one)).Render(compose.Numeric)
		if err == nil && !strings.Contains(text, "\x01") {
			opened := strings.Count(strings.ReplaceAll(text, "{{", ""), "{")
			require.Equal(t, opened, strings.Count(filled, "\x01"), "%q", filled)
		}
	})
}
