package sqllex

// TokenKind says what a [Token] is.
type TokenKind uint8

const (
	// Space is a run of blanks, tabs, newlines, form feeds and vertical tabs.
	Space TokenKind = iota
	// Comment is a -- comment without the newline that ends it, or a /* */
	// comment, which may hold further ones.
	Comment
	// Word is a keyword or an identifier without quotes. Digits and $ may
	// follow its first letter; every byte above 0x7F counts as a letter.
	Word
	// QuotedIdentifier is "…" or U&"…".
	QuotedIdentifier
	// String is a string constant: '…', E'…', B'…', X'…', N'…', U&'…' or
	// $tag$…$tag$. The parts of a constant that goes on after a newline, as in
	// 'a' newline 'b', are tokens of their own.
	String
	// Number is an integer or decimal constant without its sign.
	Number
	// Parameter is $ and digits, a reference to a statement's parameter.
	Parameter
	// Operator is an operator name under the rules of chapter 4.1.3.
	Operator
	// TypeCast is ::
	TypeCast
	// ColonEquals is :=
	ColonEquals
	// Semicolon is ;
	Semicolon
	// Punctuation is one of ( ) [ ] , . : or the range sign .. of PL/pgSQL.
	Punctuation
	// Invalid is a byte that starts nothing in SQL, such as \ or a lone $.
	Invalid
)

var tokenKindNames = [...]string{
	"Space", "Comment", "Word", "QuotedIdentifier", "String", "Number", "Parameter",
	"Operator", "TypeCast", "ColonEquals", "Semicolon", "Punctuation", "Invalid",
}

// String gives the name of the constant, for messages.
func (k TokenKind) String() string {
	if int(k) >= len(tokenKindNames) {
		return "TokenKind(?)"
	}
	return tokenKindNames[k]
}

// Token is one piece of a SQL text: the bytes from Start up to End.
type Token struct {
	// Kind says what the token is.
	Kind TokenKind
	// Start is the byte offset of the token's first byte in the text.
	Start int
	// End is the byte offset just after the token's last byte.
	End int
	// Unterminated says that the closing quote, dollar quote or */ is missing.
	// The token then reaches to the end of the text.
	Unterminated bool
}

// Text gives the token's bytes. The query must be the one that the token was
// read from.
func (t Token) Text(query string) string {
	return query[t.Start:t.End]
}

// significant says whether the token takes part in a statement. A comment that
// is never closed does: the server reports it as an error, and it must not be
// trimmed away.
func (t Token) significant() bool {
	return t.Kind != Space && t.Kind != Comment || t.Unterminated
}

// isWord says whether the token is the keyword, which is in lower case.
func (t Token) isWord(query, keyword string) bool {
	return t.Kind == Word && isKeyword(t.Text(query), keyword)
}

// isParenthesis says whether the token opens a parenthesis.
func (t Token) isParenthesis(query string) bool {
	return t.Kind == Punctuation && t.Text(query) == "("
}
