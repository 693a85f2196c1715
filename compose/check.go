package compose

import (
	"fmt"
	"unicode/utf8"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// checkedText gives the text in the style Numeric, and says whether each part that
// was put into the raw text is what it looks like: whole tokens, outside of quotes
// and comments. It reads the text with standard_conforming_strings on.
func (c Composed) checkedText() (string, error) {
	names := c.allPlaceholderNames()
	w := c.write(Numeric, names, true)
	text, left := string(w.text), w.placements
	lexer := sqllex.New(text, true)
	for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
		if token.Kind == sqllex.Parameter && len(names) > 0 && !left.cover(token) {
			return "", fmt.Errorf("%s stands in SQL text that has Argument or Placeholder: use one of them for it too", token.Text(text))
		}
		for left.cover(token) {
			if !left[0].holds(token) {
				return "", left[0].error(text)
			}
			if token.End < left[0].end {
				break
			}
			left = left[1:]
		}
	}
	return text, nil
}

// placements are the parts that are still to be found in a text.
type placements []placement

// cover says whether the token has bytes of the first part.
func (p placements) cover(token sqllex.Token) bool {
	return len(p) > 0 && p[0].start < token.End
}

// holds says whether the token is within the part.
func (p placement) holds(token sqllex.Token) bool {
	return p.start <= token.Start && token.End <= p.end
}

func (p placement) error(text string) error {
	kind := map[partKind]string{
		identifierPart: "an Identifier", literalPart: "a Literal", argumentPart: "an Argument", placeholderPart: "a Placeholder",
	}[p.kind]
	return fmt.Errorf("%s at character %d is inside quotes or a comment of the SQL text, or joined to it: "+
		"take the quotes away, or put a blank before it", kind, utf8.RuneCountInString(text[:p.start])+1)
}
