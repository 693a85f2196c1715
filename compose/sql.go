package compose

import (
	"fmt"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// constantText is text from a constant: its type cannot be named outside of the
// package, so only an untyped string constant is accepted for it, no variable.
type constantText string

// SQL gives text that is used as it is. It must be a constant, so that nothing
// from outside of the program can get into it.
//
// The text may have placeholders of its own, in the style that it is rendered in,
// but then no others may be in the whole, except named ones.
func SQL(text constantText) Composed { return UnsafeSQL(string(text)) }

// UnsafeSQL gives text that is used as it is, from wherever it comes. Whoever can
// choose the text can choose what the statement does: use it for SQL that is read
// from the program's own files, never for names or values.
func UnsafeSQL(text string) Composed {
	if text == "" {
		return Composed{}
	}
	if err := sqllex.Check(text); err != nil {
		return failed(fmt.Errorf("SQL: %w", err))
	}
	return Composed{parts: []part{{kind: rawPart, text: text}}}
}

// Null gives the keyword NULL.
func Null() Composed { return keyword("NULL") }

// Default gives the keyword DEFAULT, which stands for a column's default in INSERT
// and UPDATE.
func Default() Composed { return keyword("DEFAULT") }

func keyword(text string) Composed {
	return Composed{parts: []part{{kind: literalPart, text: text}}}
}
