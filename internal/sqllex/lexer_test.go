package sqllex_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// tokenCase is a text and its tokens without spaces, one a line: the kind, a
// blank and the text; "…" at the end marks an unterminated token.
type tokenCase struct {
	name   string
	query  string
	escape bool // standard_conforming_strings is off
	want   []string
}

var tokenCases = []tokenCase{
	{name: "empty", query: ""},
	{name: "only spaces", query: " \t\r\n\f\v"},
	{name: "statement", query: "select a, 1 from t;", want: []string{
		"Word select", "Word a", "Punctuation ,", "Number 1", "Word from", "Word t", "Semicolon ;"}},
	{name: "punctuation", query: "(a[1]).b:c", want: []string{
		"Punctuation (", "Word a", "Punctuation [", "Number 1", "Punctuation ]", "Punctuation )",
		"Punctuation .", "Word b", "Punctuation :", "Word c"}},

	{name: "word with digits and dollars", query: "a1$2$_b", want: []string{"Word a1$2$_b"}},
	{name: "word with a parameter in it", query: "a$1", want: []string{"Word a$1"}},
	{name: "word with a dollar quote in it", query: "a$$b$$", want: []string{"Word a$$b$$"}},
	{name: "word of other letters", query: "_größe 数据", want: []string{"Word _größe", "Word 数据"}},
	{name: "word of invalid UTF-8", query: "\xff\xfe", want: []string{"Word \xff\xfe"}},
	{name: "quoted identifier", query: `"a;b""c"`, want: []string{`QuotedIdentifier "a;b""c"`}},
	{name: "quoted identifier keeps backslash", query: `"a\"b`, want: []string{`QuotedIdentifier "a\"`, "Word b"}},
	{name: "unicode identifier", query: `U&"d\0061" u&"x"`, want: []string{`QuotedIdentifier U&"d\0061"`, `QuotedIdentifier u&"x"`}},
	{name: "u and ampersand", query: "u&1 u &'a'", want: []string{
		"Word u", "Operator &", "Number 1", "Word u", "Operator &", "String 'a'"}},
	{name: "empty quoted identifier", query: `""`, want: []string{`QuotedIdentifier ""`}},

	{name: "string", query: `'a;b''c'`, want: []string{`String 'a;b''c'`}},
	{name: "string with backslash", query: `'a\' b`, want: []string{`String 'a\'`, "Word b"}},
	{name: "string with backslash escape", query: `'a\' b' c`, escape: true, want: []string{`String 'a\' b'`, "Word c"}},
	{name: "escape string", query: `E'a\'b' e'\\' c`, want: []string{`String E'a\'b'`, `String e'\\'`, "Word c"}},
	{name: "escape string with doubled quote", query: `E'a''b\\''c'`, want: []string{`String E'a''b\\''c'`}},
	{name: "bit and hexadecimal strings", query: `B'01' b'' X'1F' x'a'`, want: []string{"String B'01'", "String b''", "String X'1F'", "String x'a'"}},
	{name: "bit string has no doubled quote", query: `B'0''1'`, want: []string{"String B'0'", "String '1'"}},
	{name: "bit string has no escape", query: `B'\' X'\' 1`, escape: true, want: []string{`String B'\'`, `String X'\'`, "Number 1"}},
	{name: "national string", query: `N'a\' n'b'`, want: []string{`String N'a\'`, "String n'b'"}},
	{name: "national string with escape", query: `N'a\'b'`, escape: true, want: []string{`String N'a\'b'`}},
	{name: "unicode string", query: `U&'d\0061' u&'\'`, escape: true, want: []string{`String U&'d\0061'`, `String u&'\'`}},
	{name: "prefix at the end of a word", query: `note'a\' table'b'`, want: []string{
		"Word note", `String 'a\'`, "Word table", "String 'b'"}},
	{name: "prefix away from the quote", query: `e 'a\' b`, want: []string{"Word e", `String 'a\'`, "Word b"}},

	{name: "string that goes on", query: "'a'\n'b'", want: []string{"String 'a'", "String 'b'"}},
	{name: "escape string that goes on", query: "E'a'\n'b\\'c' d", want: []string{"String E'a'", `String 'b\'c'`, "Word d"}},
	{name: "escape string that goes on twice", query: "E'a'\r'b\\''\n'c\\'' d", want: []string{
		"String E'a'", `String 'b\''`, `String 'c\''`, "Word d"}},
	{name: "escape string goes on after comments", query: "E'a' --'\n --\n'b\\'' d", want: []string{
		"String E'a'", "Comment --'", "Comment --", `String 'b\''`, "Word d"}},
	{name: "escape string ends without a newline", query: `E'a' 'b\' d`, want: []string{"String E'a'", `String 'b\'`, "Word d"}},
	{name: "escape string ends at a block comment", query: "E'a'\n/**/'b\\' d", want: []string{
		"String E'a'", "Comment /**/", `String 'b\'`, "Word d"}},
	{name: "escape string ends at a token", query: "E'a'\n,'b\\' d", want: []string{
		"String E'a'", "Punctuation ,", `String 'b\'`, "Word d"}},
	{name: "escape string ends at a prefix", query: "E'a'\nN'b\\' d", want: []string{"String E'a'", `String N'b\'`, "Word d"}},
	{name: "bit string that goes on", query: "B'0'\n'\\' d", escape: true, want: []string{"String B'0'", `String '\'`, "Word d"}},
	{name: "identifier does not go on", query: "\"a\"\n'b\\' d", want: []string{`QuotedIdentifier "a"`, `String 'b\'`, "Word d"}},
	{name: "dollar quote does not go on", query: "E'a'\n$$b$$\n'c\\' d", want: []string{
		"String E'a'", "String $$b$$", `String 'c\'`, "Word d"}},

	{name: "dollar quote", query: `$$a'b;"c$$ d`, want: []string{`String $$a'b;"c$$`, "Word d"}},
	{name: "dollar quote with a tag", query: "$q$a $$ $q1$ $Q$ q$q$", want: []string{"String $q$a $$ $q1$ $Q$ q$q$"}},
	{name: "dollar quote with overlapping ends", query: "$a$ $b$a$ x", want: []string{"String $a$ $b$a$", "Word x"}},
	{name: "dollar quote with other letters", query: "$é$ ; $é$", want: []string{"String $é$ ; $é$"}},
	{name: "dollar quote after a number", query: "1$$a$$", want: []string{"Number 1", "String $$a$$"}},
	{name: "dollar quote after an operator", query: "=$$a$$", want: []string{"Operator =", "String $$a$$"}},
	{name: "tag may not start with a digit", query: "$1$ a", want: []string{"Parameter $1", "Invalid $", "Word a"}},
	{name: "tag without its dollar", query: "$a b", want: []string{"Invalid $", "Word a", "Word b"}},
	{name: "lone dollar", query: "$", want: []string{"Invalid $"}},

	{name: "parameters", query: "$1,$02+$30::int", want: []string{
		"Parameter $1", "Punctuation ,", "Parameter $02", "Operator +", "Parameter $30", "TypeCast ::", "Word int"}},
	{name: "parameter before a letter", query: "$1a$2", want: []string{"Parameter $1", "Word a$2"}},
	{name: "parameter before an underscore", query: "$1_0", want: []string{"Parameter $1", "Word _0"}},
	{name: "parameter after a number", query: "1$1", want: []string{"Number 1", "Parameter $1"}},
	{name: "parameter after a parameter", query: "$1$2", want: []string{"Parameter $1", "Parameter $2"}},

	{name: "integers", query: "0 42 1_000", want: []string{"Number 0", "Number 42", "Number 1_000"}},
	{name: "decimals", query: ".5 1. 1.5 1_0.2_5", want: []string{"Number .5", "Number 1.", "Number 1.5", "Number 1_0.2_5"}},
	{name: "exponents", query: "1e10 1E+3 1.5e-7 .5e1_0 1.e2", want: []string{
		"Number 1e10", "Number 1E+3", "Number 1.5e-7", "Number .5e1_0", "Number 1.e2"}},
	{name: "other bases", query: "0x1F 0Xa_b 0o17 0B1_01 0x_f", want: []string{
		"Number 0x1F", "Number 0Xa_b", "Number 0o17", "Number 0B1_01", "Number 0x_f"}},
	{name: "ranges", query: "1..10 1...5", want: []string{
		"Number 1", "Punctuation ..", "Number 10", "Number 1", "Punctuation ..", "Number .5"}},
	{name: "two points", query: "1.5.3", want: []string{"Number 1.5", "Number .3"}},
	{name: "subtraction", query: "1-2", want: []string{"Number 1", "Operator -", "Number 2"}},
	{name: "letters behind a number", query: "1a 1e 1e+ 0x 0xg 0b2", want: []string{
		"Number 1", "Word a", "Number 1", "Word e", "Number 1", "Word e", "Operator +",
		"Number 0", "Word x", "Number 0", "Word xg", "Number 0", "Word b2"}},
	{name: "underscores that separate nothing", query: "1__0 1_ 0x1_", want: []string{
		"Number 1", "Word __0", "Number 1", "Word _", "Number 0x1", "Word _"}},
	{name: "string prefix behind a number", query: `1e'a\''`, want: []string{"Number 1", `String e'a\''`}},

	{name: "json operators", query: "a->>'b' @> ?| ?& ? @@ #>> <@", want: []string{
		"Word a", "Operator ->>", "String 'b'", "Operator @>", "Operator ?|", "Operator ?&", "Operator ?",
		"Operator @@", "Operator #>>", "Operator <@"}},
	{name: "comparison with a negative number", query: "a<-1", want: []string{"Word a", "Operator <", "Operator -", "Number 1"}},
	{name: "trailing signs leave an operator", query: "*-+- =-", want: []string{
		"Operator *", "Operator -", "Operator +", "Operator -", "Operator =", "Operator -"}},
	{name: "trailing signs stay", query: "@- <#>+ ~- |/- `+ ?- &+ ^- %- !+", want: []string{
		"Operator @-", "Operator <#>+", "Operator ~-", "Operator |/-", "Operator `+", "Operator ?-",
		"Operator &+", "Operator ^-", "Operator %-", "Operator !+"}},
	{name: "signs within", query: "<-> -> +-*", want: []string{"Operator <->", "Operator ->", "Operator +-*"}},
	{name: "line comment ends an operator", query: "a*--b\n+@--c", want: []string{
		"Word a", "Operator *", "Comment --b", "Operator +@", "Comment --c"}},
	{name: "block comment ends an operator", query: "a*/**/b@-/*c*/", want: []string{
		"Word a", "Operator *", "Comment /**/", "Word b", "Operator @-", "Comment /*c*/"}},
	{name: "slash before a block comment", query: "//**/", want: []string{"Operator /", "Comment /**/"}},
	{name: "cast", query: "a::b:::c", want: []string{"Word a", "TypeCast ::", "Word b", "TypeCast ::", "Punctuation :", "Word c"}},
	{name: "assignment and arrow", query: "a:=1,b=>2 c : =", want: []string{
		"Word a", "ColonEquals :=", "Number 1", "Punctuation ,", "Word b", "Operator =>", "Number 2",
		"Word c", "Punctuation :", "Operator ="}},

	{name: "line comment", query: "a--';\nb--", want: []string{"Word a", "Comment --';", "Word b", "Comment --"}},
	{name: "line comment ends at a carriage return", query: "--a\rb", want: []string{"Comment --a", "Word b"}},
	{name: "block comment", query: "a/*';*/b/**/", want: []string{"Word a", "Comment /*';*/", "Word b", "Comment /**/"}},
	{name: "block comments nest", query: "/*/*a*/b/*c*/*/d", want: []string{"Comment /*/*a*/b/*c*/*/", "Word d"}},
	{name: "block comment with stars and slashes", query: "/***//*//*/**/*/d", want: []string{
		"Comment /***/", "Comment /*//*/**/*/d…"}},
	{name: "end of a comment alone", query: "*/", want: []string{"Operator */"}},

	{name: "unterminated string", query: "'a''", want: []string{"String 'a''…"}},
	{name: "unterminated escape string", query: `E'a\`, want: []string{`String E'a\…`}},
	{name: "unterminated escape string at a quote", query: `E'a\'`, want: []string{`String E'a\'…`}},
	{name: "unterminated bit string", query: "b'0", want: []string{"String b'0…"}},
	{name: "unterminated identifier", query: `"a""`, want: []string{`QuotedIdentifier "a""…`}},
	{name: "unterminated dollar quote", query: "$a$ $b$ $A$", want: []string{"String $a$ $b$ $A$…"}},
	{name: "unterminated comment", query: "/*/*a*/", want: []string{"Comment /*/*a*/…"}},
	{name: "comment of three bytes", query: "/*/", want: []string{"Comment /*/…"}},
	{name: "bare opening quotes", query: "'", want: []string{"String '…"}},

	{name: "stray bytes", query: "{\\}\x00\x01\x7f", want: []string{
		"Invalid {", `Invalid \`, "Invalid }", "Invalid \x00", "Invalid \x01", "Invalid \x7f"}},
}

func TestLexer(t *testing.T) {
	t.Parallel()
	for _, test := range tokenCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, token := range tokensOf(test.query, !test.escape) {
				if token.Kind == sqllex.Space {
					continue
				}
				text := token.Kind.String() + " " + token.Text(test.query)
				if token.Unterminated {
					text += "…"
				}
				got = append(got, text)
			}
			require.Equal(t, test.want, got)
			requireTiling(t, test.query, tokensOf(test.query, !test.escape))
		})
	}
}

func TestLexerSpaces(t *testing.T) {
	t.Parallel()
	require.Equal(t, []sqllex.Token{
		{Kind: sqllex.Space, Start: 0, End: 2},
		{Kind: sqllex.Word, Start: 2, End: 3},
		{Kind: sqllex.Comment, Start: 3, End: 6},
		{Kind: sqllex.Space, Start: 6, End: 8},
		{Kind: sqllex.Number, Start: 8, End: 9},
	}, tokensOf("\t a--b\n 1", true))
}

func TestLexerStaysAtTheEnd(t *testing.T) {
	t.Parallel()
	lexer := sqllex.New("a", true)
	_, ok := lexer.Next()
	require.True(t, ok)
	for range 2 {
		token, ok := lexer.Next()
		require.False(t, ok)
		require.Zero(t, token)
	}
}

func TestLexerDoesNotAllocate(t *testing.T) {
	var all strings.Builder
	for _, test := range tokenCases {
		all.WriteString(strings.TrimSuffix(test.query, "'") + "\n")
	}
	query := all.String()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		lexer := sqllex.New(query, true)
		for _, ok := lexer.Next(); ok; _, ok = lexer.Next() {
		}
	}))
}

func TestKindNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Invalid", sqllex.Invalid.String())
	require.Equal(t, "TokenKind(?)", (sqllex.Invalid + 1).String())
	require.Equal(t, "Deallocate", sqllex.Deallocate.String())
	require.Equal(t, "Kind(?)", (sqllex.Execute + 1).String())
}

func tokensOf(query string, standardConformingStrings bool) []sqllex.Token {
	var tokens []sqllex.Token
	lexer := sqllex.New(query, standardConformingStrings)
	for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
		tokens = append(tokens, token)
	}
	return tokens
}

// requireTiling requires that the tokens cover the query without gaps, and that
// only the last one may be unterminated.
func requireTiling(t *testing.T, query string, tokens []sqllex.Token) {
	t.Helper()
	end := 0
	for _, token := range tokens {
		require.Equal(t, end, token.Start)
		require.Greater(t, token.End, token.Start)
		require.False(t, token.Unterminated && token.End < len(query), "unterminated before the end")
		end = token.End
	}
	require.Equal(t, len(query), end)
}
