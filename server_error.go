package pgadapt

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/pgerr"
)

// Error is an error that the server has reported. Its fields are those of pgconn's error, which errors.As finds too
// (PostgreSQL documentation, "Error and Notice Message Fields"): Code and Message are always set, ConstraintName,
// TableName, ColumnName, Detail and Hint where the server gives them.
//
// errors.Is compares it with the sentinels of the package pgerr: a code, a class of codes, or a group.
type Error struct {
	*pgconn.PgError
}

// Unwrap gives pgconn's error.
func (e *Error) Unwrap() error { return e.PgError }

// Is reports whether target is a sentinel of pgerr that the error's SQLSTATE belongs to.
func (e *Error) Is(target error) bool { return matchesSQLState(e.Code, target) }

// Excerpt shows where in query, the text that was sent, the server met the error: the line and a caret under the
// place, as psql does. An error inside a function is shown in the function's own statement. It is empty where the
// server has named no place.
func (e *Error) Excerpt(query string) string {
	position := int(e.Position)
	if e.InternalQuery != "" {
		query, position = e.InternalQuery, int(e.InternalPosition)
	}
	if position < 1 || query == "" {
		return ""
	}
	characters := []rune(query)
	position = min(position, len(characters)+1)
	before := string(characters[:position-1])
	start := strings.LastIndexByte(before, '\n') + 1
	line, _, _ := strings.Cut(before[start:]+string(characters[position-1:]), "\n")
	label := fmt.Sprintf("LINE %d: ", strings.Count(before, "\n")+1)
	indent := len(label) + len([]rune(before[start:]))
	return label + strings.ReplaceAll(strings.TrimRight(line, "\r"), "\t", " ") + "\n" + strings.Repeat(" ", indent) + "^"
}

// matchesSQLState answers errors.Is for an error with an SQLSTATE.
func matchesSQLState(state string, target error) bool {
	condition, ok := target.(pgerr.Condition)
	return ok && condition.Matches(state)
}
