package sqllex

import (
	"fmt"
	"strings"
)

// Style says how a text marks the places of its arguments. The names are those
// of paramstyle in PEP 249 (Python's DB-API), except that [Numeric] is
// PostgreSQL's $1 and not the PEP's :1. In every style, @name is the place of a
// named argument that was given.
type Style uint8

const (
	// Numeric is $1, $2, … as PostgreSQL itself has it.
	Numeric Style = iota
	// Pyformat is %s, or %(name)s for named arguments, and %% for a percent
	// sign, in quotes as well. This is what psycopg2 does.
	Pyformat
	// Qmark is ?, and ?? for a question mark that belongs to an operator.
	Qmark
	// Named is :name.
	Named
)

var styleNames = [...]string{Numeric: "numeric", Pyformat: "pyformat", Qmark: "qmark", Named: "named"}

// String gives the name that [ParseStyle] reads.
func (s Style) String() string {
	if int(s) >= len(styleNames) {
		return fmt.Sprintf("Style(%d)", uint8(s))
	}
	return styleNames[s]
}

// ParseStyle gives the style of that name: numeric, pyformat, qmark or named, or
// format, the PEP's name for %s alone, which is read as pyformat.
func ParseStyle(name string) (Style, error) {
	for style, known := range styleNames {
		if name == known {
			return Style(style), nil
		}
	}
	if name == "format" {
		return Pyformat, nil
	}
	return Numeric, fmt.Errorf("%q is none of %s, format", name, strings.Join(styleNames[:], ", "))
}

// Rewrites says whether [Rewrite] has anything to do for a query with so many
// arguments without and with a name. It is cheap enough to ask before each query.
func (s Style) Rewrites(positional, named int) bool {
	return named > 0 || s != Numeric && positional > 0
}

// form gives the style's placeholder for an argument of that name, or without a
// name if that is empty, for messages.
func (s Style) form(name string) string {
	switch {
	case s == Named:
		return ":" + name
	case s == Pyformat && name != "":
		return "%(" + name + ")s"
	case s == Pyformat:
		return "%s"
	case name != "":
		return "@" + name
	case s == Qmark:
		return "?"
	}
	return "$1"
}
