package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// executions runs statements of one kind, one after the other, as one transaction.
type executions interface {
	// add runs a statement with its arguments, now or later. An error says that no more are wanted: it is that of the
	// arguments, or errPipelineFailed.
	add(statement *statement, args []driver.NamedValue) error
	// end waits until all have run, or gives up what has been run if abandoned is not nil. Inside a transaction of the
	// program that has then failed. The error is from failure.
	end(abandoned error) error
	// leave gives up the connection. It is for a panic.
	leave()
	// progress gives the number of executions that have succeeded, and of the rows that they have affected.
	progress() (completed int, affected int64)
	// result gives the rows of all executions, if they were to be kept.
	result() (*shape, storedRows, int64)
}

// startExecutions begins executions in the way of the connection's execution mode; keepRows says that their rows are
// wanted.
func (c *conn) startExecutions(ctx context.Context, keepRows bool) executions {
	if c.config.ExecMode == ExecModeSimpleProtocol {
		return &simpleExecutions{conn: c, ctx: ctx, keepRows: keepRows, shape: emptyShape}
	}
	return &pipelinedExecutions{conn: c, keepRows: keepRows, pipeline: c.startPipeline(ctx, keepRows)}
}

// statementFor gives the statement for executions of query, of which args are the first.
func (c *conn) statementFor(ctx context.Context, query string, args []driver.NamedValue) (*statement, error) {
	if c.config.ExecMode == ExecModeSimpleProtocol {
		return c.simpleStatement(query)
	}
	mark := c.transport.written()
	for attempt := 1; ; attempt++ {
		statement, err := c.statement(ctx, query)
		if err != nil {
			statement, err = c.typedAnew(ctx, query, args, err)
		}
		if err != nil {
			return nil, err
		}
		fitting, err := c.fit(ctx, statement, args)
		if err == nil {
			return fitting, c.readParameterTypes(fitting)
		}
		if attempt > 1 || !c.healed(ctx, statement, err) {
			return nil, c.failure(ctx, mark, err)
		}
	}
}

// simpleStatement is a text for the simple query protocol, where the server could be sent several.
func (c *conn) simpleStatement(query string) (*statement, error) {
	if err := c.checkText(query); err != nil {
		return nil, err
	}
	if !sqllex.IsSingle(query, c.standardConformingStrings()) {
		return nil, errors.New("pgadapt: a text of several statements takes no arguments: run them one by one")
	}
	return &statement{query: query}, nil
}

// readParameterTypes looks up the types that are not PostgreSQL's own now, since nothing can be asked in between.
func (c *conn) readParameterTypes(s *statement) error {
	if s.description == nil {
		return nil
	}
	for _, oid := range s.description.ParamOIDs {
		if oid < firstOIDOfUsers {
			continue
		}
		if _, err := c.typeInfo(oid); err != nil {
			return err
		}
	}
	return nil
}

// pipelinedExecutions are those of the extended query protocol.
type pipelinedExecutions struct {
	conn     *conn
	keepRows bool
	pipeline *pipeline
}

func (e *pipelinedExecutions) add(s *statement, args []driver.NamedValue) error {
	s, err := e.conn.encodeFitting(s, args)
	if err != nil {
		return err
	}
	if e.keepRows {
		return e.pipeline.add(s.query, s.resultFormats)
	}
	return e.pipeline.add(s.query, nil)
}

func (e *pipelinedExecutions) end(abandoned error) error { return e.pipeline.end(abandoned) }

func (e *pipelinedExecutions) leave() { e.pipeline.abandon() }

func (e *pipelinedExecutions) progress() (completed int, affected int64) {
	return e.pipeline.answers.completed, e.pipeline.answers.affected
}

func (e *pipelinedExecutions) result() (*shape, storedRows, int64) {
	answers := e.pipeline.answers
	return answers.shape, answers.rows, answers.stored
}

// encodeFitting is fit without a question to the server: where the arguments need other types than those of the
// arguments before, the text goes with those types declared.
func (c *conn) encodeFitting(s *statement, args []driver.NamedValue) (*statement, error) {
	if s.base != nil && s.base.untyped {
		retyped, err := c.retyped(s, args)
		if err != nil {
			return s, err
		}
		s = retyped
	}
	err := c.parameters.encode(c, s, args)
	if err == nil {
		return s, nil
	}
	if _, ok := errors.AsType[*misfitError](err); !ok || s.description == nil || s.base != nil && s.base.untyped {
		return s, err
	}
	base := s
	if s.base != nil {
		base = s.base
	}
	declared, soft, unfit := c.refittedTypes(base, args)
	if unfit != nil || slices.Equal(declared, base.description.ParamOIDs) && !soft {
		return s, err
	}
	s = s.declaring(base, declared)
	return s, c.parameters.encode(c, s, args)
}

// retyped gives the variant of an untyped statement for args.
func (c *conn) retyped(s *statement, args []driver.NamedValue) (*statement, error) {
	if err := c.checkPlaceholders(s.query, len(args)); err != nil {
		return nil, err
	}
	values := make([]any, len(args))
	for i := range args {
		value, err := c.resolve(args[i].Value)
		if err != nil {
			return nil, inArgument(args[i], err)
		}
		values[i] = value
	}
	declared := c.literalTypes(s.query, args, values)
	if slices.Equal(declared, s.declared) {
		return s, nil
	}
	return s.declaring(s.base, declared), nil
}

// declaring gives a variant that the server has not described.
func (s *statement) declaring(base *statement, declared []uint32) *statement {
	return &statement{
		query: s.query, base: base, declared: declared, lenient: true,
		description: &pgconn.StatementDescription{ParamOIDs: declared}, resultFormats: s.resultFormats,
	}
}
