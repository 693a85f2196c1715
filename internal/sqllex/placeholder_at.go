package sqllex

import "strings"

// readAt reads the @ at the end of the operator token, which with the word after
// it is a placeholder if an argument of that name was given.
func (r *rewriter) readAt(operator Token) error {
	name, ok := r.wordAt(operator.End)
	if !ok || r.arguments.index(name) < 0 || endsInAtOperator(operator.Text(r.query)) {
		return nil
	}
	return r.replaceNamed(operator.End-1, operator.End+len(name), name)
}

// endsInAtOperator says whether the operator has at its end one of PostgreSQL's
// that end in @ themselves: @@, <@, ^@ and @-@. With @ alone, the absolute value,
// it has not.
func endsInAtOperator(operator string) bool {
	for _, known := range [...]string{"@@", "<@", "^@", "@-@"} {
		if strings.HasSuffix(operator, known) {
			return true
		}
	}
	return false
}

// wordAt gives the word that starts at the offset.
func (r *rewriter) wordAt(offset int) (string, bool) {
	lexer := New(r.query, r.lexer.standardConformingStrings)
	lexer.position = offset
	token, ok := lexer.Next()
	if !ok || token.Kind != Word {
		return "", false
	}
	return token.Text(r.query), true
}
