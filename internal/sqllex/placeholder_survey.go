package sqllex

import "strings"

// Placeholders says which arguments the query asks for, as far as that can be told
// before there are any: how many without a name, and whether it may have
// placeholders with names. @name and the :name of an array slice are among the
// latter, though they mean something else where no argument has the name. In the
// style [Numeric] $1, $2, … are left to the server and not counted.
//
// The error is that of [Rewrite] for a placeholder that cannot be read; without
// arguments such a query is valid all the same.
func Placeholders(query string, style Style, standardConformingStrings bool) (positional int, named bool, err error) {
	if style == Numeric {
		return 0, mayHaveNames(query, style, standardConformingStrings), nil
	}
	r := rewriter{query: query, lexer: New(query, standardConformingStrings), style: style}
	if err := r.run(); err != nil {
		return 0, false, err
	}
	named = len(r.missing) > 0 || len(r.parameters) == 0 && mayHaveNames(query, style, standardConformingStrings)
	return len(r.parameters), named, nil
}

// mayHaveNames says whether an @ or, in the style [Named], a colon is where a
// placeholder can be. A query with $1 has no named arguments.
func mayHaveNames(query string, style Style, standardConformingStrings bool) bool {
	if strings.IndexByte(query, '@') < 0 && style != Named {
		return false
	}
	found := false
	r := rewriter{query: query, lexer: New(query, standardConformingStrings)}
	for token, ok := r.lexer.Next(); ok; token, ok = r.lexer.Next() {
		if token.Kind == Parameter {
			return false
		}
		found = found || r.mayStartName(token, style)
	}
	return found
}

func (r *rewriter) mayStartName(token Token, style Style) bool {
	text := token.Text(r.query)
	switch {
	case token.Kind == Operator && strings.HasSuffix(text, "@"):
		if endsInAtOperator(text) {
			return false
		}
	case style != Named || token.Kind != Punctuation || text != ":":
		return false
	}
	_, ok := r.wordAt(token.End)
	return ok
}
