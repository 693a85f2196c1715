package pgadapt

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// pagedCursor is a cursor on the server whose rows are fetched page by page.
type pagedCursor struct {
	// fetch is the command that gives a page, of size rows.
	fetch string
	size  int64
	// once says that there is one page only, of any size.
	once bool
	// name is that of a cursor that the driver has declared.
	name string
	// declared says that the driver has declared the cursor and has to close it, and owner that it has begun a
	// transaction for it and has to end that.
	declared, owner bool
	// formats is what is known of the columns, nil when nobody has asked yet.
	formats *columnFormats
	// exhausted says that there are no further pages, and closed that nothing of the cursor is left to be closed.
	exhausted, closed bool
}

// columnFormats says in what formats a cursor's columns are asked for.
type columnFormats struct{ codes []int16 }

// openPages gives the rows of a cursor, with the first row read.
func (c *conn) openPages(ctx context.Context, cursor *pagedCursor) (*rows, error) {
	r := c.newRows(ctx, c.transport.written())
	r.cursor = cursor
	r.err = c.describeCursor(ctx, cursor)
	if r.nextPage() {
		r.shape = newShape(r.reader.FieldDescriptions())
		r.fetched = r.advance() == nil
	}
	if r.err == nil {
		r.err = r.shape.check()
	}
	if r.err != nil {
		err := r.err
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// describeCursor asks for the columns of a cursor, where that is not known and the execution mode asks at all.
func (c *conn) describeCursor(ctx context.Context, cursor *pagedCursor) error {
	switch {
	case cursor.formats != nil:
		return nil
	case !c.config.ExecMode.prepares():
		cursor.formats = &columnFormats{}
		return nil
	}
	mark := c.transport.written()
	description, err := c.pg.Prepare(ctx, "", cursor.fetch, nil)
	if err != nil {
		return c.failure(ctx, mark, err)
	}
	cursor.formats = &columnFormats{newWantedShape(description.Fields).formats()}
	return nil
}

// check refuses a result whose values cannot be read: one of a cursor that has been declared anew with other columns.
func (s *shape) check() error {
	for i := range s.columns {
		if s.columns[i].format != wantedFormat(s.columns[i].oid) && s.columns[i].format != pgtype.TextFormatCode {
			return fmt.Errorf("pgadapt: column %q: the cursor has got other columns since it was opened", s.columns[i].name)
		}
	}
	return nil
}

// completed is told how many rows a page had.
func (p *pagedCursor) completed(rows int64) { p.exhausted = p.once || rows < p.size }

// nextPage begins to read the next page of a cursor, if these are the rows of one and there may be more.
func (r *rows) nextPage() bool {
	cursor, c := r.cursor, r.conn
	if cursor == nil || cursor.exhausted || cursor.closed || r.err != nil {
		return false
	}
	if c.open != r {
		if r.err = c.settle(r.ctx); r.err != nil {
			return false
		}
		c.open = r
	}
	if r.present.left == 0 {
		r.dropStored()
	}
	r.mark = c.transport.written()
	if c.config.ExecMode == ExecModeSimpleProtocol {
		return r.nextPageSimple()
	}
	r.reader = r.timed(c.pg.ExecParams(r.ctx, cursor.fetch, nil, nil, nil, cursor.formats.codes))
	return true
}

// nextPageSimple is nextPage over the simple query protocol.
func (r *rows) nextPageSimple() bool {
	r.results = r.conn.pg.Exec(r.ctx, r.cursor.fetch)
	if !r.results.NextResult() {
		r.finish(nil)
		return false
	}
	r.reader = r.timed(r.results.ResultReader())
	return true
}

// finishPage reads the arriving page to its end.
func (r *rows) finishPage() {
	tag, err := r.closeReader()
	r.reader = nil
	r.cursor.completed(tag.RowsAffected())
	r.finish(err)
}

// keepsTransaction reports whether these rows are read in a transaction of their own, in which other statements have no
// place.
func (r *rows) keepsTransaction() bool { return r.cursor != nil && r.cursor.owner && !r.cursor.closed }

// readPagesAhead reads the rest of the cursor into memory and ends its transaction.
func (r *rows) readPagesAhead(ctx context.Context, limit int64) error {
	for r.reader != nil || r.nextPage() {
		if err := r.readSetAhead(ctx, limit); err != nil {
			return err
		}
	}
	r.closeCursor()
	return nil
}

// dropStored forgets the rows that were read ahead and have been read since.
func (r *rows) dropStored() {
	r.conn.buffered -= r.stored
	r.stored, r.present = 0, storedRows{}
}

// closeCursor closes what the driver has opened for these rows on the server.
func (r *rows) closeCursor() {
	cursor := r.cursor
	if cursor == nil || cursor.closed {
		return
	}
	cursor.closed = true
	if cursor.declared && !r.conn.pg.IsClosed() {
		err := r.endCursor()
		if r.err == nil {
			r.err = err
		}
	}
	r.detach()
}

// endCursor closes a cursor that FetchSize has declared, or ends the transaction that was begun for it.
func (r *rows) endCursor() error {
	c := r.conn
	if !r.cursor.owner {
		return c.endDeclared(r.ctx, r.cursor.name)
	}
	c.cursorNames.giveBack(r.cursor.name)
	defer c.rollBack(r.ctx) // nothing is left to roll back after a COMMIT
	given := r.cursor.exhausted || r.ctx.Err() == nil
	if r.err != nil || !given || c.pg.TxStatus() != txActive {
		return nil
	}
	_, err := c.command(r.ctx, "COMMIT")
	return err
}

// endDeclared closes a cursor of FetchSize inside a transaction of the program.
func (c *conn) endDeclared(ctx context.Context, name string) error {
	if c.pg.TxStatus() != txIdle { // else it has ended with its transaction
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), c.config.cancelTimeout())
		defer stop()
		if err := c.closePortal(ctx, name); err != nil {
			return err
		}
	}
	c.cursorNames.giveBack(name)
	return nil
}

// closePortal closes a cursor. To the protocol it is a portal: unlike CLOSE, closing one that is gone, as after ROLLBACK
// TO SAVEPOINT, is no error and does not abort the transaction.
func (c *conn) closePortal(ctx context.Context, name string) error {
	if err := c.settle(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // Deallocate would send nothing, and the message would go with another command
		return fmt.Errorf("pgadapt: %w", err)
	}
	mark := c.transport.written()
	c.pg.Frontend().SendClose(&pgproto3.Close{ObjectType: 'P', Name: name})
	// pgconn has no message for a portal: it reads the answer with that to the closing of the unnamed statement, which
	// nobody needs.
	if err := c.pg.Deallocate(ctx, ""); err != nil {
		return c.failure(ctx, mark, err)
	}
	return nil
}
