package sqllex_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// FuzzLexer requires of any text that its tokens cover it, and that a token
// read alone is the same token: what a token is depends on what is before it
// only in a string constant that goes on after a newline.
func FuzzLexer(f *testing.F) {
	for _, test := range tokenCases {
		f.Add(test.query, !test.escape)
	}
	f.Fuzz(func(t *testing.T, query string, standardConformingStrings bool) {
		tokens := tokensOf(query, standardConformingStrings)
		requireTiling(t, query, tokens)
		for _, token := range tokens {
			text := token.Text(query)
			if strings.HasPrefix(text, "'") {
				continue
			}
			alone := sqllex.Token{Kind: token.Kind, End: len(text), Unterminated: token.Unterminated}
			require.Equal(t, []sqllex.Token{alone}, tokensOf(text, standardConformingStrings), "%q", text)
		}
	})
}

// FuzzStatements requires of any text that its statements are parts of it in
// order, that only spaces, comments and semicolons are left out, that IsSingle
// agrees, and that each statement alone is one statement of the same kind.
func FuzzStatements(f *testing.F) {
	for _, test := range statementCases {
		f.Add(test.query, !test.escape)
	}
	f.Fuzz(func(t *testing.T, query string, standardConformingStrings bool) {
		count, end := 0, 0
		for statement := range sqllex.Statements(query, standardConformingStrings) {
			require.LessOrEqual(t, end, statement.Start)
			require.Less(t, statement.Start, statement.End)
			require.LessOrEqual(t, statement.End, len(query))
			requireNoStatement(t, query[end:statement.Start], standardConformingStrings)
			requireSameAlone(t, query, statement, standardConformingStrings)
			count, end = count+1, statement.End
		}
		requireNoStatement(t, query[end:], standardConformingStrings)
		require.Equal(t, count <= 1, sqllex.IsSingle(query, standardConformingStrings))
	})
}

func requireNoStatement(t *testing.T, text string, standardConformingStrings bool) {
	t.Helper()
	for _, token := range tokensOf(text, standardConformingStrings) {
		require.Contains(t, []string{"Space", "Comment", "Semicolon"}, token.Kind.String())
		require.False(t, token.Unterminated)
	}
}

func requireSameAlone(t *testing.T, query string, statement sqllex.Statement, standardConformingStrings bool) {
	t.Helper()
	text := statement.Text(query)
	var alone []sqllex.Statement
	for s := range sqllex.Statements(text, standardConformingStrings) {
		alone = append(alone, s)
	}
	require.Equal(t, []sqllex.Statement{{End: len(text), Kind: statement.Kind}}, alone)
}

// FuzzPlainStatements compares with strings.Split, which is right for texts
// without quotes, comments, dollar signs, parentheses and function bodies.
func FuzzPlainStatements(f *testing.F) {
	f.Add("select 1; select 2;; ")
	f.Add("a;\x80;{;")
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsAny(query, `'"$()`) || strings.Contains(query, "--") || strings.Contains(query, "/*") ||
			strings.Contains(strings.ToLower(query), "atomic") {
			t.Skip("not a plain text")
		}
		var want, got []string
		for part := range strings.SplitSeq(query, ";") {
			if part = strings.Trim(part, " \t\n\r\f\v"); part != "" {
				want = append(want, part)
			}
		}
		for statement := range sqllex.Statements(query, true) {
			got = append(got, statement.Text(query))
		}
		require.Equal(t, want, got)
	})
}

// FuzzParameters requires that the parameters are the tokens of that kind and that
// no number is negative.
func FuzzParameters(f *testing.F) {
	f.Add("select $1, '$2', $$ $3 $$, $004 from a$5", true)
	f.Fuzz(func(t *testing.T, query string, standardConformingStrings bool) {
		var want, got []sqllex.Token
		for _, token := range tokensOf(query, standardConformingStrings) {
			if token.Kind == sqllex.Parameter {
				want = append(want, token)
			}
		}
		for token, number := range sqllex.Parameters(query, standardConformingStrings) {
			require.GreaterOrEqual(t, number, 0)
			got = append(got, token)
		}
		require.Equal(t, want, got)
	})
}
