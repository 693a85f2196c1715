package compose

import (
	"database/sql"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// Argument gives a placeholder together with the value for it, which
// [Composed.Render] returns among the arguments. The value is what would be passed
// to QueryContext; nil is NULL.
func Argument(value any) Composed {
	switch value.(type) {
	case Composed:
		return failed(fmt.Errorf("argument: %T is SQL text and no value: use it as a part", value))
	case sql.NamedArg:
		return failed(fmt.Errorf("argument: %T has a name: use NamedPlaceholder, and pass it to Render", value))
	}
	return Composed{parts: []part{{kind: argumentPart, value: value}}}
}

// Arguments gives each of the values as an [Argument], to be joined.
func Arguments(values ...any) []Composed {
	arguments := make([]Composed, len(values))
	for i, value := range values {
		arguments[i] = Argument(value)
	}
	return arguments
}

// Placeholder gives a place for an argument that is given later: to
// [Composed.Render], or when the statement runs.
func Placeholder() Composed {
	return Composed{parts: []part{{kind: placeholderPart}}}
}

// Placeholders gives count placeholders, to be joined.
func Placeholders(count int) []Composed {
	placeholders := make([]Composed, max(0, count))
	for i := range placeholders {
		placeholders[i] = Placeholder()
	}
	return placeholders
}

// NamedPlaceholder gives a place for an argument that is given later with
// [sql.Named]. The same name may have several places. It starts with a letter, and
// letters, digits and underscores follow.
func NamedPlaceholder(name string) Composed {
	if err := checkName(name); err != nil {
		return failed(fmt.Errorf("placeholder: %w", err))
	}
	return Composed{parts: []part{{kind: placeholderPart, name: name}}}
}

// checkName says whether the name can be written in each style, and be passed with
// sql.Named.
func checkName(name string) error {
	first, _ := utf8.DecodeRuneInString(name)
	lexer := sqllex.New(name, true)
	token, _ := lexer.Next()
	if !unicode.IsLetter(first) || !utf8.ValidString(name) || token.Kind != sqllex.Word || token.End != len(name) {
		return fmt.Errorf("%q cannot be the name of an argument: it needs a letter, and then letters, digits and underscores", name)
	}
	return nil
}
