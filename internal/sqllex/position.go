package sqllex

import (
	"sort"
	"unicode/utf8"
)

// edit is a part of the query for the server that is not the user's own text.
type edit struct {
	start, end                 int // byte offsets in the query for the server
	originalStart, originalEnd int // what it stands for in the user's text
}

// OriginalPosition gives the place in the user's text that the position in Query
// stands for. Both are counted in characters from 1, as the position of a server's
// error is. A position in what was put in for a placeholder gives the placeholder's
// start; 0, with which the server says that it knows none, gives 0.
func (r Rewritten) OriginalPosition(position int) int {
	if position < 1 || len(r.edits) == 0 {
		return position
	}
	return characterAt(r.original, r.originalOffset(byteOffset(r.Query, position)))
}

// originalOffset is OriginalPosition in bytes from 0.
func (r Rewritten) originalOffset(offset int) int {
	after := sort.Search(len(r.edits), func(i int) bool { return r.edits[i].start > offset })
	if after == 0 {
		return offset
	}
	last := r.edits[after-1]
	if offset < last.end {
		return last.originalStart
	}
	return offset - last.end + last.originalEnd
}

// byteOffset gives the byte offset of the character at the position, or that of
// the end of the text.
func byteOffset(text string, position int) int {
	offset := 0
	for ; position > 1 && offset < len(text); position-- {
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return offset
}
