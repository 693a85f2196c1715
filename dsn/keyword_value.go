package dsn

import "strings"

// parseKeywordValue follows conninfo_parse of libpq's fe-connect.c.
func parseKeywordValue(s string) (Params, error) {
	p := keywordValueParser{input: s}
	for p.skipBlanks(); p.pos < len(s); p.skipBlanks() {
		if err := p.setting(); err != nil {
			return Params{}, err
		}
	}
	return p.settings.params(), nil
}

type keywordValueParser struct {
	input    string
	pos      int
	settings collector
}

func (p *keywordValueParser) setting() error {
	start := p.pos
	keyword, err := p.keyword()
	if err != nil {
		return err
	}
	value, err := p.value()
	if err != nil {
		return err
	}
	if reason, offset := keywordMistake(keyword); reason != "" {
		return &ParseError{Offset: start + offset, Reason: reason}
	}
	if keyword == "ssl" {
		return &ParseError{Offset: start, Reason: reasonSSL}
	}
	p.settings.store(keyword, value)
	return nil
}

// keyword reads a keyword and the "=" after it, with blanks allowed around that.
func (p *keywordValueParser) keyword() (string, error) {
	start := p.pos
	for p.pos < len(p.input) && p.input[p.pos] != '=' && !isBlank(p.input[p.pos]) {
		p.pos++
	}
	keyword := p.input[start:p.pos]
	p.skipBlanks()
	if p.pos < len(p.input) && p.input[p.pos] == '=' {
		p.pos++
		return keyword, nil
	}
	if strings.Contains(keyword, "://") {
		return "", &ParseError{Offset: start, Reason: reasonScheme}
	}
	return "", &ParseError{Offset: p.pos, Reason: reasonMissingEquals}
}

// value reads a value. Blanks are skipped first, so that in "host= port=1" the host is "port=1".
func (p *keywordValueParser) value() (string, error) {
	p.skipBlanks()
	if p.pos < len(p.input) && p.input[p.pos] == '\'' {
		return p.quotedValue()
	}
	start := p.pos
	for p.pos < len(p.input) && !isBlank(p.input[p.pos]) {
		p.skipCharacter()
	}
	return removeBackslashes(p.input[start:p.pos]), nil
}

func (p *keywordValueParser) quotedValue() (string, error) {
	quote := p.pos
	for p.pos++; p.pos < len(p.input); p.skipCharacter() {
		if p.input[p.pos] == '\'' {
			p.pos++
			return removeBackslashes(p.input[quote+1 : p.pos-1]), nil
		}
	}
	return "", &ParseError{Offset: quote, Reason: reasonUnterminatedQuote}
}

// skipCharacter goes past one character of a value, and past the backslash before it.
func (p *keywordValueParser) skipCharacter() {
	if p.input[p.pos] == '\\' && p.pos+1 < len(p.input) {
		p.pos++
	}
	p.pos++
}

func (p *keywordValueParser) skipBlanks() {
	for p.pos < len(p.input) && isBlank(p.input[p.pos]) {
		p.pos++
	}
}

// removeBackslashes drops each backslash that escapes the next character, and a last one that escapes nothing.
func removeBackslashes(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		}
		if i < len(s) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// isBlank is C's isspace in the "C" locale.
func isBlank(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' }

// keywordMistake returns the reason why keyword cannot be one and the place of the mistake in it, or "".
func keywordMistake(keyword string) (reason string, offset int) {
	if keyword == "" {
		return reasonMissingKeyword, 0
	}
	if strings.Contains(keyword, "://") {
		return reasonScheme, 0
	}
	if i := invalidKeywordByte(keyword); i >= 0 {
		return reasonKeywordByte, i
	}
	return "", 0
}

// String returns the settings in keyword/value form, in order, WITH passwords and other secrets: what
// to hand to a program that connects. [Parse] gives the same Params again. To show a connection string
// to a person use [Params.Redacted], which is also what fmt and log/slog print for a Params.
//
// A value is quoted when it is empty or holds a blank; "\" and "'" get a backslash.
func (p Params) String() string {
	var b strings.Builder
	for i, s := range p.list() {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s.keyword)
		b.WriteByte('=')
		b.WriteString(quoteValue(s.value))
	}
	return b.String()
}

var backslashes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

func quoteValue(value string) string {
	escaped := backslashes.Replace(value)
	if value == "" || strings.ContainsAny(value, " \t\n\v\f\r") {
		return "'" + escaped + "'"
	}
	return escaped
}
