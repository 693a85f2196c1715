// Package errcodes reads PostgreSQL's list of error codes, from which package pgerr is generated.
//
// errcodes.txt is PostgreSQL 18's, unchanged: src/backend/utils/errcodes.txt of its source, which an installed server
// has in its share directory. It is under the PostgreSQL Licence, see COPYRIGHT. For a new release, put that
// release's file in its place, move the codes that it dropped to retired.txt, set Release, and run go generate ./pgerr.
package errcodes

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// Release is the PostgreSQL release that errcodes.txt comes from.
const Release = "18"

//go:embed errcodes.txt
var current string

//go:embed retired.txt
var retired string

// Class is a section of the list: the codes that begin with the same two characters.
type Class struct {
	// Code is the two characters, such as "23".
	Code string
	// Title is the name of the class in the list, such as "Integrity Constraint Violation".
	Title string
	// Conditions are the codes of the class, in the order of their codes.
	Conditions []Condition
}

// Condition is a code with a name.
type Condition struct {
	// SQLState is the code, such as "23505".
	SQLState string
	// Kind tells an error from a warning and from success.
	Kind Kind
	// Name is PL/pgSQL's name for the code, such as "unique_violation".
	Name string
}

// Kind is the second column of the list.
type Kind string

// The kinds that the list has.
const (
	// Error is the kind of a code that is sent with an error.
	Error Kind = "E"
	// Warning is the kind of a code that is sent with a notice.
	Warning Kind = "W"
	// Success is the kind of 00000.
	Success Kind = "S"
)

// Classes gives all classes, those of retired codes too, in the order of their codes.
func Classes() ([]Class, error) {
	classes, err := Parse(current)
	if err != nil {
		return nil, fmt.Errorf("errcodes.txt: %w", err)
	}
	old, err := Parse(retired)
	if err != nil {
		return nil, fmt.Errorf("retired.txt: %w", err)
	}
	return merge(classes, old)
}

// merge adds the conditions of more to the classes, and sorts.
func merge(classes, more []Class) ([]Class, error) {
	for _, class := range more {
		i := slices.IndexFunc(classes, func(c Class) bool { return c.Code == class.Code })
		if i < 0 {
			classes = append(classes, class)
			continue
		}
		classes[i].Conditions = append(classes[i].Conditions, class.Conditions...)
	}
	slices.SortFunc(classes, func(a, b Class) int { return strings.Compare(a.Code, b.Code) })
	for _, class := range classes {
		slices.SortFunc(class.Conditions, func(a, b Condition) int { return strings.Compare(a.SQLState, b.SQLState) })
		if err := checkDistinct(class.Conditions); err != nil {
			return nil, err
		}
	}
	return classes, nil
}

// checkDistinct refuses a code that two of the sorted conditions have.
func checkDistinct(conditions []Condition) error {
	for i := 1; i < len(conditions); i++ {
		a, b := conditions[i-1], conditions[i]
		if a.SQLState == b.SQLState {
			return fmt.Errorf("%s has two names, %s and %s", a.SQLState, a.Name, b.Name)
		}
	}
	return nil
}
