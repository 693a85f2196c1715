package pgadapt

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// send starts the execution of a statement with the encoded arguments (PostgreSQL documentation, "Extended Query").
// Errors of the server are in the answer.
func (c *conn) send(ctx context.Context, statement *statement) *answer {
	statement.executions++
	a := &c.answer
	if err := a.begin(ctx); err != nil {
		return a
	}
	c.sendLazyBegin()
	frontend := c.pg.Frontend()
	if statement.name == "" {
		frontend.SendParse(&pgproto3.Parse{Query: statement.query, ParameterOIDs: c.parameters.oids})
	}
	frontend.SendBind(&pgproto3.Bind{
		PreparedStatement:    statement.name,
		ParameterFormatCodes: c.parameters.formats,
		Parameters:           c.parameters.values,
		ResultFormatCodes:    statement.resultFormats,
	})
	if !statement.knowsFields() {
		frontend.SendDescribe(&pgproto3.Describe{ObjectType: 'P'})
	}
	frontend.SendExecute(&pgproto3.Execute{})
	frontend.SendSync(&pgproto3.Sync{})
	c.incoming.Offer('D')
	a.flush()
	return a
}

// knowsFields reports whether the columns of the answer are certain. A prepared statement without any may yet get
// some: a FETCH whose cursor was declared later.
func (s *statement) knowsFields() bool { return s.name != "" && len(s.description.Fields) > 0 }

// describe has the server parse a text under a name, and gives the types of its parameters and result.
func (c *conn) describe(ctx context.Context, name, query string, declared []uint32) (*pgconn.StatementDescription, error) {
	a := &c.answer
	if err := a.begin(ctx); err != nil {
		return nil, err
	}
	c.sendLazyBegin()
	frontend := c.pg.Frontend()
	frontend.SendParse(&pgproto3.Parse{Name: name, Query: query, ParameterOIDs: declared})
	frontend.SendDescribe(&pgproto3.Describe{ObjectType: 'S', Name: name})
	frontend.SendSync(&pgproto3.Sync{})
	a.flush()
	description := &pgconn.StatementDescription{Name: name, SQL: query}
	for !a.ready {
		switch message := a.receive().(type) {
		case *pgproto3.ParameterDescription:
			description.ParamOIDs = append(description.ParamOIDs, message.ParameterOIDs...)
		case *pgproto3.RowDescription:
			description.Fields = append(description.Fields, a.fields...)
		}
	}
	return description, a.err
}

// command runs one of the driver's own commands and gives its tag.
func (c *conn) command(ctx context.Context, command string) (tag string, err error) {
	var completed pgconn.CommandTag
	if c.config.Tracer != nil {
		completed, err = c.tracedCommand(ctx, command)
	} else {
		completed, err = c.sendCommand(ctx, command)
	}
	return completed.String(), err
}

func (c *conn) sendCommand(ctx context.Context, command string) (pgconn.CommandTag, error) {
	mark := c.transport.written()
	c.answer.ask(ctx, command, 0)
	completed, err := c.answer.Close()
	if err != nil {
		return pgconn.CommandTag{}, c.failure(ctx, mark, err)
	}
	return completed, nil
}
