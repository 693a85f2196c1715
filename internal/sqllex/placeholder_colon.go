package sqllex

// readPunctuation keeps track of what is open, and reads :name in the style
// [Named].
func (r *rewriter) readPunctuation(token Token) error {
	switch token.Text(r.query) {
	case "(":
		r.subscripts = append(r.subscripts, false)
	case "[":
		r.subscripts = append(r.subscripts, r.startsSubscript())
	case ")", "]":
		r.subscripts = r.subscripts[:max(0, len(r.subscripts)-1)]
	case ":":
		if r.style == Named {
			return r.readColon(token)
		}
	}
	return nil
}

// startsSubscript says whether the [ being read is that of a[1] and not that of
// ARRAY[1] or of an array within such a one.
func (r *rewriter) startsSubscript() bool {
	if r.previous.Kind == Word {
		return !r.previous.isWord(r.query, "array")
	}
	return r.endsValue(r.previous)
}

// endsValue says whether the token is the last of an expression, whatever is
// around it. With a word that depends: it may be a column, or a keyword.
func (r *rewriter) endsValue(token Token) bool {
	switch token.Kind {
	case Number, String, QuotedIdentifier, Parameter:
		return true
	case Punctuation:
		text := token.Text(r.query)
		return text == ")" || text == "]"
	}
	return false
}

// readColon reads a colon, which with the word after it is a placeholder, unless
// it parts the bounds of an array slice or the key and value of json_object.
func (r *rewriter) readColon(colon Token) error {
	name, ok := r.wordAt(colon.End)
	if !ok {
		return nil
	}
	given := r.arguments.index(name) >= 0
	switch {
	case r.isSeparator(colon) && given:
		return at(r.query, colon.Start, "the colon before "+name+" may be that of an array slice or of a placeholder",
			"write : "+name+" for the column, or : :"+name+" for the argument")
	case r.isSeparator(colon), r.maySlice() && !given:
		return nil
	}
	r.ownNames = true
	return r.replaceNamed(colon.Start, colon.End+len(name), name)
}

// isSeparator says whether a placeholder cannot be at the colon, since there is
// an expression just before it.
func (r *rewriter) isSeparator(colon Token) bool {
	if r.endsValue(r.previous) {
		return true
	}
	return r.inSubscript() && r.previous.Kind == Word && r.previous.End == colon.Start
}

// maySlice says whether the colon being read can be that of a[lo :hi] or a[:hi].
func (r *rewriter) maySlice() bool {
	if !r.inSubscript() {
		return false
	}
	return r.previous.Kind == Word || r.previous.Kind == Punctuation && r.previous.Text(r.query) == "["
}

func (r *rewriter) inSubscript() bool {
	return len(r.subscripts) > 0 && r.subscripts[len(r.subscripts)-1]
}
