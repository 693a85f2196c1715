package pgadapt

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// mogrifyHint is for commands without parameters: all but queries, DML and what contains them (PostgreSQL docs, PREPARE).
const mogrifyHint = "this command takes no parameters: let pgadapt.Mogrify write the value into the text"

// explained adds to the server's refusal of a text with parameters what to write instead, where the reason is that
// parameters are not literals.
func (c *conn) explained(query string, refusal error) error {
	pgErr, ok := errors.AsType[*pgconn.PgError](refusal)
	if !ok || c.countPlaceholders(query) == 0 {
		return refusal
	}
	hint := ""
	switch pgErr.Code {
	case sqlStateGroupingError:
		hint = "each $n is an expression of its own, even with the same value: use one $n for both"
	case sqlStateSyntaxError:
		hint = c.syntaxHint(query, int(pgErr.Position))
	case sqlStateProtocolViolation:
		hint = mogrifyHint
	}
	if hint == "" {
		return refusal
	}
	return fmt.Errorf("%w: %s", refusal, hint)
}

// syntaxHint looks at the parameter at which the server met a syntax error; position counts characters from 1.
func (c *conn) syntaxHint(query string, position int) string {
	offset := byteOffset(query, position)
	previous, first := "", ""
	lexer := sqllex.New(query, c.standardConformingStrings())
	for token, ok := lexer.Next(); ok && token.Start <= offset; token, ok = lexer.Next() {
		text := token.Text(query)
		switch {
		case token.Kind == sqllex.Space, token.Kind == sqllex.Comment:
			continue
		case token.Kind == sqllex.Parameter && token.Start == offset:
			return parameterHint(first, previous, text)
		}
		previous = strings.ToLower(text)
		if first == "" {
			first = previous
		}
	}
	return ""
}

// byteOffset turns the server's position in a text, in characters from 1, into an offset in bytes.
func byteOffset(query string, position int) int {
	for offset := range query {
		position--
		if position == 0 {
			return offset
		}
	}
	return len(query)
}

func parameterHint(first, previous, parameter string) string {
	switch first {
	case "select", "insert", "update", "delete", "merge", "with", "values", "(", "table":
	default:
		return mogrifyHint
	}
	switch previous {
	case "in":
		return fmt.Sprintf("pass pgadapt.In, or write = any(%s) and pass a slice", parameter)
	case "interval", "date", "time", "timestamp", "timestamptz", "uuid", "json", "jsonb", "inet", "numeric":
		return fmt.Sprintf("write %s::%s", parameter, previous)
	}
	return ""
}
