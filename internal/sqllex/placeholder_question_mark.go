package sqllex

// readQuestionMark reads the ? at the offset, and gives the offset after what it
// starts. Pairs are taken from the left: ??? is ?? and a placeholder.
func (r *rewriter) readQuestionMark(offset int) (int, error) {
	if byteAt(r.query, offset+1) == '?' {
		r.replaceEscape(offset)
		return offset + 2, nil
	}
	return offset + 1, r.replacePositional(offset, offset+1)
}
