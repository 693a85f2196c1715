package pgadapt

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"
)

// With Config.LazyBegin a BEGIN waits for the first statement of its transaction and travels with it. It precedes the
// statement without a Sync in between: when BEGIN fails, the server skips the statement (PostgreSQL documentation,
// "Pipelining"). It waits until its own CommandComplete has arrived, so that no statement of the transaction can ever
// run outside of it.

// sendLazyBegin adds a BEGIN that waits to the messages of the statement that follows.
func (c *conn) sendLazyBegin() {
	if c.waitingBegin == "" {
		return
	}
	frontend := c.pg.Frontend()
	frontend.SendParse(&pgproto3.Parse{Query: c.waitingBegin})
	frontend.SendBind(&pgproto3.Bind{})
	frontend.SendExecute(&pgproto3.Execute{})
	c.answer.begins, c.beginRefused = true, true // until the answer says otherwise
}

// beginNow sends a BEGIN that waits, before a command that cannot take it along.
func (c *conn) beginNow(ctx context.Context) error {
	if c.waitingBegin == "" {
		return nil
	}
	c.beginRefused = true
	if _, err := c.command(ctx, c.waitingBegin); err != nil {
		return err
	}
	c.begun()
	return nil
}

func (c *conn) begun() { c.waitingBegin, c.beginRefused = "", false }

// endUnbegun ends a transaction whose BEGIN still waits, and reports whether it was one, and whether it is empty since
// the server has refused BEGIN.
func (c *conn) endUnbegun() (unbegun, refused bool) {
	unbegun, refused = c.waitingBegin != "", c.beginRefused
	c.begun()
	return unbegun, refused
}
