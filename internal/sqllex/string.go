package sqllex

import "strings"

// stringForm is the way in which a '…' string ends.
type stringForm uint8

const (
	// standardForm: two quotes stand for one. Also the form of U&'…'.
	standardForm stringForm = iota
	// escapeForm: as well, a backslash takes the next byte with it.
	escapeForm
	// bitForm: the next quote is the end, whatever follows.
	bitForm
)

// continuation remembers the last string constant for as long as the next one
// may go on with it. The server reads E'a' newline 'b\'c' as one constant, in
// which the backslash escapes to the end: the second part has the form of the
// first, not that of a plain string.
type continuation struct {
	form    stringForm
	open    bool // only spaces and -- comments since a string constant
	newline bool // and a newline among the spaces
}

func (c *continuation) space(text string) {
	if c.open && !c.newline {
		c.newline = strings.ContainsAny(text, "\n\r")
	}
}

// plainStringForm is the form of a '…' string without a prefix at the current
// position.
func (l *Lexer) plainStringForm() stringForm {
	switch {
	case l.continuation.open && l.continuation.newline:
		return l.continuation.form
	case l.standardConformingStrings:
		return standardForm
	}
	return escapeForm
}

// quoteAfterPrefix gives the position of the quote that follows a prefix (E, B,
// X, N, U&) at the current position, or 0 if there is no prefix.
func (l *Lexer) quoteAfterPrefix() int {
	next := byteAt(l.query, l.position+1)
	switch lower(l.query[l.position]) {
	case 'e', 'b', 'x', 'n':
		if next == '\'' {
			return l.position + 1
		}
	case 'u':
		quote := byteAt(l.query, l.position+2)
		if next == '&' && (quote == '\'' || quote == '"') {
			return l.position + 2
		}
	}
	return 0
}

// scanPrefixed reads a string or identifier with a prefix at the current
// position and its opening quote at quote.
func (l *Lexer) scanPrefixed(quote int) Token {
	if l.query[quote] == '"' {
		l.continuation = continuation{}
		return l.scanQuotedIdentifier(quote)
	}
	switch lower(l.query[l.position]) {
	case 'e':
		return l.scanString(quote, escapeForm)
	case 'b', 'x':
		return l.scanString(quote, bitForm)
	case 'u':
		return l.scanString(quote, standardForm)
	}
	// N'…' is the keyword NCHAR and a plain string, which follows the setting.
	l.continuation = continuation{}
	return l.scanString(quote, l.plainStringForm())
}

func (l *Lexer) scanString(quote int, form stringForm) Token {
	l.continuation = continuation{form: form, open: true}
	end, terminated := endOfString(l.query, quote+1, form)
	return l.quoted(String, end, terminated)
}

func (l *Lexer) scanQuotedIdentifier(quote int) Token {
	end, terminated := endOfDoubled(l.query, quote+1, '"')
	return l.quoted(QuotedIdentifier, end, terminated)
}

// scanDollar reads what starts with $: a parameter, a dollar-quoted string or
// else the lone byte.
func (l *Lexer) scanDollar() Token {
	tag := l.position + 1
	if isDigit(byteAt(l.query, tag)) {
		return l.token(Parameter, endOfParameter(l.query, tag))
	}
	end := endOfTag(l.query, tag)
	if byteAt(l.query, end) != '$' {
		return l.token(Invalid, tag)
	}
	delimiter := l.query[l.position : end+1]
	body := end + 1
	length := strings.Index(l.query[body:], delimiter)
	return l.quoted(String, body+length+len(delimiter), length >= 0)
}

// endOfParameter gives the end of the digits of a parameter; unlike a number, it
// has no underscores.
func endOfParameter(query string, start int) int {
	end := start
	for isDigit(byteAt(query, end)) {
		end++
	}
	return end
}

// endOfTag gives the end of the possibly empty tag of a dollar quote: an
// identifier without $. What starts with a digit is a parameter, so it does not
// get here.
func endOfTag(query string, start int) int {
	end := start
	for end < len(query) && (isLetter(query[end]) || isDigit(query[end])) {
		end++
	}
	return end
}

// endOfString gives the position after the closing quote of the string whose
// content starts at position, and whether there is one.
func endOfString(query string, position int, form stringForm) (int, bool) {
	switch form {
	case escapeForm:
		return endOfEscaped(query, position)
	case bitForm:
		length := strings.IndexByte(query[position:], '\'')
		return position + length + 1, length >= 0
	}
	return endOfDoubled(query, position, '\'')
}

// endOfDoubled is endOfString for content in which a doubled quote stands for
// one.
func endOfDoubled(query string, position int, quote byte) (int, bool) {
	for {
		length := strings.IndexByte(query[position:], quote)
		if length < 0 {
			return len(query), false
		}
		position += length + 1
		if byteAt(query, position) != quote {
			return position, true
		}
		position++
	}
}

// endOfEscaped is endOfString for content in which a doubled quote stands for
// one and a backslash takes the next byte with it.
func endOfEscaped(query string, position int) (int, bool) {
	for position < len(query) {
		switch {
		case query[position] == '\\':
			position += 2
		case query[position] != '\'':
			position++
		case byteAt(query, position+1) == '\'':
			position += 2
		default:
			return position + 1, true
		}
	}
	return len(query), false
}
