package pgadapt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
)

// A transaction pooler (PgBouncer and its like) gives each transaction to whichever of its server connections is
// free: a statement prepared on one is unknown on the next, or already there. The driver finds out by itself. A pooler
// has process IDs of its own, so that the one it gives at connect time is not the one that the server tells. Behind a
// pooler, statements are described once and sent as unnamed ones, as in ExecModeCacheDescribe: one round trip all the
// same, and nothing is left in any session. Only a pooler that prepares statements on the server under names of its
// own, on whichever connection they are needed (PgBouncer from 1.21 with max_prepared_statements), gets them named.

// way is what a connector knows about the way to its servers.
type way struct{ state atomic.Int32 }

const (
	wayUnknown  int32 = iota
	wayDirect         // also through a pooler that leaves a session its server connection
	wayRenaming       // through a pooler that keeps prepared statements
	wayPooled         // through a pooler that does not
)

// mode gives the execution mode in force: prepared statements are named only where the names stay.
func (c *conn) mode() ExecMode {
	if c.config.ExecMode != ExecModeCacheStatement {
		return c.config.ExecMode
	}
	switch c.database.way.state.Load() {
	case wayDirect, wayRenaming:
		return ExecModeCacheStatement
	}
	return ExecModeCacheDescribe
}

// mayProbe reports whether it is time to find out about the way: before the first statement that would be prepared
// under a name, and not inside a transaction, which must not notice.
func (c *conn) mayProbe() bool {
	return c.config.ExecMode == ExecModeCacheStatement && c.database.way.state.Load() == wayUnknown &&
		c.pg.TxStatus() == txIdle && c.waitingBegin == ""
}

// mayBeNamedNow reports whether a statement was described before it was known that names stay.
func (c *conn) mayBeNamedNow(known *statement) bool {
	return known.name == "" && known.description != nil && c.statements.nameFor(c.mode(), known.query) != ""
}

// probe describes query as an unnamed statement and finds out about the way in the same round trip.
func (c *conn) probe(ctx context.Context, query string, declared []uint32) (*pgconn.StatementDescription, error) {
	c.incoming.Ration(ownAnswerBytes)
	defer c.incoming.Unration()
	pipeline := c.pg.StartPipeline(ctx)
	pipeline.SendQueryParams("select pg_catalog.pg_backend_pid()", nil, nil, nil, nil)
	pipeline.SendPrepare("", query, declared)
	if err := pipeline.Sync(); err != nil {
		return nil, errors.Join(err, pipeline.Close())
	}
	serverPID, err := receiveValue(pipeline)
	if err != nil {
		return nil, errors.Join(err, pipeline.Close())
	}
	description, err := receiveDescription(pipeline)
	if closeErr := pipeline.Close(); err == nil {
		err = closeErr
	}
	if wayErr := c.learnWay(ctx, serverPID); err == nil {
		err = wayErr
	}
	if err != nil {
		return nil, err
	}
	description.SQL = query
	return description, nil
}

// learnWay remembers what the server's own process ID tells. The error says that the session was lost.
func (c *conn) learnWay(ctx context.Context, serverPID string) error {
	if serverPID == strconv.FormatUint(uint64(c.pg.PID()), 10) {
		c.database.way.state.Store(wayDirect)
		return nil
	}
	if c.pg.ParameterStatus("pgbouncer.pool_mode") == "session" { // told since PgBouncer 1.26
		c.database.way.state.CompareAndSwap(wayUnknown, wayDirect)
		return nil
	}
	renames, err := c.poolerRenames(ctx)
	if c.pg.IsClosed() {
		return err
	}
	if err == nil && renames {
		c.database.way.state.CompareAndSwap(wayUnknown, wayRenaming)
		return nil
	}
	c.foundPooler(ctx)
	return nil
}

// poolerRenames prepares a statement under a name that nobody else has, and looks, in the same round trip and so on
// the same server connection, whether the server knows that name. Where it does not, the pooler has kept the name to
// itself. An error of the server leaves the question open.
func (c *conn) poolerRenames(ctx context.Context) (renames bool, err error) {
	name := fmt.Sprintf("pgadapt_probe_%016x", rand.Uint64())
	pipeline := c.pg.StartPipeline(ctx)
	pipeline.SendPrepare(name, "select 1", nil)
	pipeline.SendQueryParams("select count(*) from pg_catalog.pg_prepared_statements where name = '"+name+"'", nil, nil, nil, nil)
	pipeline.SendDeallocate(name)
	if err := pipeline.Sync(); err != nil {
		return false, errors.Join(err, pipeline.Close())
	}
	_, err = receiveDescription(pipeline)
	var known string
	if err == nil {
		known, err = receiveValue(pipeline)
	}
	if closeErr := pipeline.Close(); err == nil {
		err = closeErr
	}
	return known == "0", err
}

// receiveValue reads the answer to a query that gives one row of one column.
func receiveValue(pipeline *pgconn.Pipeline) (string, error) {
	answer, err := pipeline.GetResults()
	if err != nil {
		return "", err
	}
	reader, ok := answer.(*pgconn.ResultReader)
	if !ok {
		return "", fmt.Errorf("unexpected answer %T to a query", answer)
	}
	found := reader.Read()
	if found.Err != nil {
		return "", found.Err
	}
	if len(found.Rows) != 1 || len(found.Rows[0]) != 1 {
		return "", errors.New("unexpected result of a query for one value")
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

// staleBehindPooler gives up named statements when a plan has become stale behind a pooler that keeps them: the pooler
// takes the same text for prepared, however often it is prepared anew, and the stale plan would stay.
func (c *conn) staleBehindPooler(ctx context.Context) {
	if c.database.way.state.Load() == wayRenaming {
		c.foundPooler(ctx)
	}
}

// isTakenName reports whether err says that a name which this session has not used is in use: the server connection
// was another session's before.
func isTakenName(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == sqlStateDuplicatePreparedStatement
}
