package pgadapt

import (
	"context"
	"database/sql/driver"

	"github.com/jackc/pgx/v5/pgconn"
)

// The operations of a connection that has a Tracer. Each stands beside the one that it tells of, which does not know of
// it: without a Tracer, tracing costs a comparison.

// login is where and as whom a session was opened.
type login struct {
	host           string
	port           uint16
	user, database string
}

// operation gives one of the session's.
func (c *conn) operation(kind OperationKind, query string, args []driver.NamedValue) *Operation {
	operation := c.login.operation(kind, c.pg.PID())
	operation.Query, operation.ArgumentCount = query, len(args)
	if len(args) > 0 {
		operation.arguments = func() []driver.NamedValue { return args }
	}
	return operation
}

func (l login) operation(kind OperationKind, pid uint32) *Operation {
	return &Operation{Kind: kind, Host: l.host, Port: l.port, User: l.user, Database: l.database, BackendPID: pid}
}

func (c *conn) tracedExec(ctx context.Context, query string, args []driver.NamedValue) (affected driver.Result, err error) {
	operation := c.operation(OperationExec, query, args)
	err = trace(ctx, c.config.Tracer, operation, func(ctx context.Context) (err error) {
		affected, err = c.execText(ctx, query, args)
		operation.complete(c.tag)
		return err
	})
	return affected, err
}

// tracedQuery tells of what open does for a query, and of the rows that it gives.
func (c *conn) tracedQuery(ctx context.Context, query string, args []driver.NamedValue,
	open func(context.Context) (driver.Rows, error),
) (driver.Rows, error) {
	var opened driver.Rows
	operation := c.operation(OperationQuery, query, args)
	err := trace(ctx, c.config.Tracer, operation, func(traced context.Context) (err error) {
		ctx = traced
		opened, err = open(traced)
		return err
	})
	if err != nil {
		return nil, err
	}
	if rows, ok := opened.(*rows); ok {
		return c.traceRows(ctx, operation, rows), nil
	}
	return opened, nil
}

func (c *conn) tracedParse(ctx context.Context, name, query string, declared []uint32) (description *pgconn.StatementDescription, err error) {
	operation := c.operation(OperationPrepare, query, nil)
	err = trace(ctx, c.config.Tracer, operation, func(ctx context.Context) (err error) {
		description, err = c.parseText(ctx, name, query, declared)
		return err
	})
	return description, err
}

func (c *conn) tracedCommand(ctx context.Context, command string) (tag pgconn.CommandTag, err error) {
	kind := OperationExec
	if command == "" {
		kind = OperationPing
	}
	operation := c.operation(kind, command, nil)
	err = trace(ctx, c.config.Tracer, operation, func(ctx context.Context) (err error) {
		tag, err = c.sendCommand(ctx, command)
		operation.complete(tag)
		return err
	})
	return tag, err
}

// traceCopy tells of a COPY if somebody wants to know.
func (c *conn) traceCopy(ctx context.Context, query string,
	run func(context.Context) (pgconn.CommandTag, error),
) (tag pgconn.CommandTag, err error) {
	if c.config.Tracer == nil {
		return run(ctx)
	}
	operation := c.operation(OperationCopy, query, nil)
	err = trace(ctx, c.config.Tracer, operation, func(ctx context.Context) (err error) {
		tag, err = run(ctx)
		operation.complete(tag)
		return err
	})
	return tag, err
}

// traceBatch tells of executions of one text. run gives the number of rows that the program has given, and of those that
// were affected.
func (c *conn) traceBatch(ctx context.Context, query string, run func(context.Context) (size int, affected int64, err error)) error {
	if c.config.Tracer == nil {
		_, _, err := run(ctx)
		return err
	}
	operation := c.operation(OperationBatch, query, nil)
	return trace(ctx, c.config.Tracer, operation, func(ctx context.Context) (err error) {
		operation.BatchSize, operation.RowsAffected, err = run(ctx)
		return err
	})
}

func (c *Connector) tracedOpen(ctx context.Context, plan connectPlan) (opened openedSession, err error) {
	settings := plan.settings
	operation := login{settings.Host, settings.Port, settings.User, settings.Database}.operation(OperationConnect, 0)
	err = trace(ctx, c.config.Tracer, operation, func(ctx context.Context) (err error) {
		opened, err = c.openSession(ctx, plan)
		if err == nil {
			operation.Host, operation.Port, operation.BackendPID = opened.login.host, opened.login.port, opened.pg.PID()
		}
		return err
	})
	return opened, err
}

// traceArrivals tells of the notifications and notices of the sessions to come.
func (c *Config) traceArrivals(settings *pgconn.Config) {
	as := login{settings.Host, settings.Port, settings.User, settings.Database}
	onNotification, onNotice := settings.OnNotification, settings.OnNotice
	settings.OnNotification = func(pg *pgconn.PgConn, received *pgconn.Notification) {
		operation := as.operation(OperationNotification, pg.PID())
		operation.Notification = newNotification(received)
		traceArrival(c.Tracer, operation)
		if onNotification != nil {
			onNotification(pg, received)
		}
	}
	settings.OnNotice = func(pg *pgconn.PgConn, notice *pgconn.Notice) {
		operation := as.operation(OperationNotice, pg.PID())
		operation.Notice = notice
		traceArrival(c.Tracer, operation)
		if onNotice != nil {
			onNotice(pg, notice)
		}
	}
}

func traceArrival(tracer Tracer, operation *Operation) {
	_ = trace(context.Background(), tracer, operation, func(context.Context) error { return nil })
}
