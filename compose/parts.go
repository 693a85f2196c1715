package compose

import "slices"

// partKind says what a part of a Composed is.
type partKind uint8

const (
	rawPart         partKind = iota // text that was given as SQL
	identifierPart                  // text is a quoted name
	literalPart                     // text is a value
	argumentPart                    // value is an argument
	placeholderPart                 // name is that of a placeholder, or empty
)

// part is a piece of a Composed. Its text is ready for the server.
type part struct {
	kind  partKind
	text  string
	name  string
	value any
}

// isPlaceholder says whether the part is written as a placeholder.
func (p part) isPlaceholder() bool {
	return p.kind == argumentPart || p.kind == placeholderPart
}

// count gives the number of parts of the kind.
func (c Composed) count(kind partKind) int {
	count := 0
	for _, p := range c.parts {
		if p.kind == kind {
			count++
		}
	}
	return count
}

// allPlaceholderNames gives for each part that is written as a placeholder the name,
// which is empty if it has none.
func (c Composed) allPlaceholderNames() []string {
	var names []string
	for _, p := range c.parts {
		if p.isPlaceholder() {
			names = append(names, p.name)
		}
	}
	return names
}

// placeholderNames gives the names of the placeholders that have one.
func (c Composed) placeholderNames() []string {
	return slices.DeleteFunc(c.allPlaceholderNames(), func(name string) bool { return name == "" })
}

// hasNames says whether a placeholder has a name.
func (c Composed) hasNames() bool { return len(c.placeholderNames()) > 0 }
