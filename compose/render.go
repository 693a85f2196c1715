package compose

import (
	"fmt"
	"strconv"
	"strings"
)

// Render gives the text with its placeholders in the style, and the arguments to
// pass with it.
//
// args are the values for the placeholders: those without a name in their order,
// or all of them with [database/sql.Named]. They come back among the arguments,
// with the values of each [Argument] where they belong. Without args the
// placeholders stay open, for a statement that is prepared or runs more than once.
// Where the text has named placeholders, or the style is [Named], each Argument
// gets a name that is not taken.
//
// The text is checked as a whole: names and values stand outside of quotes and
// comments, and the connector will find each placeholder and an argument for it.
func (c Composed) Render(style Style, args ...any) (query string, arguments []any, err error) {
	query, arguments, err = c.render(style, args)
	if err != nil {
		return "", nil, outermost(err)
	}
	return query, arguments, nil
}

func (c Composed) render(style Style, args []any) (string, []any, error) {
	if style > Named {
		return "", nil, fmt.Errorf("%v is no style of placeholders", style)
	}
	if c.err != nil {
		return "", nil, c.err
	}
	if _, err := c.checkedText(); err != nil {
		return "", nil, err
	}
	bound, err := c.bind(style, args)
	if err != nil {
		return "", nil, err
	}
	query := string(c.write(style, bound.names, bound.follow()).text)
	if err := bound.check(query); err != nil {
		return "", nil, err
	}
	return query, bound.arguments, nil
}

// write writes the parts. names has the name of each placeholder in the text, or
// an empty one. argumentsFollow says that the connector will look for placeholders
// in the text.
func (c Composed) write(style Style, names []string, argumentsFollow bool) *writer {
	w := &writer{}
	placeholders, unnamed := 0, 0
	for _, p := range c.parts {
		switch {
		case p.kind == rawPart:
			w.raw(p.text)
		case p.isPlaceholder():
			name := names[placeholders]
			placeholders++
			if name == "" {
				unnamed++
			}
			w.generated(p, style.placeholder(name, unnamed))
		case style == Pyformat && argumentsFollow:
			w.generated(p, strings.ReplaceAll(p.text, "%", "%%"))
		default:
			w.generated(p, p.text)
		}
	}
	return w
}

// placeholder gives the one with the name or, if that is empty, the number.
func (s Style) placeholder(name string, number int) string {
	switch {
	case s == Pyformat && name != "":
		return "%(" + name + ")s"
	case s == Pyformat:
		return "%s"
	case s == Named:
		return ":" + name
	case name != "":
		return "@" + name
	case s == Qmark:
		return "?"
	}
	return "$" + strconv.Itoa(number)
}
