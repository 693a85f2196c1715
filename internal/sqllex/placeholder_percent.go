package sqllex

import "strings"

const percentAdvice = "the placeholders are %s and %(name)s, and %% is a percent sign"

// readPercent reads the % at the offset, outside of quotes, and gives the offset
// after what it starts.
func (r *rewriter) readPercent(offset int) (int, error) {
	switch byteAt(r.query, offset+1) {
	case '%':
		r.replaceEscape(offset)
		return offset + 2, nil
	case 's':
		return offset + 2, r.replacePositional(offset, offset+2)
	case '(':
		return r.readPercentName(offset)
	}
	return 0, at(r.query, offset, "% that is no placeholder", percentAdvice)
}

// readPercentName reads %(name)s. As in psycopg2, the name is everything up to
// the closing parenthesis, and may be empty, but has no % or ( in it.
func (r *rewriter) readPercentName(offset int) (int, error) {
	name := r.query[offset+len("%("):]
	length := strings.IndexAny(name, "%()")
	if length < 0 || name[length] != ')' {
		return 0, at(r.query, offset, "%( without the ) of %(name)s", percentAdvice)
	}
	end := offset + len("%(") + length + len(")s")
	if byteAt(r.query, end-1) != 's' {
		return 0, at(r.query, offset, "%(name) without the s of %(name)s", percentAdvice)
	}
	r.ownNames = true
	return end, r.replaceNamed(offset, end, name[:length])
}

// readQuotedPercents reads the percent signs in a string constant, a quoted
// identifier or a comment. In a comment only %% has a meaning.
func (r *rewriter) readQuotedPercents(token Token) error {
	for offset := token.Start; ; {
		length := strings.IndexByte(r.query[offset:token.End], '%')
		if length < 0 {
			return nil
		}
		offset += length
		switch {
		case offset+1 < token.End && r.query[offset+1] == '%':
			r.replaceEscape(offset)
			offset += 2
		case token.Kind == Comment:
			offset++
		default:
			return r.refuseQuotedPercent(offset)
		}
	}
}

func (r *rewriter) refuseQuotedPercent(offset int) error {
	if next := byteAt(r.query, offset+1); next == 's' || next == '(' {
		return at(r.query, offset, "%"+string(next)+" inside quotes",
			"a placeholder stands outside of quotes, without any around it; for a percent sign write %%")
	}
	return at(r.query, offset, "% inside quotes", "for a percent sign write %%")
}
