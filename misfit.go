package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// misfitError says that a value is not one of the type that the server has inferred for its parameter. The type of
// now() - $1 is timestamptz, but the program may mean a duration: then the text is parsed again with the type that
// the value would have as a literal.
type misfitError struct {
	text string
	// changes says that an assignment or a cast to the inferred type would change the value without a word, as
	// 1.5 becomes 2: a parameter that is assigned or cast keeps its type, and the error is the answer.
	changes bool
	// readable says that the value's text can do as well, where no other type is possible.
	readable bool
}

func (e *misfitError) Error() string { return e.text }

// refit gives the statement to run for args that do not fit the types inferred for s: a variant, or s itself for
// those that can be sent as text. The error is the misfit where the server knows no other way to read the text.
func (c *conn) refit(ctx context.Context, s *statement, args []driver.NamedValue, misfit error) (*statement, error) {
	declared, soft, err := c.refittedTypes(s, args)
	if err != nil {
		return nil, &argumentError{misfit}
	}
	if !slices.Equal(declared, s.description.ParamOIDs) {
		variant, err := c.variant(ctx, s, declared)
		if err == nil {
			err = c.parameters.encode(c, variant, args)
		}
		if err == nil {
			return variant, nil
		}
		if c.pg.IsClosed() || ctx.Err() != nil {
			return nil, err
		}
	}
	if !soft {
		return nil, &argumentError{misfit}
	}
	s.lenient = true
	if err := c.parameters.encode(c, s, args); err != nil {
		return nil, &argumentError{err}
	}
	return s, nil
}

var errKeepsType = errors.New("the parameter keeps its type")

// refittedTypes gives the types to declare: those inferred where the arguments fit them, else those of literals. soft
// says that the arguments could also be sent as text. The error says that one fits neither.
func (c *conn) refittedTypes(s *statement, args []driver.NamedValue) (declared []uint32, soft bool, err error) {
	declared, soft = slices.Clone(s.description.ParamOIDs), true
	c.parameters.reset()
	for i := range args {
		value, err := c.resolve(args[i].Value)
		if err != nil {
			return nil, false, err
		}
		misfit, ok := errors.AsType[*misfitError](c.parameters.add(c, declared[i], value))
		if !ok {
			continue
		}
		soft = soft && misfit.readable
		if c.keepsType(s.query, i+1, misfit) {
			if misfit.readable {
				continue
			}
			return nil, false, errKeepsType
		}
		declared[i] = c.literalType(args[i].Value, value)
	}
	return declared, soft, nil
}

// keepsType reports whether parameter number has the type that its text gives it: by a cast, or by the column that
// it may be assigned to.
func (c *conn) keepsType(query string, number int, misfit *misfitError) bool {
	if !misfit.changes && !misfit.readable {
		return false
	}
	return c.isCast(query, number) || misfit.changes && c.mayAssign(query)
}

// isCast reports whether the text has the parameter as in $1::type, ($1)::type or cast($1 as type).
func (c *conn) isCast(query string, number int) bool {
	lexer := sqllex.New(query, c.standardConformingStrings())
	parameter := fmt.Sprintf("$%d", number)
	opened, after := 0, false
	for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
		text := token.Text(query)
		switch {
		case token.Kind == sqllex.Space, token.Kind == sqllex.Comment:
		case text == parameter:
			after = true
		case after && (token.Kind == sqllex.TypeCast || strings.EqualFold(text, "as")):
			return true
		case after && text == ")" && opened > 0:
			opened--
		case !after && text == "(":
			opened++
		default:
			opened, after = 0, false
		}
	}
	return false
}

// mayAssign reports whether the text has an INSERT, UPDATE or MERGE, at its start or in a WITH.
func (c *conn) mayAssign(query string) bool {
	lexer := sqllex.New(query, c.standardConformingStrings())
	before := ""
	for token, ok := lexer.Next(); ok; token, ok = lexer.Next() {
		if token.Kind == sqllex.Space || token.Kind == sqllex.Comment {
			continue
		}
		word := ""
		if token.Kind == sqllex.Word {
			word = strings.ToLower(token.Text(query))
		}
		locks := before == "for" || before == "key" // FOR UPDATE, FOR NO KEY UPDATE
		if word == "insert" || word == "merge" || word == "update" && !locks {
			return true
		}
		before = word
	}
	return false
}

// misfit says that a value is none of the type oid.
func misfit(oid uint32, value any, cast string) error {
	return &misfitError{text: fmt.Sprintf("%v (%T) does not fit the parameter's type %s: give the parameter another, as in $1::%s",
		value, value, builtinTypeName(oid), cast)}
}

// isDateTime has the types between which and a number or a duration PostgreSQL has operators, but no conversion.
func isDateTime(oid uint32) bool {
	switch oid {
	case pgtype.DateOID, pgtype.TimeOID, pgtype.TimetzOID, pgtype.TimestampOID, pgtype.TimestamptzOID:
		return true
	}
	return false
}
