package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// PostgreSQL gives a parameter the type that its context wants. Where there is no such context, as in concat($1),
// $1 is null or -$1, it refuses the text. The driver then declares the types that the arguments would have as
// literals and has the text parsed again. Such a statement is untyped: it is run as one of its variants, by the
// types of the arguments.

// maxVariants bounds the variants of one statement that a session keeps.
const maxVariants = 16

// isUntyped reports whether a text was refused because the server found no type, or no single one, for a parameter.
func isUntyped(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch pgErr.Code {
	case sqlStateDatatypeMismatch, sqlStateAmbiguousFunction:
		return true
	}
	return isUndetermined(pgErr)
}

// isUndetermined reports whether the server has found no type for a parameter. It has two codes for that: the second is
// for one that has a type in another place of the text, and is that of parameters with two types, too, where literals
// would do no better.
func isUndetermined(pgErr *pgconn.PgError) bool {
	return pgErr.Code == sqlStateIndeterminateDatatype ||
		pgErr.Code == sqlStateAmbiguousParameter && pgErr.Routine == "check_parameter_resolution_walker"
}

// untypedTexts has the texts that the server has refused as untyped, for all connections of a Connector: what one
// of them has learnt spares the others a failed Parse, which inside a transaction would abort it.
type untypedTexts struct {
	mutex sync.Mutex
	// asText has, by text, the numbers of the parameters for which a string or nil must be declared as text:
	// elsewhere the server reads them as the type that it wants.
	asText map[string][]int
}

// maxUntypedTexts bounds what is remembered; beyond it everything is forgotten, and learnt again where needed.
const maxUntypedTexts = 1024

func (u *untypedTexts) get(query string) (asText []int, known bool) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	asText, known = u.asText[query]
	return asText, known
}

// remember adds a text that was refused, and the parameters to declare as text.
func (u *untypedTexts) remember(query string, asText ...int) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if u.asText == nil || len(u.asText) >= maxUntypedTexts {
		u.asText = map[string][]int{}
	}
	u.asText[query] = slices.Concat(u.asText[query], asText)
}

// learn reports whether a refusal says more than was known: that one of the parameters in textNumbers must be declared
// as text, or, where it names none, all of them.
func (u *untypedTexts) learn(query string, refusal error, textNumbers []int) bool {
	if !isUntyped(refusal) {
		return false
	}
	known, _ := u.get(query)
	news := slices.DeleteFunc(textNumbers, func(number int) bool { return slices.Contains(known, number) })
	if number, ok := undeterminedParameter(refusal); ok {
		if !slices.Contains(news, number) {
			return false
		}
		news = []int{number}
	}
	if len(news) == 0 {
		return false
	}
	u.remember(query, news...)
	return true
}

var parameterInMessage = regexp.MustCompile(`\$([0-9]+)`)

// undeterminedParameter gives the number of the parameter that an error of the class "could not determine data type
// of parameter $1" is about. The message may be in any language, but $1 stays.
func undeterminedParameter(err error) (number int, ok bool) {
	pgErr, isServers := errors.AsType[*pgconn.PgError](err)
	if !isServers || !isUndetermined(pgErr) {
		return 0, false
	}
	found := parameterInMessage.FindStringSubmatch(pgErr.Message)
	if found == nil {
		return 0, false
	}
	number, err = strconv.Atoi(found[1])
	return number, err == nil
}

// untypedStatement stands for a text that the server does not type. Outside a transaction nothing is lost by the
// refusal; inside one, what was learnt serves the next attempt.
func (c *conn) untypedStatement(query string, refusal error) (*statement, error) {
	c.database.untyped.remember(query)
	if c.pg.TxStatus() != txIdle {
		return nil, fmt.Errorf("%w: a parameter needs a type, as in $1::text; "+
			"pgadapt can choose it outside a transaction, or when the text is used again", refusal)
	}
	base := &statement{query: query, untyped: true}
	c.statements.add(base)
	return base, nil
}

// typedAnew tries a text that was refused since an operator or function does not exist with the types of the arguments:
// in created > now() - $1 the server takes the parameter for a timestamp, and the difference for an interval. The error
// is the refusal where that is not the reason.
func (c *conn) typedAnew(ctx context.Context, query string, args []driver.NamedValue, refusal error) (*statement, error) {
	if !isUndefinedFunction(refusal) || !c.haveOwnTypes(args) {
		return nil, refusal
	}
	if c.pg.TxStatus() != txIdle {
		return c.untypedStatement(query, refusal)
	}
	base := &statement{query: query, untyped: true}
	if _, err := c.typed(ctx, base, args); err != nil {
		return nil, refusal
	}
	c.database.untyped.remember(query)
	c.statements.add(base)
	return base, nil
}

