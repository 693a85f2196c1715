package pgadapt

import (
	"context"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
)

// roleChanges counts how often a connector has met a server that is no longer what target_session_attrs asks for.
type roleChanges struct{ count atomic.Uint64 }

// role knows whether a session may still be on a server of the wanted kind. The wish is checked when a session
// begins, and a server can change later: it is made read-only before a switch of the primary, or it becomes a
// standby behind a proxy that keeps the session. Then the server refuses to write (SQLSTATE 25006), as it also does
// in a transaction that was begun read-only. So the refusal is a reason to ask, before the pool hands the connection
// out again; and when a server was found changed, the connector's other sessions are asked as well.
type role struct {
	validate pgconn.ValidateConnectFunc // nil when any server will do
	changes  *roleChanges
	seen     uint64 // the number of changes when the server was last asked
	doubted  bool
}

func newRole(validate pgconn.ValidateConnectFunc, changes *roleChanges) role {
	r := role{changes: changes, seen: changes.count.Load()}
	if validate != nil {
		r.validate = secondChoiceToo(validate)
	}
	return r
}

// refusedToWrite is told of each SQLSTATE 25006.
func (r *role) refusedToWrite() { r.doubted = true }

// check asks the server where there is a doubt. The error says that the session has to go.
func (r *role) check(ctx context.Context, pg *pgconn.PgConn) error {
	changes := r.changes.count.Load()
	if r.validate == nil || !r.doubted && r.seen == changes {
		return nil
	}
	if err := r.validate(ctx, pg); err != nil {
		if ctx.Err() != nil && !pg.IsClosed() {
			return nil // nothing was learnt, and the doubt remains
		}
		if !pg.IsClosed() {
			r.changes.count.CompareAndSwap(changes, changes+1)
		}
		return err
	}
	r.doubted, r.seen = false, changes
	return nil
}
