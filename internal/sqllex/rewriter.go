package sqllex

import "strconv"

// rewriter goes through a query token by token and replaces the placeholders.
type rewriter struct {
	query     string
	lexer     Lexer
	style     Style
	arguments Arguments

	text       []byte // what is written so far
	copied     int    // the query up to here is in text
	edits      []edit
	parameters []Binding
	numbers    []int // of each named argument, its parameter number or 0

	ownNames      bool     // a named placeholder in the style's own form was seen
	missing       []string // names without an argument
	missingOffset int      // of the first of them

	current    Token  // what is being read: the token, or a placeholder as a Parameter
	previous   Token  // the last significant one before it
	subscripts []bool // of each open ( and [, whether it is a subscript
}

func (r *rewriter) run() error {
	for {
		token, ok := r.lexer.Next()
		if !ok {
			return nil
		}
		r.current = token
		if err := r.read(token); err != nil {
			return err
		}
		if r.current.significant() {
			r.previous = r.current
		}
	}
}

func (r *rewriter) read(token Token) error {
	switch token.Kind {
	case Parameter:
		return r.refuseNumbered(token)
	case Operator:
		return r.readOperator(token)
	case Punctuation:
		return r.readPunctuation(token)
	case String, QuotedIdentifier, Comment:
		if r.style == Pyformat {
			return r.readQuotedPercents(token)
		}
	}
	return nil
}

func (r *rewriter) refuseNumbered(token Token) error {
	other := "named arguments"
	if r.style != Numeric {
		other = "the style " + r.style.String()
	}
	return at(r.query, token.Start, "placeholder styles are mixed: "+token.Text(r.query)+" with "+other,
		"write "+r.example()+" instead")
}

// example gives a placeholder that the query could have.
func (r *rewriter) example() string {
	switch {
	case len(r.arguments.Names) > 0:
		return r.style.form(r.arguments.Names[0])
	case r.style == Named:
		return r.style.form("name") + " and pass sql.Named(\"name\", …)"
	}
	return r.style.form("")
}

// readOperator looks for the placeholders that start with operator characters.
// The style's rules come before those for operators: in a=?-1 there is a
// placeholder, though PostgreSQL would read the operator =?-.
func (r *rewriter) readOperator(token Token) error {
	operator := token
	for offset := token.Start; offset < token.End; {
		end, err := r.readOperatorByte(operator, offset)
		if err != nil {
			return err
		}
		if r.current != operator && end < token.End { // a placeholder, and another operator behind it
			operator.Start = end
			r.current = operator
		}
		offset = end
	}
	return nil
}

// readOperatorByte reads what starts at the offset in the operator, and gives the
// offset after it.
func (r *rewriter) readOperatorByte(operator Token, offset int) (int, error) {
	switch b := r.query[offset]; {
	case b == '%' && r.style == Pyformat:
		return r.readPercent(offset)
	case b == '?' && r.style == Qmark:
		return r.readQuestionMark(offset)
	case b == '@' && offset == operator.End-1:
		return operator.End, r.readAt(operator)
	}
	return offset + 1, nil
}

// replacePositional replaces the query's bytes from start to end, a placeholder
// without a name.
func (r *rewriter) replacePositional(start, end int) error {
	if len(r.arguments.Names) > 0 {
		return at(r.query, start, "placeholder styles are mixed: "+r.query[start:end]+" with named arguments",
			"write "+r.example()+" instead, or pass the values without names")
	}
	r.parameters = append(r.parameters, Binding{Argument: len(r.parameters), Offset: start})
	r.replaceByParameter(start, end, len(r.parameters))
	return nil
}

// replaceNamed replaces the query's bytes from start to end, a placeholder with
// that name in the style's own form or with @.
func (r *rewriter) replaceNamed(start, end int, name string) error {
	if r.arguments.Positional > 0 {
		return at(r.query, start, "placeholder styles are mixed: "+r.query[start:end]+" with arguments that have no name",
			"pass every argument with sql.Named")
	}
	argument := r.arguments.index(name)
	if argument < 0 {
		r.addMissing(start, name)
		r.replaceByParameter(start, end, 0)
		return nil
	}
	if r.numbers[argument] == 0 {
		r.parameters = append(r.parameters, Binding{Argument: argument, Name: name, Offset: start})
		r.numbers[argument] = len(r.parameters)
	}
	r.replaceByParameter(start, end, r.numbers[argument])
	return nil
}

// replaceByParameter writes $number for the placeholder from start to end, and a
// blank where the neighbours would become one token with it: %s2 is not $12. The
// lexer goes on behind the placeholder: the s of %select is not part of a word.
func (r *rewriter) replaceByParameter(start, end, number int) {
	r.current = Token{Kind: Parameter, Start: start, End: end}
	r.lexer.position = max(r.lexer.position, end)

	r.text = append(r.text, r.query[r.copied:start]...)
	written := edit{start: len(r.text), originalStart: start, originalEnd: end}
	if len(r.text) > 0 && joinsParameter(r.text[len(r.text)-1]) {
		r.text = append(r.text, ' ')
	}
	r.text = strconv.AppendInt(append(r.text, '$'), int64(number), 10)
	if joinsParameter(byteAt(r.query, end)) {
		r.text = append(r.text, ' ')
	}
	r.finishEdit(written)
}

// joinsParameter says whether the byte next to $1 could be read as part of it.
func joinsParameter(b byte) bool {
	return isLetter(b) || isDigit(b) || b == '$'
}

// replaceEscape writes one byte for the doubled one at start.
func (r *rewriter) replaceEscape(start int) {
	r.text = append(r.text, r.query[r.copied:start]...)
	written := edit{start: len(r.text), originalStart: start, originalEnd: start + 2}
	r.text = append(r.text, r.query[start])
	r.finishEdit(written)
}

func (r *rewriter) finishEdit(written edit) {
	written.end = len(r.text)
	r.edits = append(r.edits, written)
	r.copied = written.originalEnd
}
