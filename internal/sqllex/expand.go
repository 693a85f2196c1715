package sqllex

import (
	"errors"
	"fmt"
	"strconv"
)

// Expansion is what takes the place of a parameter in [Expand].
type Expansion struct {
	// Parameters is the number of parameters that it needs.
	Parameters int
	// Append writes it, with its parameters from $first on. A nil Append
	// stands for a single parameter.
	Append func(dst []byte, first int) []byte
	// EmptyList says that it is a list of nothing, which SQL cannot write: it
	// may stand after IN and NOT IN only, and takes no parameters.
	EmptyList bool
}

// Expand puts expansions in the place of $1, $2, … and numbers the parameters
// anew, in the order of expansions. IN with an empty list is false for every
// row, NOT IN with one is true, as for a subquery without rows.
// standardConformingStrings is the session's setting of that name.
func Expand(query string, expansions []Expansion, standardConformingStrings bool) (Rewritten, error) {
	first := make([]int, len(expansions))
	next := 1
	for i := range expansions {
		first[i] = next
		next += expansions[i].Parameters
	}
	e := rewriter{query: query}
	for use := range parameterUses(query, standardConformingStrings) {
		if use.number < 1 || use.number > len(expansions) {
			return Rewritten{}, fmt.Errorf("the statement has a parameter $%d, but %d arguments were given",
				use.number, len(expansions))
		}
		if err := e.expand(use, expansions[use.number-1], first[use.number-1]); err != nil {
			return Rewritten{}, err
		}
	}
	text := append(e.text, query[e.copied:]...)
	return Rewritten{Query: string(text), original: query, edits: e.edits}, nil
}

var errEmptyList = errors.New("an empty list can stand after IN and NOT IN only")

func (r *rewriter) expand(use parameterUse, expansion Expansion, first int) error {
	start := use.token.Start
	if expansion.EmptyList {
		if !use.afterIn {
			return errEmptyList
		}
		start = use.testStart
	}
	r.text = append(r.text, r.query[r.copied:start]...)
	written := edit{start: len(r.text), originalStart: start, originalEnd: use.token.End}
	switch {
	case expansion.EmptyList && use.negated:
		r.text = append(r.text, "<> all ('{}')"...)
	case expansion.EmptyList:
		r.text = append(r.text, "= any ('{}')"...)
	case expansion.Append == nil:
		r.text = strconv.AppendInt(append(r.text, '$'), int64(first), 10)
	default:
		r.text = expansion.Append(r.text, first)
	}
	r.finishEdit(written)
	return nil
}

// OnlyAfterIn says whether every $number of the query is what an IN or NOT IN
// looks into. It is false where there is no $number.
func OnlyAfterIn(query string, number int, standardConformingStrings bool) bool {
	found := false
	for use := range parameterUses(query, standardConformingStrings) {
		if use.number != number {
			continue
		}
		if !use.afterIn {
			return false
		}
		found = true
	}
	return found
}

// CountUses gives the number of times that the query has $number.
func CountUses(query string, number int, standardConformingStrings bool) int {
	count := 0
	for _, found := range Parameters(query, standardConformingStrings) {
		if found == number {
			count++
		}
	}
	return count
}

// parameterUse is one $n of a query and what stands before it.
type parameterUse struct {
	token  Token
	number int
	// afterIn says that it follows IN, and negated NOT IN; testStart is where
	// that starts.
	afterIn, negated bool
	testStart        int
}

// parameterUses gives each $n of the query in the order of the text.
func parameterUses(query string, standardConformingStrings bool) func(yield func(parameterUse) bool) {
	return func(yield func(parameterUse) bool) {
		var last, beforeLast Token
		lexer := New(query, standardConformingStrings)
		for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
			if token.Kind == Parameter && !yield(useOf(query, token, last, beforeLast)) {
				return
			}
			if token.significant() {
				beforeLast, last = last, token
			}
		}
	}
}

func useOf(query string, token, last, beforeLast Token) parameterUse {
	use := parameterUse{token: token, number: parameterNumber(token.Text(query))}
	if !last.isWord(query, "in") {
		return use
	}
	use.afterIn, use.testStart = true, last.Start
	if beforeLast.isWord(query, "not") {
		use.negated, use.testStart = true, beforeLast.Start
	}
	return use
}
