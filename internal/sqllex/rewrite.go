package sqllex

// Rewritten is a query whose placeholders are PostgreSQL's own. It does not
// change, so it may be kept and used again for the same query, style, setting of
// standard_conforming_strings and [Arguments].
type Rewritten struct {
	// Query is the text for the server, with $1, $2, … for the placeholders.
	Query string
	// Parameters says for each of $1, $2, … which argument it takes. It is empty
	// if the query was left as it is: each $n then takes the n-th argument.
	Parameters []Binding

	original string
	edits    []edit
}

// Binding says which argument a parameter takes.
type Binding struct {
	// Argument is the index of the argument: among the positional ones, or in
	// the Names of [Arguments].
	Argument int
	// Name is the name of the argument, or empty if it has none.
	Name string
	// Offset is the byte offset in the user's text of the first placeholder that
	// stands for the parameter.
	Offset int
}

// Rewrite puts $1, $2, … in the place of the placeholders of the query. A name
// that is used twice is one parameter. Without arguments the query stays as it
// is, and so it does in the style [Numeric] without names.
//
// What is in comments is left alone, and so is what is in string constants and
// quoted identifiers, with one exception: in the style [Pyformat] %% is a percent
// sign everywhere, and any other % in quotes is an error. standardConformingStrings
// is the session's setting of that name.
//
// The error is a [*PlaceholderError]: a placeholder without an argument, an
// argument without a placeholder, a placeholder of another style ($1 in a style
// that is not Numeric), or one that cannot be read. A named argument may stay
// unused if the query has other placeholders in the style's own form for names,
// %(name)s or :name; whoever writes those may pass more than a query needs. With
// @name an unused name is an error, since a misspelt one looks like the operator @
// and a column.
func Rewrite(query string, style Style, arguments Arguments, standardConformingStrings bool) (Rewritten, error) {
	if !style.Rewrites(arguments.Positional, len(arguments.Names)) {
		return Rewritten{Query: query, original: query}, nil
	}
	if err := arguments.check(); err != nil {
		return Rewritten{}, err
	}
	r := rewriter{
		query:     query,
		lexer:     New(query, standardConformingStrings),
		style:     style,
		arguments: arguments,
		numbers:   make([]int, len(arguments.Names)),
	}
	if err := r.run(); err != nil {
		return Rewritten{}, err
	}
	if err := r.complete(); err != nil {
		return Rewritten{}, err
	}
	text := append(r.text, query[r.copied:]...)
	return Rewritten{Query: string(text), Parameters: r.parameters, original: query, edits: r.edits}, nil
}
