package pgadapt

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// statement is an SQL text with what the server has said of it.
type statement struct {
	query string
	// name is the prepared statement's on the server, empty when there is none.
	name string
	// description has the types of parameters and result; nil in ExecModeExec, where nobody asks.
	description *pgconn.StatementDescription
	// shape is how the result will look when it is asked for in resultFormats.
	shape         *shape
	resultFormats []int16
	// executions counts how often it was sent.
	executions int

	// untyped says that the server finds no types for the parameters: the statement runs as one of its variants.
	untyped bool
	// variants are the same text with declared parameter types, for arguments that need them.
	variants []*statement
	// declared has the parameter types that a variant was parsed with, and base is what it is a variant of.
	declared []uint32
	base     *statement
	// lenient says that numbers may be sent to text parameters, because they can be no numbers.
	lenient bool
	// asText numbers the parameters for which a string is declared as text, where nobody asks for their types.
	asText []int
}

// statement finds query among the statements known to the session, or makes it known.
func (c *conn) statement(ctx context.Context, query string) (*statement, error) {
	c.leaveNames()
	if known, ok := c.statements.get(query); ok {
		if !c.mayBeNamedNow(known) {
			return known, nil
		}
		c.statements.discard(known)
	}
	if err := c.checkText(query); err != nil {
		return nil, err
	}
	if !sqllex.IsSingle(query, c.standardConformingStrings()) {
		return nil, errors.New("pgadapt: a text of several statements takes no arguments and cannot be prepared: " +
			"run them one by one, or without arguments")
	}
	asText, untyped := c.database.untyped.get(query)
	if !c.config.ExecMode.prepares() {
		return &statement{query: query, asText: asText}, nil
	}
	if untyped {
		base := &statement{query: query, untyped: true}
		c.statements.add(base)
		return base, nil
	}
	mark := c.transport.written()
	kept := c.hasLastingColumns(query)
	name := ""
	if kept {
		name = c.statements.nameFor(c.mode(), query)
	}
	prepared, err := c.prepare(ctx, name, query, nil)
	if isTakenName(err) {
		c.foundPooler(ctx)
		if c.pg.TxStatus() == txIdle {
			return c.statement(ctx, query)
		}
	}
	if err != nil {
		refusal := c.failure(ctx, mark, err)
		if isUntyped(refusal) && c.countPlaceholders(query) > 0 {
			return c.untypedStatement(query, refusal)
		}
		return nil, c.explained(query, refusal)
	}
	if kept {
		c.statements.add(prepared)
	}
	return prepared, nil
}

// hasLastingColumns reports whether what the server says of a statement's columns holds the next time, too. Those of
// FETCH and EXECUTE are another statement's, and the server does not tell when that is replaced.
func (c *conn) hasLastingColumns(query string) bool {
	for statement := range sqllex.Statements(query, c.standardConformingStrings()) {
		return statement.Kind != sqllex.Fetch && statement.Kind != sqllex.Execute
	}
	return true
}

// prepare has the server parse and describe query under name, "" for the unnamed statement. declared has the types
// of parameters, 0 for those that the server is to find; nil when it finds all.
func (c *conn) prepare(ctx context.Context, name, query string, declared []uint32) (*statement, error) {
	description, err := c.parse(ctx, name, query, declared)
	if err != nil {
		return nil, err
	}
	if scansByNext {
		c.knowTypes(description.Fields)
	}
	shape := newWantedShape(description.Fields)
	return &statement{
		query:         query,
		name:          name,
		description:   description,
		shape:         shape,
		resultFormats: shape.formats(),
		declared:      declared,
	}, nil
}

// parse makes the round trip of prepare. It takes along the statements that the server should forget, so that
// a cache that overflows costs no round trip of its own.
func (c *conn) parse(ctx context.Context, name, query string, declared []uint32) (*pgconn.StatementDescription, error) {
	if c.config.Tracer != nil {
		return c.tracedParse(ctx, name, query, declared)
	}
	return c.parseText(ctx, name, query, declared)
}

func (c *conn) parseText(ctx context.Context, name, query string, declared []uint32) (*pgconn.StatementDescription, error) {
	if c.mayProbe() {
		return c.probe(ctx, query, declared)
	}
	if ctx.Err() == nil { // else describe sends nothing, and what was queued would go with another command
		for _, obsolete := range c.statements.obsolete {
			c.pg.Frontend().SendClose(&pgproto3.Close{ObjectType: 'S', Name: obsolete})
		}
		c.statements.obsolete = c.statements.obsolete[:0]
	}
	return c.describe(ctx, name, query, declared)
}
