package compose

import (
	"errors"
	"fmt"
	"strconv"
)

// FormatArgument is what [Format] puts into its template: a [Composed], or one with
// a name, from [Field].
type FormatArgument interface {
	formatArgument() (name string, text Composed)
}

func (c Composed) formatArgument() (string, Composed) { return "", c }

// field is a FormatArgument with a name.
type field struct {
	name string
	text Composed
}

func (f field) formatArgument() (string, Composed) { return f.name, f.text }

// Field gives the text a name, so that [Format] puts it where its template has
// {name}.
func Field(name string, text Composed) FormatArgument { return field{name, text} }

// Format gives the template with its fields replaced: {} takes the arguments in
// their order, {0} the first one, {name} the one that [Field] gave that name.
// {{ and }} stand for braces. All else is SQL; as with [SQL], the template is a
// constant.
//
// A field without its argument is an error, and so is an argument without a name
// that no field takes. A named one may be left. {} and {0} cannot be mixed. There
// are no conversions or format specifications: {!r} and {:>10} are errors.
func Format(template constantText, arguments ...FormatArgument) Composed {
	composed, err := format(string(template), arguments)
	if err != nil {
		return failed(fmt.Errorf("format: %w", err))
	}
	return composed
}

func format(template string, arguments []FormatArgument) (Composed, error) {
	segments, err := parseTemplate(template)
	if err != nil {
		return Composed{}, err
	}
	given, err := newFormatArguments(arguments)
	if err != nil {
		return Composed{}, err
	}
	pieces := make([]Composed, len(segments))
	for i, segment := range segments {
		if pieces[i], err = given.fill(segment); err != nil {
			return Composed{}, err
		}
	}
	if err := given.checkUsed(); err != nil {
		return Composed{}, err
	}
	return Composed{}.Append(pieces...), nil
}

// formatArguments hands out the arguments of a Format.
type formatArguments struct {
	positional []Composed
	used       []bool
	named      map[string]Composed
	next       int  // the argument for the next {}
	numbered   bool // a {0} was seen
}

func newFormatArguments(arguments []FormatArgument) (*formatArguments, error) {
	given := &formatArguments{named: map[string]Composed{}}
	for _, argument := range arguments {
		if argument == nil {
			return nil, errors.New("an argument is nil: for the keyword use Null()")
		}
		name, text := argument.formatArgument()
		_, named := argument.(field)
		_, twice := given.named[name]
		switch {
		case !named:
			given.positional = append(given.positional, text)
		case twice:
			return nil, fmt.Errorf("two arguments are for the field {%s}", name)
		default:
			given.named[name] = text
		}
	}
	given.used = make([]bool, len(given.positional))
	return given, nil
}

// fill gives the text for the segment.
func (g *formatArguments) fill(segment segment) (Composed, error) {
	if !segment.isField {
		return UnsafeSQL(segment.text), nil
	}
	text, err := g.take(segment.text)
	if err == nil {
		err = text.err
	}
	if err != nil {
		return Composed{}, fmt.Errorf("field {%s} at character %d: %w", segment.text, segment.position, err)
	}
	return text, nil
}

// take gives the argument that the field asks for.
func (g *formatArguments) take(name string) (Composed, error) {
	if name == "" {
		if g.numbered {
			return Composed{}, errors.New("{} cannot stand with numbered fields: number all or none")
		}
		g.next++
		return g.takePositional(g.next - 1)
	}
	number, err := strconv.ParseUint(name, 10, 31)
	if err != nil {
		return g.takeNamed(name)
	}
	if g.next > 0 {
		return Composed{}, errors.New("a numbered field cannot stand with {}: number all or none")
	}
	g.numbered = true
	return g.takePositional(int(number))
}

func (g *formatArguments) takePositional(index int) (Composed, error) {
	if index >= len(g.positional) {
		return Composed{}, fmt.Errorf("there is no argument for it: %d without a name were given", len(g.positional))
	}
	g.used[index] = true
	return g.positional[index], nil
}

func (g *formatArguments) takeNamed(name string) (Composed, error) {
	text, ok := g.named[name]
	if !ok {
		return Composed{}, fmt.Errorf("no argument has this name: pass Field(%q, …)", name)
	}
	return text, nil
}

func (g *formatArguments) checkUsed() error {
	for index, used := range g.used {
		if !used {
			return fmt.Errorf("no field takes argument %d, counted from 0: add one, or leave the argument out", index)
		}
	}
	return nil
}