// isUndefinedFunction reports whether a text was refused because an operator or function does not exist for the types
// that its arguments have.
func isUndefinedFunction(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == sqlStateUndefinedFunction
}

// haveOwnTypes reports whether any argument is more than a text, or a text of a registered type.
func (c *conn) haveOwnTypes(args []driver.NamedValue) bool {
	if c.haveRegistered(args) {
		return true
	}
	for i := range args {
		if value, err := c.resolve(args[i].Value); err == nil && !isText(value) {
			return true
		}
	}
	return false
}

// typed gives the variant of an untyped statement for args.
func (c *conn) typed(ctx context.Context, base *statement, args []driver.NamedValue) (*statement, error) {
	if err := c.checkPlaceholders(base.query, len(args)); err != nil {
		return nil, &argumentError{err}
	}
	if err := c.checkRegistered(args); err != nil {
		return nil, &argumentError{err}
	}
	values := make([]any, len(args))
	for i := range args {
		value, err := c.resolve(args[i].Value)
		if err != nil {
			return nil, &argumentError{inArgument(args[i], err)}
		}
		values[i] = value
	}
	renamed := false
	for {
		variant, err := c.variant(ctx, base, c.literalTypes(base.query, args, values))
		if !renamed && isLostType(err) && c.haveRegistered(args) {
			renamed = true // the types of the registered names were dropped, and may have been created again
			c.database.forgetNames()
			continue
		}
		if err == nil || !c.database.untyped.learn(base.query, err, textNumbers(values)) {
			return variant, err
		}
	}
}

// textNumbers gives the numbers of the parameters whose values have no type of their own.
func textNumbers(values []any) []int {
	var numbers []int
	for i, value := range values {
		if isText(value) {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

// isText reports whether a value has the type that its context wants: strings and NULL, as quoted literals.
func isText(value any) bool {
	_, text := value.(string)
	return text || value == nil
}

// literalTypes gives the types to declare for values, as resolve gives them: those of the literals that they would be.
func (c *conn) literalTypes(query string, args []driver.NamedValue, values []any) []uint32 {
	asText, _ := c.database.untyped.get(query)
	declared := make([]uint32, len(values))
	for i, value := range values {
		if isText(value) && slices.Contains(asText, i+1) {
			declared[i] = pgtype.TextOID
			continue
		}
		declared[i] = c.literalType(args[i].Value, value)
	}
	return declared
}

// variant finds or prepares the variant of base with the declared parameter types. Its error is pgconn's.
func (c *conn) variant(ctx context.Context, base *statement, declared []uint32) (*statement, error) {
	for _, known := range base.variants {
		if slices.Equal(known.declared, declared) {
			return known, nil
		}
	}
	name := c.statements.variantNameFor(c.mode(), base.query, declared)
	prepared, err := c.tryPrepare(ctx, name, base.query, declared)
	if err != nil {
		return nil, err
	}
	prepared.base = base
	if len(base.variants) >= maxVariants {
		c.statements.discard(base.variants[0])
	}
	base.variants = append(base.variants, prepared)
	return prepared, nil
}

// tryPrepare prepares a text that the server may refuse. Inside a transaction a savepoint keeps the refusal from
// aborting it.
func (c *conn) tryPrepare(ctx context.Context, name, query string, declared []uint32) (*statement, error) {
	if err := c.beginNow(ctx); err != nil {
		return nil, err
	}
	if c.pg.TxStatus() != txActive {
		return c.prepare(ctx, name, query, declared)
	}
	if _, err := c.command(ctx, "SAVEPOINT pgadapt_parse"); err != nil {
		return nil, err
	}
	prepared, err := c.prepare(ctx, name, query, declared)
	end := "RELEASE SAVEPOINT pgadapt_parse"
	if err != nil {
		end = "ROLLBACK TO SAVEPOINT pgadapt_parse; " + end
	}
	if _, endErr := c.command(ctx, end); err == nil && endErr != nil {
		return nil, endErr
	}
	return prepared, err
}

// learns reports whether a refusal has told something new about a statement that nobody has described: that a string
// must be declared as text. The server refused it before it ran anything.
func (c *conn) learns(refused *statement, err error) bool {
	if refused.description != nil || refused.untyped || c.pg.TxStatus() != txIdle {
		return false
	}
	number, ok := undeterminedParameter(err)
	return ok && c.database.untyped.learn(refused.query, err, []int{number})
}

// literalType gives the type to declare for argument i of a statement that nobody has described.
func (s *statement) literalType(i int, value any) uint32 {
	if len(s.asText) > 0 && isText(value) && slices.Contains(s.asText, i+1) {
		return pgtype.TextOID
	}
	return typeOfLiteral(value)
}
