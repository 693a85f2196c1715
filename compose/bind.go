package compose

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// bound is what the placeholders of a text take, in a style.
type bound struct {
	style     Style
	names     []string // of each placeholder in the text, or empty
	arguments []any    // what is passed with the text
	open      []string // the names of the placeholders that get their argument later
	doubtful  bool     // see checkPercents
}

// bind gives each placeholder its argument or, without args, leaves it open.
func (c Composed) bind(style Style, args []any) (*bound, error) {
	given, err := namesOf(args)
	if err != nil {
		return nil, err
	}
	b := &bound{style: style, doubtful: c.hasDoubtfulPercents()}
	if style == Named || len(given) > 0 || c.hasNames() {
		return b, c.bindNamed(b, args, given)
	}
	return b, c.bindPositional(b, args)
}

// bindPositional merges the values of the arguments in the text with args.
func (c Composed) bindPositional(b *bound, args []any) error {
	own, places := c.count(argumentPart), c.count(placeholderPart)
	switch {
	case len(args) == 0 && own > 0 && places > 0:
		return fmt.Errorf("the text has Argument and Placeholder: give Render the %d values of the placeholders, or name them", places)
	case len(args) != places && len(args) > 0 && own+places > 0:
		return fmt.Errorf("the text has %d places for arguments, but Render was given %d", places, len(args))
	}
	b.names = make([]string, own+places)
	if own+places == 0 {
		b.arguments = args
		return nil
	}
	if len(args) == 0 {
		b.open = make([]string, places)
	}
	for _, p := range c.parts {
		switch {
		case p.kind == argumentPart:
			b.arguments = append(b.arguments, p.value)
		case p.kind == placeholderPart && len(args) > 0:
			b.arguments, args = append(b.arguments, args[0]), args[1:]
		}
	}
	return nil
}

// bindNamed gives the arguments in the text names of their own.
func (c Composed) bindNamed(b *bound, args []any, given []string) error {
	places := c.placeholderNames()
	if err := checkNames(args, given, places); err != nil {
		return err
	}
	if len(args) == 0 {
		b.open = places
	}
	b.arguments = slices.Clone(args)
	number, taken := 0, slices.Concat(given, places)
	for _, p := range c.parts {
		switch {
		case p.kind == argumentPart:
			var name string
			name, number = newName(number, taken)
			b.names = append(b.names, name)
			b.arguments = append(b.arguments, sql.Named(name, p.value))
		case p.kind == placeholderPart && p.name == "":
			return errors.New("a Placeholder without a name cannot stand with named arguments: use NamedPlaceholder or Argument")
		case p.kind == placeholderPart:
			b.names = append(b.names, p.name)
		}
	}
	return nil
}

// checkNames says whether the arguments, if there are any, have a name each and
// among the names those of the places.
func checkNames(args []any, given, places []string) error {
	if len(args) > len(given) {
		return errors.New("the text has named placeholders: pass the values to Render with sql.Named")
	}
	for _, name := range places {
		if len(given) > 0 && !slices.Contains(given, name) {
			return fmt.Errorf("no argument with the name %q: pass it to Render with sql.Named", name)
		}
	}
	return nil
}

// newName gives the first name after the numbered one that is not taken.
func newName(number int, taken []string) (string, int) {
	for {
		number++
		if name := "argument_" + strconv.Itoa(number); !slices.Contains(taken, name) {
			return name, number
		}
	}
}

// namesOf gives the names of the arguments, all of which have one or none.
func namesOf(args []any) ([]string, error) {
	var names []string
	for _, arg := range args {
		if named, ok := arg.(sql.NamedArg); ok {
			names = append(names, named.Name)
		}
	}
	if len(names) > 0 && len(names) < len(args) {
		return nil, errors.New("arguments with and without a name are mixed: pass all of them with sql.Named, or none")
	}
	return names, nil
}

// follow says whether arguments will be passed with the text.
func (b *bound) follow() bool { return len(b.arguments)+len(b.open) > 0 }

// check reads the text as the connector will, with the arguments that it will get.
func (b *bound) check(query string) error {
	if !b.follow() {
		return b.checkPercents()
	}
	_, err := sqllex.Rewrite(query, sqllex.Style(b.style), b.given(), true)
	return err
}

// given says what arguments the connector will get.
func (b *bound) given() sqllex.Arguments {
	names, _ := namesOf(b.arguments)
	for _, name := range b.open {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		return sqllex.Arguments{Names: names}
	}
	return sqllex.Arguments{Positional: len(b.arguments) + len(b.open)}
}

// checkPercents refuses a text that is read in two ways in the style Pyformat,
// depending on whether arguments follow, which nothing tells.
func (b *bound) checkPercents() error {
	if b.style != Pyformat || !b.doubtful {
		return nil
	}
	return errors.New("the SQL text seems to have %s of its own, and there is a percent sign in a name or literal: " +
		"pass the arguments to Render, or use Placeholder")
}

// hasDoubtfulPercents says whether the raw text may have placeholders of the style
// Pyformat, and a name or literal has a percent sign.
func (c Composed) hasDoubtfulPercents() bool {
	placeholders, percents := false, false
	for _, p := range c.parts {
		if p.kind != rawPart {
			percents = percents || strings.Contains(p.text, "%")
			continue
		}
		placeholders = placeholders || strings.Contains(p.text, "%s") || strings.Contains(p.text, "%(")
	}
	return placeholders && percents
}
