package sqllex

import (
	"iter"
	"math"
	"strings"
)

// Parameters gives each $n of the query, in the order of the text, with its
// number n. A number outside the 1 to 65535 of the protocol is given as it is,
// but never as more than [math.MaxInt32]. In the BEGIN ATOMIC body of a
// function, $n is an argument of the function; it is given as well.
func Parameters(query string, standardConformingStrings bool) iter.Seq2[Token, int] {
	return func(yield func(Token, int) bool) {
		if strings.IndexByte(query, '$') < 0 {
			return
		}
		lexer := New(query, standardConformingStrings)
		for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
			if token.Kind != Parameter {
				continue
			}
			if !yield(token, parameterNumber(token.Text(query))) {
				return
			}
		}
	}
}

// parameterNumber gives n of the text $n.
func parameterNumber(text string) int {
	number := int64(0)
	for i := 1; i < len(text); i++ {
		number = min(number*10+int64(text[i]-'0'), math.MaxInt32)
	}
	return int(number)
}
