package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/pgadapt/pgadapt/internal/framing"
)

// Connector opens the connections of a pool, all with the same Config:
//
//	db := sql.OpenDB(pgadapt.NewConnector(config))
type Connector struct {
	// config is the connector's own copy: nothing a caller does later changes a live pool.
	config *Config
	// plan is that of each connection, unless BeforeConnect has its say in it.
	plan connectPlan
	// database is what its connections have learnt of their database.
	database database
}

var (
	_ driver.Connector = (*Connector)(nil)
	_ io.Closer        = (*Connector)(nil)
)

// NewConnector gives a connector for [database/sql.OpenDB]. It copies config, which must come from
// [ParseConfig]; a mistake in it is reported by Connect.
func NewConnector(config *Config) *Connector {
	own := config.Copy()
	connector := &Connector{config: own}
	if own.wasParsed() && own.BeforeConnect == nil {
		connector.plan = own.planFor(own.Config)
	}
	return connector
}

// Driver gives the driver that database/sql has under the name "pgadapt".
func (c *Connector) Driver() driver.Driver { return Driver{} }

// Close is called by [database/sql.DB.Close], after the pool has closed its connections.
func (c *Connector) Close() error { return nil }

// String describes the connector's target without its secrets.
func (c *Connector) String() string { return c.config.String() }

// Format prints what String gives for every verb.
func (c *Connector) Format(state fmt.State, verb rune) { c.config.Format(state, verb) }

// LogValue gives slog what String gives.
func (c *Connector) LogValue() slog.Value { return c.config.LogValue() }

// Connect opens a connection on the first host of the configuration that will do, and runs BeforeConnect first.
// The error matches pgconn's *ConnectError, and the server's *pgconn.PgError where the server refused. When
// it fails no session is left behind.
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	plan, err := c.planConnect(ctx)
	if err != nil {
		return nil, err
	}
	settings := plan.settings
	var stop *canceller
	settings.BuildContextWatcherHandler = func(pg *pgconn.PgConn) ctxwatch.Handler {
		stop = &canceller{pg: pg, timeout: c.config.cancelTimeout()}
		return stop
	}
	interrupter := &copyInterrupter{}
	settings.OnPgError = interrupter.watching(settings.OnPgError)
	role := newRole(settings.ValidateConnect, &c.database.roles)
	notices := &notices{}
	settings.OnNotice = notices.recording(settings.OnNotice)
	opened, err := c.open(ctx, plan)
	if err != nil {
		return nil, err
	}
	conn := c.newConn(opened.pg, opened.incoming, stop, interrupter, notices)
	conn.role, conn.login, conn.lent = role, opened.login, plan.lends
	return conn, nil
}

// ConnectPgConn opens a session as Connect does, but outside of database/sql: for what needs a session of its own for
// a long time, such as replication. The caller closes it. What a context that ends does to the session is pgconn's
// rule, or that of the Config's BuildContextWatcherHandler; CancelTimeout has no part in it.
func (c *Connector) ConnectPgConn(ctx context.Context) (*pgconn.PgConn, error) {
	plan, err := c.planConnect(ctx)
	if err != nil {
		return nil, err
	}
	opened, err := c.open(ctx, plan)
	return opened.pg, err
}

// openedSession is a session that is ready for use.
type openedSession struct {
	pg *pgconn.PgConn
	// incoming is what it is read through.
	incoming *framing.Reader
	login    login
}

func (c *Connector) open(ctx context.Context, plan connectPlan) (openedSession, error) {
	if c.config.Tracer != nil {
		return c.tracedOpen(ctx, plan)
	}
	return c.openSession(ctx, plan)
}

// openSession opens a session on the first host that will do and makes it ready for use. When it fails no session is
// left behind.
func (c *Connector) openSession(ctx context.Context, plan connectPlan) (openedSession, error) {
	settings := plan.settings
	var incoming *framing.Reader // of the latest attempt
	build := settings.BuildFrontend
	settings.BuildFrontend = func(reader io.Reader, writer io.Writer) *pgproto3.Frontend {
		incoming = framing.NewReader(reader, int64(settings.MaxProtocolMessageBodyLen))
		incoming.Ration(ownAnswerBytes)
		return build(incoming, writer)
	}
	search := hostSearch{connectPlan: plan, resolved: c.config.resolved}
	pg, err := search.connect(ctx)
	if err != nil {
		return openedSession{}, err
	}
	if err := setUpSession(ctx, pg, incoming, settings); err != nil {
		closeSession(pg)
		return openedSession{}, err
	}
	return openedSession{pg, incoming, login{search.found.host, search.found.port, settings.User, settings.Database}}, nil
}

// newFrontend is the BuildFrontend of a Config in which the program has not put its own, whose reader might keep messages
// to itself.
func newFrontend(reader io.Reader, writer io.Writer) *pgproto3.Frontend {
	if incoming, ok := reader.(*framing.Reader); ok {
		incoming.Straight()
	}
	return pgproto3.NewFrontend(reader, writer)
}

// setUpSession gives a new session what the driver and the program want of it.
func setUpSession(ctx context.Context, pg *pgconn.PgConn, incoming *framing.Reader, settings *pgconn.Config) error {
	if err := useISODates(ctx, pg, settings); err != nil {
		return err
	}
	incoming.Unration()
	if settings.AfterConnect != nil {
		if err := settings.AfterConnect(ctx, pg); err != nil {
			return fmt.Errorf("pgadapt: AfterConnect: %w", err)
		}
	}
	if encoding := pg.ParameterStatus("client_encoding"); encoding != "" && encoding != "UTF8" {
		return fmt.Errorf("pgadapt: client_encoding is %s, but Go's strings are UTF-8: "+
			"leave client_encoding out of the DSN, PGCLIENTENCODING and options", encoding)
	}
	if pg.TxStatus() != txIdle {
		return errors.New("pgadapt: AfterConnect has left a transaction open")
	}
	return nil
}

// ownAnswerBytes bounds what a server may send in answer to a login, and to each of the driver's own queries.
const ownAnswerBytes = 4 << 20
