package sqllex

import "slices"

// Arguments says what is given with a query, apart from the values.
type Arguments struct {
	// Positional is the number of arguments without a name.
	Positional int
	// Names has the names of the named arguments in their order.
	Names []string
}

// index gives the place of the named argument, or -1.
func (a Arguments) index(name string) int {
	return slices.Index(a.Names, name)
}

// check refuses arguments that no query can take.
func (a Arguments) check() error {
	if a.Positional > 0 && len(a.Names) > 0 {
		return &PlaceholderError{
			reason: "arguments with and without a name are mixed",
			advice: "give all of them a name or none (the names are " + quotedNames(a.Names) + ")",
		}
	}
	for i, name := range a.Names {
		if slices.Contains(a.Names[:i], name) {
			return &PlaceholderError{
				Names:  []string{name},
				reason: "two arguments have the name " + quotedNames([]string{name}),
				advice: "give each name once; a query may use it any number of times",
			}
		}
	}
	return nil
}
