package pgadapt

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// EarlyClose says what [database/sql.Rows.Close] does with rows that have not been read. It is the DSN parameter
// early_close.
type EarlyClose uint8

// What becomes of the rest of a result.
const (
	// EarlyCloseDrain reads the rest and throws it away: the statement runs to its end, whatever it does besides
	// giving rows. The default.
	EarlyCloseDrain EarlyClose = iota
	// EarlyCloseCancel cancels the statement on the server when more than a few rows remain, and keeps the connection.
	// What the statement has changed is then undone, as with any statement that is cancelled. Inside a transaction,
	// which a cancelled statement would abort, and for a text of several statements the rest is read all the same.
	EarlyCloseCancel
)

var earlyCloseNames = [...]string{EarlyCloseDrain: "drain", EarlyCloseCancel: "cancel"}

// String gives the name in a DSN.
func (e EarlyClose) String() string {
	if int(e) < len(earlyCloseNames) {
		return earlyCloseNames[e]
	}
	return fmt.Sprintf("EarlyClose(%d)", uint8(e))
}

func parseEarlyClose(value string) (EarlyClose, error) {
	for choice, name := range earlyCloseNames {
		if value == name {
			return EarlyClose(choice), nil
		}
	}
	return 0, fmt.Errorf("%q is neither drain nor cancel", value)
}

// fewRows is how many rows are rather read than cancelled, if they have arrived already.
const fewRows = 1000

// stoppable gives the context for a query that may be cancelled when its rows are closed, and what cancels it; nil when
// nothing may.
func (c *conn) stoppable(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.config.EarlyClose != EarlyCloseCancel || c.pg.TxStatus() != txIdle || c.waitingBegin != "" {
		return ctx, nil
	}
	return context.WithCancel(ctx)
}

// mayStop hands stop, unless it is nil, to the rows that are still arriving.
func (r *rows) mayStop(stop context.CancelFunc) {
	if r.reader == nil {
		release(stop)
		return
	}
	r.stop = stop
}

// release frees what stoppable has made.
func release(stop context.CancelFunc) {
	if stop != nil {
		stop()
	}
}

// stopEarly cancels the statement whose rows are still arriving, if it may and if that is worth it.
func (r *rows) stopEarly() {
	if r.stop == nil || r.reader == nil {
		return
	}
	for range fewRows {
		if r.conn.answer.unread() == 0 {
			break
		}
		if !r.reader.NextRow() {
			return
		}
	}
	r.stopped = true
	r.stop()
}

// isWanted reports whether err is the end that stopEarly has brought about.
func (r *rows) isWanted(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && r.stopped && pgErr.Code == sqlStateQueryCanceled && r.ctx.Err() == nil
}
