package sqllex

import (
	"iter"
	"strings"
)

// Statement is one SQL statement of a text: the bytes from Start up to End.
type Statement struct {
	// Start is the byte offset of the statement's first token in the text;
	// spaces and comments before it are left out.
	Start int
	// End is the byte offset after the statement's last token; spaces and
	// comments behind it and the semicolon are left out.
	End int
	// Kind says what the statement does.
	Kind Kind
}

// Text gives the statement's bytes. The query must be the one that the
// statement was found in.
func (s Statement) Text(query string) string {
	return query[s.Start:s.End]
}

// Statements gives the statements of the query, without those that are empty.
// As in psql, a semicolon within parentheses (CREATE RULE) or within the BEGIN
// ATOMIC body of CREATE FUNCTION or PROCEDURE does not end a statement. For
// standardConformingStrings see [New].
func Statements(query string, standardConformingStrings bool) iter.Seq[Statement] {
	return func(yield func(Statement) bool) {
		s := splitter{lexer: New(query, standardConformingStrings)}
		for statement, ok := s.next(); ok; statement, ok = s.next() {
			if !yield(statement) {
				return
			}
		}
	}
}

// IsSingle says whether the query has at most one statement, not counting empty
// ones, so that it can be prepared. For standardConformingStrings see [New].
func IsSingle(query string, standardConformingStrings bool) bool {
	semicolon := strings.IndexByte(query, ';')
	if semicolon < 0 || strings.TrimRight(query[semicolon:], "; \t\n\r\f\v") == "" {
		return true
	}
	s := splitter{lexer: New(query, standardConformingStrings)}
	s.nextBounds()
	_, more := s.nextBounds()
	return !more
}

// splitter cuts a text into statements.
type splitter struct {
	lexer Lexer
}

func (s *splitter) next() (Statement, bool) {
	statement, ok := s.nextBounds()
	if !ok {
		return Statement{}, false
	}
	statement.Kind = kindOf(statement.Text(s.lexer.query), s.lexer.standardConformingStrings)
	return statement, true
}

// nextBounds gives the next statement without its kind.
func (s *splitter) nextBounds() (Statement, bool) {
	token, ok := s.lexer.nextSignificant()
	for ok && token.Kind == Semicolon {
		token, ok = s.lexer.nextSignificant()
	}
	if !ok {
		return Statement{}, false
	}
	statement := Statement{Start: token.Start}
	nesting := nesting{query: s.lexer.query, routine: s.startsRoutine(token)}
	for ok && (token.Kind != Semicolon || nesting.open()) {
		nesting.observe(token)
		statement.End = token.End
		token, ok = s.lexer.nextSignificant()
	}
	return statement, true
}

// startsRoutine says whether the statement whose first token is given starts
// with CREATE [OR REPLACE] FUNCTION or PROCEDURE.
func (s *splitter) startsRoutine(first Token) bool {
	if !first.isWord(s.lexer.query, "create") {
		return false
	}
	words := s.lexer // a copy: the splitter itself does not move
	token, _ := words.nextSignificant()
	if token.isWord(words.query, "or") {
		words.nextSignificant()
		token, _ = words.nextSignificant()
	}
	return token.isWord(words.query, "function") || token.isWord(words.query, "procedure")
}

// nesting follows what a semicolon can be inside of.
type nesting struct {
	query       string
	routine     bool // the statement is CREATE FUNCTION or PROCEDURE
	parentheses int
	blocks      int // BEGIN ATOMIC, and within it CASE: both close with END
	previous    Token
}

func (n *nesting) open() bool {
	return n.parentheses > 0 || n.blocks > 0
}

func (n *nesting) observe(token Token) {
	switch token.Kind {
	case Punctuation:
		n.observeParenthesis(token)
	case Word:
		n.observeWord(token)
	}
	n.previous = token
}

func (n *nesting) observeParenthesis(token Token) {
	switch token.Text(n.query) {
	case "(":
		n.parentheses++
	case ")":
		n.parentheses = max(0, n.parentheses-1)
	}
}

func (n *nesting) observeWord(token Token) {
	if !n.routine || n.parentheses > 0 || n.namesColumn() {
		return
	}
	switch {
	case token.isWord(n.query, "atomic") && n.previous.isWord(n.query, "begin"):
		n.blocks++
	case n.blocks > 0 && token.isWord(n.query, "case"):
		n.blocks++
	case n.blocks > 0 && token.isWord(n.query, "end"):
		n.blocks--
	}
}

// namesColumn says whether the next word is a name even if it is a keyword, as
// in "x AS end" and "x.case".
func (n *nesting) namesColumn() bool {
	return n.previous.isWord(n.query, "as") ||
		n.previous.Kind == Punctuation && n.previous.Text(n.query) == "."
}
