package pgadapt

import (
	"database/sql/driver"
	"unicode/utf8"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// positionBeforeLiterals gives the place in query of a place in what literals.render has made of it; a place in a
// literal is that of its parameter. Both are counted in characters from 1. It renders the arguments again, to know
// how long they are: errors are rare, so nobody notes it before.
func (c *conn) positionBeforeLiterals(query string, args []driver.NamedValue, position int) int {
	literals := c.literals()
	grown, copied, rendered := 0, 0, 1
	for placeholder, number := range sqllex.Parameters(query, literals.standardConforming) {
		rendered += utf8.RuneCountInString(query[copied:placeholder.Start])
		if position < rendered {
			break
		}
		literal, err := literals.renderOne(nil, args[number-1], query[placeholder.End:])
		if err != nil {
			break
		}
		length := utf8.RuneCount(literal)
		if position < rendered+length {
			return rendered - grown
		}
		rendered += length
		grown += length - (placeholder.End - placeholder.Start)
		copied = placeholder.End
	}
	return position - grown
}

// pointBeforeLiterals makes an error of the server point into query instead of what literals.render has made of it.
func (c *conn) pointBeforeLiterals(err error, query string, args []driver.NamedValue) error {
	if len(args) == 0 {
		return err
	}
	return movePosition(err, func(position int) int { return c.positionBeforeLiterals(query, args, position) })
}
