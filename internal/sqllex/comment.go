package sqllex

import "strings"

// startsComment says whether -- or /* is at the position.
func startsComment(query string, position int) bool {
	switch query[position] {
	case '-':
		return byteAt(query, position+1) == '-'
	case '/':
		return byteAt(query, position+1) == '*'
	}
	return false
}

func (l *Lexer) scanComment() Token {
	if l.query[l.position] == '-' {
		return l.token(Comment, endOfLine(l.query, l.position))
	}
	// Only a -- comment may stand between the parts of a string constant.
	l.continuation = continuation{}
	end, terminated := endOfBlockComment(l.query, l.position+2)
	return l.quoted(Comment, end, terminated)
}

// endOfLine gives the position of the next newline or the end of the text. As
// on the server, a carriage return is a newline too.
func endOfLine(query string, position int) int {
	length := strings.IndexAny(query[position:], "\n\r")
	if length < 0 {
		return len(query)
	}
	return position + length
}

// endOfBlockComment gives the position after the */ that closes the comment
// whose content starts at position, and whether there is one. Comments nest.
func endOfBlockComment(query string, position int) (int, bool) {
	for depth := 1; position+1 < len(query); {
		switch query[position : position+2] {
		case "/*":
			depth++
			position += 2
		case "*/":
			depth--
			position += 2
		default:
			position++
		}
		if depth == 0 {
			return position, true
		}
	}
	return len(query), false
}
