package compose

import (
	"strings"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// placement is where a part stands in the text.
type placement struct {
	kind       partKind
	start, end int
}

// writer puts parts one after the other, with a blank where two would be read as
// one.
type writer struct {
	text       []byte
	placements placements // of the parts that are not raw text
	last       partKind
}

func (w *writer) raw(text string) {
	if w.last != rawPart && w.joins(text[0]) {
		w.text = append(w.text, ' ')
	}
	w.text = append(w.text, text...)
	w.last = rawPart
}

// generated writes a part that is not raw text.
func (w *writer) generated(p part, text string) {
	if w.joins(text[0]) || p.isPlaceholder() && w.takesFrom(text[0]) {
		w.text = append(w.text, ' ')
	}
	start := len(w.text)
	w.text = append(w.text, text...)
	w.placements = append(w.placements, placement{p.kind, start, len(w.text)})
	w.last = p.kind
}

// joins says whether the byte would be read together with the last one of the text.
// A point next to a name is that of a qualified one. Two question marks are one in
// the style Qmark.
func (w *writer) joins(next byte) bool {
	last := w.lastByte()
	switch {
	case last == 0, last == '.' && next == '"', w.last == identifierPart && next == '.':
		return false
	case last == '?' && next == '?':
		return true
	}
	return len(wire.AppendSeparator([]byte{last}, next)) > 1
}

// takesFrom says whether the first byte of a placeholder would be read with the
// operator, cast or escape before it.
func (w *writer) takesFrom(first byte) bool {
	last := w.lastByte()
	switch first {
	case '@':
		return strings.IndexByte("+-*/<>=~!@#%^&|`?", last) >= 0
	case '%', ':':
		return last == first
	}
	return false
}

// lastByte gives the last byte of the text, or 0, which is in no text.
func (w *writer) lastByte() byte {
	if len(w.text) == 0 {
		return 0
	}
	return w.text[len(w.text)-1]
}
