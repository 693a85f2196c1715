package sqllex

// Lexer cuts a SQL text into tokens. The texts of all its tokens, one after the
// other, are the text itself. A Lexer is made by [New]; it allocates nothing.
type Lexer struct {
	query                     string
	position                  int
	standardConformingStrings bool
	continuation              continuation
}

// New gives a Lexer at the start of the query. standardConformingStrings is the
// session's setting of that name: when it is off, a backslash in a plain '…'
// string escapes the next character.
func New(query string, standardConformingStrings bool) Lexer {
	return Lexer{query: query, standardConformingStrings: standardConformingStrings}
}

// Next gives the next token, or false at the end of the text.
func (l *Lexer) Next() (Token, bool) {
	if l.position >= len(l.query) {
		return Token{}, false
	}
	token := l.scan()
	l.position = token.End
	return token, true
}

// nextSignificant is Next without spaces and comments.
func (l *Lexer) nextSignificant() (Token, bool) {
	for {
		token, ok := l.Next()
		if !ok || token.significant() {
			return token, ok
		}
	}
}

func (l *Lexer) scan() Token {
	first := l.query[l.position]
	switch class := byteClasses[first]; {
	case class == spaceByte:
		return l.scanSpace()
	case startsComment(l.query, l.position):
		return l.scanComment()
	case first == '\'':
		return l.scanString(l.position, l.plainStringForm())
	case class == letterByte && l.quoteAfterPrefix() > 0:
		return l.scanPrefixed(l.quoteAfterPrefix())
	}
	l.continuation = continuation{}
	return l.scanUnquoted()
}

// scanUnquoted reads a token that a string constant does not go on behind.
func (l *Lexer) scanUnquoted() Token {
	first := l.query[l.position]
	switch byteClasses[first] {
	case letterByte:
		return l.token(Word, endOfWord(l.query, l.position))
	case digitByte:
		return l.token(Number, endOfNumber(l.query, l.position))
	case operatorByte:
		return l.token(Operator, endOfOperator(l.query, l.position))
	case punctuationByte:
		return l.scanPunctuation(first)
	}
	switch first {
	case '"':
		return l.scanQuotedIdentifier(l.position)
	case '$':
		return l.scanDollar()
	}
	return l.token(Invalid, l.position+1)
}

func (l *Lexer) scanSpace() Token {
	end := l.position
	for end < len(l.query) && isSpace(l.query[end]) {
		end++
	}
	token := l.token(Space, end)
	l.continuation.space(token.Text(l.query))
	return token
}

func (l *Lexer) scanPunctuation(first byte) Token {
	next := byteAt(l.query, l.position+1)
	switch {
	case first == ';':
		return l.token(Semicolon, l.position+1)
	case first == ':' && next == ':':
		return l.token(TypeCast, l.position+2)
	case first == ':' && next == '=':
		return l.token(ColonEquals, l.position+2)
	case first == '.' && next == '.':
		return l.token(Punctuation, l.position+2)
	case first == '.' && isDigit(next):
		return l.token(Number, endOfNumber(l.query, l.position))
	}
	return l.token(Punctuation, l.position+1)
}

// token gives the token from the current position to end.
func (l *Lexer) token(kind TokenKind, end int) Token {
	return Token{Kind: kind, Start: l.position, End: end}
}

// quoted gives the token from the current position to end, or to the end of
// the text when its closing delimiter is missing.
func (l *Lexer) quoted(kind TokenKind, end int, terminated bool) Token {
	if !terminated {
		end = len(l.query)
	}
	return Token{Kind: kind, Start: l.position, End: end, Unterminated: !terminated}
}

func endOfWord(query string, start int) int {
	end := start + 1
	for end < len(query) && (isLetter(query[end]) || isDigit(query[end]) || query[end] == '$') {
		end++
	}
	return end
}
