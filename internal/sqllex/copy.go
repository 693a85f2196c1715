package sqllex

import "strings"

// CopyParts is what COPY table [(columns)] FROM STDIN names.
type CopyParts struct {
	// Table is the table's name as it is written, with its schema if that is given.
	Table string
	// Columns is the list of columns as it is written, without parentheses. It is
	// empty if there is none.
	Columns string
	// BinaryQuery is the query with the binary format asked for. It is empty if the
	// query asks for another one in the syntax of PostgreSQL before 9.0, or without
	// parentheses.
	BinaryQuery string
}

// IsCopy says whether the query's first word is COPY.
func IsCopy(query string, standardConformingStrings bool) bool {
	if query != "" && isLetter(query[0]) && query[0]|0x20 != 'c' {
		return false
	}
	lexer := New(query, standardConformingStrings)
	token, ok := lexer.nextSignificant()
	for ok && token.Kind == Semicolon {
		token, ok = lexer.nextSignificant()
	}
	return ok && token.isWord(query, "copy")
}

// PartsOfCopyFrom takes a single statement of the kind [CopyFrom] apart. It gives
// nothing for any other.
func PartsOfCopyFrom(query string, standardConformingStrings bool) CopyParts {
	lexer := New(query, standardConformingStrings)
	token, ok := lexer.nextSignificant()
	for ok && !token.isWord(query, "copy") {
		token, ok = lexer.nextSignificant()
	}
	token, _ = lexer.nextSignificant()
	binary := token.isWord(query, "binary")
	if binary {
		token, _ = lexer.nextSignificant()
	}
	parts := CopyParts{}
	start := token.Start
	for ok && !token.isWord(query, "from") && !token.isParenthesis(query) {
		parts.Table = query[start:token.End]
		token, ok = lexer.nextSignificant()
	}
	if token.isParenthesis(query) {
		start = token.End
		for ok && !(token.Kind == Punctuation && token.Text(query) == ")") {
			token, ok = lexer.nextSignificant()
		}
		if !ok {
			return CopyParts{} // cut off
		}
		parts.Columns = strings.TrimSpace(query[start:token.Start])
		token, ok = lexer.nextSignificant()
	}
	if ok {
		token, ok = lexer.nextSignificant() // STDIN
	}
	if !ok {
		return CopyParts{}
	}
	parts.BinaryQuery = query
	if !binary {
		parts.BinaryQuery = binaryQuery(query, lexer, token.End)
	}
	return parts
}

// binaryQuery adds the binary format to the options behind STDIN, which ends at
// the offset.
func binaryQuery(query string, lexer Lexer, stdin int) string {
	token, ok := lexer.nextSignificant()
	if token.isWord(query, "with") {
		stdin = token.End
		token, ok = lexer.nextSignificant()
	}
	switch {
	case !ok, token.Kind == Semicolon, token.isWord(query, "where"):
		return query[:stdin] + " (format binary)" + query[stdin:]
	case token.isWord(query, "binary"):
		return query
	case !token.isParenthesis(query):
		return ""
	}
	open := token.End
	for ok && !(token.Kind == Punctuation && token.Text(query) == ")") {
		if token.isWord(query, "format") {
			return query // the server says if it is another one
		}
		token, ok = lexer.nextSignificant()
	}
	return query[:open] + "format binary, " + query[open:]
}
