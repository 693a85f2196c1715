package pgadapt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
)

// A transaction pooler (PgBouncer and its like) gives each transaction to whichever of its server connections is
// free: a statement prepared on one is unknown on the next, or already there. The driver finds out by itself. A pooler
// has process IDs of its own, so that the one it gives at connect time is not the one that the server tells. Behind a
// pooler, statements are described once and sent as unnamed ones, as in ExecModeCacheDescribe: one round trip all the
// same, and nothing is left in any session.

// way is what a connector knows about the way to its servers.
type way struct{ state atomic.Int32 }

const (
	wayUnknown int32 = iota
	wayDirect
	wayPooled
)

// mode gives the execution mode in force: prepared statements are named only on a direct way.
func (c *conn) mode() ExecMode {
	if c.config.ExecMode == ExecModeCacheStatement && c.database.way.state.Load() != wayDirect {
		return ExecModeCacheDescribe
	}
	return c.config.ExecMode
}

// mayProbe reports whether it is time to find out about the way: before the first statement that would be prepared
// under a name, and not inside a transaction, which must not notice.
func (c *conn) mayProbe() bool {
	return c.config.ExecMode == ExecModeCacheStatement && c.database.way.state.Load() == wayUnknown &&
		c.pg.TxStatus() == txIdle && c.waitingBegin == ""
}

// mayBeNamedNow reports whether a statement was described before the way was known to be direct.
func (c *conn) mayBeNamedNow(known *statement) bool {
	return known.name == "" && known.description != nil && c.statements.nameFor(c.mode(), known.query) != ""
}

// probe describes query as an unnamed statement and finds out about the way in the same round trip.
func (c *conn) probe(ctx context.Context, query string, declared []uint32) (*pgconn.StatementDescription, error) {
	pipeline := c.pg.StartPipeline(ctx)
	pipeline.SendQueryParams("select pg_catalog.pg_backend_pid()", nil, nil, nil, nil)
	pipeline.SendPrepare("", query, declared)
	if err := pipeline.Sync(); err != nil {
		return nil, errors.Join(err, pipeline.Close())
	}
	serverPID, err := receivePID(pipeline)
	if err != nil {
		return nil, errors.Join(err, pipeline.Close())
	}
	description, err := receiveDescription(pipeline)
	if closeErr := pipeline.Close(); err == nil {
		err = closeErr
	}
	if serverPID == strconv.FormatUint(uint64(c.pg.PID()), 10) {
		c.database.way.state.Store(wayDirect)
	} else {
		c.foundPooler(ctx)
	}
	if err != nil {
		return nil, err
	}
	description.SQL = query
	return description, nil
}

// receivePID reads the answer of the server's own process.
func receivePID(pipeline *pgconn.Pipeline) (string, error) {
	answer, err := pipeline.GetResults()
	if err != nil {
		return "", err
	}
	reader, ok := answer.(*pgconn.ResultReader)
	if !ok {
		return "", errors.New("unexpected answer to pg_backend_pid()")
	}
	found := reader.Read()
	if found.Err != nil {
		return "", found.Err
	}
	if len(found.Rows) != 1 || len(found.Rows[0]) != 1 {
		return "", errors.New("unexpected result of pg_backend_pid()")
	}
	return string(found.Rows[0][0]), nil
}

// receiveDescription reads the answer to SendPrepare.
func receiveDescription(pipeline *pgconn.Pipeline) (*pgconn.StatementDescription, error) {
	answer, err := pipeline.GetResults()
	if err != nil {
		return nil, err
	}
	description, ok := answer.(*pgconn.StatementDescription)
	if !ok {
		return nil, fmt.Errorf("unexpected answer %T to Parse", answer)
	}
	return description, nil
}

// foundPooler remembers, for all connections of the connector, that prepared statements have no place to stay.
func (c *conn) foundPooler(ctx context.Context) {
	if c.database.way.state.Swap(wayPooled) != wayPooled && c.config.Logger != nil {
		c.config.Logger.LogAttrs(ctx, slog.LevelInfo,
			"pgadapt: behind a pooler: statements are sent unnamed, as with default_query_exec_mode=cache_describe",
			slog.String("host", c.config.Host))
	}
}

// leaveNames forgets the statements that this session has prepared under names, once it is known that they do not stay.
func (c *conn) leaveNames() {
	if c.config.ExecMode == ExecModeCacheStatement && !c.unnamed && c.database.way.state.Load() == wayPooled {
		c.unnamed = true
		c.statements.forgetAll()
	}
}

// isTakenName reports whether err says that a name which this session has not used is in use: the server connection
// was another session's before.
func isTakenName(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == sqlStateDuplicatePreparedStatement
}
