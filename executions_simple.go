package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// simplePage is the size of the texts in which executions over the simple query protocol are sent.
const simplePage = 64 << 10

// simpleExecutions writes the arguments into the text and sends many such texts at a time. The server runs those of one
// page as one transaction by itself; for more pages there is one of the driver around them, unless the program has one.
type simpleExecutions struct {
	conn     *conn
	ctx      context.Context
	keepRows bool

	page []byte
	// first is what the page begins with, to tell where in it the server has met an error.
	first     *statement
	firstArgs []driver.NamedValue
	// paged counts the executions in the page, and done those of it that have succeeded.
	paged, done int
	// began says that the driver has begun a transaction.
	began bool
	// failed is the server's first error.
	failed error

	completed int
	affected  int64
	shape     *shape
	rows      storedRows
	stored    int64
}

func (e *simpleExecutions) add(s *statement, args []driver.NamedValue) error {
	if e.failed != nil {
		return errPipelineFailed
	}
	if err := e.ctx.Err(); err != nil {
		return err
	}
	text, err := e.conn.literals().render(s.query, args)
	if err != nil {
		return err
	}
	if e.paged > 0 && len(e.page)+len(text) > simplePage {
		e.sendPage()
	}
	if e.paged == 0 {
		e.first, e.firstArgs = s, slices.Clone(args)
	}
	e.page = append(append(e.page, text...), "\n;"...) // the text may end in a comment
	e.paged++
	if e.failed != nil {
		return errPipelineFailed
	}
	return nil
}

// sendPage runs a page inside a transaction.
func (e *simpleExecutions) sendPage() {
	if !e.began && e.conn.pg.TxStatus() == txIdle {
		_, e.failed = e.conn.command(e.ctx, "BEGIN")
		e.began = e.failed == nil
	}
	if e.failed == nil {
		e.runPage()
	}
}

func (e *simpleExecutions) runPage() {
	mark := e.conn.transport.written()
	results := e.conn.pg.Exec(e.ctx, string(e.page))
	for results.NextResult() {
		e.read(results.ResultReader())
	}
	err := results.Close()
	if err != nil {
		e.failed = e.pointIntoText(e.conn.failure(e.ctx, mark, err))
	}
	e.completed += e.done
	e.page, e.paged, e.done = e.page[:0], 0, 0
}

// read takes the answer to one execution. Its error is also that of the whole page.
func (e *simpleExecutions) read(reader *pgconn.ResultReader) {
	if e.keepRows {
		e.keep(reader)
	}
	tag, err := reader.Close()
	if err != nil {
		return
	}
	e.conn.tag = tag
	e.done++
	e.affected += tag.RowsAffected()
}

func (e *simpleExecutions) keep(reader *pgconn.ResultReader) {
	if fields := reader.FieldDescriptions(); fields != nil && e.shape == emptyShape {
		e.shape = newShape(fields)
	}
	for e.failed == nil && reader.NextRow() {
		limit := e.conn.config.maxBufferedBytes()
		if e.conn.buffered >= limit {
			e.failed = fmt.Errorf("pgadapt: %w", tooManyRows(limit))
			return
		}
		added := e.rows.append(reader.Values())
		e.stored += added
		e.conn.buffered += added
	}
}

// pointIntoText makes the error point into the text of the first execution of the page: that is where the server finds
// what is wrong with all of them. In the others the place is not known.
func (e *simpleExecutions) pointIntoText(err error) error {
	if e.done == 0 {
		return e.conn.pointBeforeLiterals(err, e.first.query, e.firstArgs)
	}
	return movePosition(err, func(int) int { return 0 })
}

func (e *simpleExecutions) end(abandoned error) error {
	switch {
	case abandoned != nil || e.failed != nil || e.paged == 0:
	case e.keepRows: // in a transaction, until it is known that they fit into the memory that there is for them
		e.sendPage()
	default:
		e.runPage()
	}
	switch {
	case e.began:
		e.endTransaction(abandoned)
	case abandoned != nil && e.failed == nil && e.conn.pg.TxStatus() == txActive:
		// A cursor that does not exist makes the program's transaction fail, as in the extended query protocol.
		_, e.failed = e.conn.command(e.ctx, `CLOSE "`+abortPortal+`"`)
	}
	return e.failed
}

// endTransaction commits the driver's own transaction, or rolls it back, under a time limit of its own as in Rollback.
func (e *simpleExecutions) endTransaction(abandoned error) {
	if abandoned == nil && e.failed == nil {
		_, e.failed = e.conn.command(e.ctx, "COMMIT")
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(e.ctx), e.conn.config.cancelTimeout())
	defer stop()
	if e.conn.pg.IsClosed() {
		return
	}
	if _, err := e.conn.command(ctx, "ROLLBACK"); err != nil {
		e.failed = errors.Join(e.failed, err)
	}
}

func (e *simpleExecutions) leave() {
	if e.began {
		e.endTransaction(errPipelineFailed)
	}
}

func (e *simpleExecutions) progress() (completed int, affected int64) { return e.completed, e.affected }

func (e *simpleExecutions) result() (*shape, storedRows, int64) { return e.shape, e.rows, e.stored }
