package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/framing"
	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// Conn is what [database/sql.Conn.Raw] hands to its function: the way down, below database/sql.
//
//	err := sqlConn.Raw(func(driverConn any) error {
//		session := driverConn.(pgadapt.Conn).PgConn()
//		…
//	})
type Conn interface {
	// PgConn gives the session itself. It must not be used after the function has returned, while rows of
	// the same connection are open, or to end the session.
	PgConn() *pgconn.PgConn
	// Info tells about the session; [Info] calls it.
	Info() *SessionInfo
	// Mogrify is the function [Mogrify] by the settings of the connection: its placeholder style, its registered
	// types, and its standard_conforming_strings as it is now. It sends nothing, and the text is for this connection.
	Mogrify(query string, args ...any) (string, error)
}

// conn is one session: it sends statements and hands out their results. database/sql makes sure that only
// one goroutine at a time is inside it.
type conn struct {
	pg        *pgconn.PgConn
	config    *Config
	transport *transport
	// incoming is what pgconn reads through.
	incoming  *framing.Reader
	canceller *canceller
	// interrupter stops what the running COPY reads from.
	interrupter *copyInterrupter
	notices     *notices

	statements statementCache
	parameters parameters
	rewritten  rewrittenTexts
	// answer is what the server says to the present command of the extended query protocol.
	answer answer
	// waitingBegin is the BEGIN of a transaction that the server does not know of yet, empty when there is none.
	waitingBegin string
	// beginRefused says that the server was sent the waiting BEGIN and did not obey.
	beginRefused bool
	// open is the result that is still being read from the network, nil when there is none.
	open *rows
	// copying is the prepared COPY that is running, nil when there is none.
	copying *copyStatement
	// inPipeline says that a pipeline is running.
	inPipeline bool
	// conformingInPipeline is standardConformingStrings at its start: the session's parameters are not to be looked at
	// while its answers are read.
	conformingInPipeline bool
	// pipelineBuffer is the memory of the next pipeline.
	pipelineBuffer []byte
	// spare is a closed rows kept for the next query.
	spare *rows
	// tag is that of the last command that has completed.
	tag pgconn.CommandTag
	// lost is the error that ended the session, nil while it goes on or when nobody knows.
	lost error
	// cursorNames has the names that FetchSize uses.
	cursorNames cursorNames
	// unnamed says that no statement of this session has a name.
	unnamed bool
	// lent says that the program has had hold of the session itself.
	lent bool
	role role
	// buffered counts the bytes of open results that were read ahead.
	buffered int64

	login     login
	database  *database
	decoding  decoding
	zone      *time.Location
	zoneName  string
	lastReset time.Time
}

var (
	_ driver.Conn               = (*conn)(nil)
	_ driver.ConnPrepareContext = (*conn)(nil)
	_ driver.ConnBeginTx        = (*conn)(nil)
	_ driver.ExecerContext      = (*conn)(nil)
	_ driver.QueryerContext     = (*conn)(nil)
	_ driver.Pinger             = (*conn)(nil)
	_ driver.SessionResetter    = (*conn)(nil)
	_ driver.Validator          = (*conn)(nil)
	_ driver.NamedValueChecker  = (*conn)(nil)
	_ Conn                      = (*conn)(nil)
)

func (c *Connector) newConn(pg *pgconn.PgConn, incoming *framing.Reader, canceller *canceller,
	interrupter *copyInterrupter, notices *notices,
) *conn {
	session := &conn{
		pg:          pg,
		incoming:    incoming,
		config:      c.config,
		database:    &c.database,
		transport:   transportOf(pg.Conn()),
		canceller:   canceller,
		interrupter: interrupter,
		notices:     notices,
		decoding:    decoding{config: c.config, database: &c.database},
		statements:  statementCache{capacity: c.config.cacheCapacity()},
		lastReset:   time.Now(),
	}
	session.answer = answer{conn: session, complete: true, ready: true}
	return session
}

// PgConn begins a transaction that waits to be begun. Should that fail, the session is closed: what is done with it
// must not happen outside of the transaction.
func (c *conn) PgConn() *pgconn.PgConn {
	c.lent = true
	if err := c.beginNow(context.Background()); err != nil {
		closeSession(c.pg)
	}
	return c.pg
}

// ExecContext runs query and reports how many rows it affected. Without arguments it may be a text of several
// statements, which PostgreSQL runs as one transaction; the count is then the last one's.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.settleResults(ctx); err != nil {
		return nil, err
	}
	instructed, rewritten := c.demands(args)
	switch {
	case instructed:
		return c.execInstructed(ctx, query, args)
	case c.isCopy(query, args):
		return c.execCopyAlone(ctx, query, args)
	case rewritten:
		return c.execRewritten(ctx, query, args)
	}
	return c.exec(ctx, query, args)
}

// exec is ExecContext for a text with the server's own placeholders.
func (c *conn) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.config.Tracer != nil {
		return c.tracedExec(ctx, query, args)
	}
	return c.execText(ctx, query, args)
}

func (c *conn) execText(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.config.ExecMode == ExecModeSimpleProtocol || len(args) == 0 && !c.statements.contains(query) {
		return c.execSimple(ctx, query, args)
	}
	var tag pgconn.CommandTag
	err := c.run(ctx, query, args, func(_ *statement, reader *answer) (err error) {
		tag, err = reader.Close()
		return err
	})
	if err != nil {
		return nil, err
	}
	return result(tag.RowsAffected()), nil
}

// QueryContext runs query and gives its rows. The first row is fetched at once, so that what fails at the
// start of a query is the error of QueryContext itself. Without arguments query may be a text of several
// statements; those that give rows are reached by NextResultSet.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.settleResults(ctx); err != nil {
		return nil, err
	}
	instructed, rewritten := c.demands(args)
	switch {
	case instructed:
		return c.queryInstructed(ctx, query, args)
	case rewritten:
		return c.queryRewritten(ctx, query, args)
	}
	return c.query(ctx, query, args)
}

// query is QueryContext for a text with the server's own placeholders.
func (c *conn) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.config.Tracer != nil {
		return c.tracedQuery(ctx, query, args, func(ctx context.Context) (driver.Rows, error) {
			return c.queryText(ctx, query, args)
		})
	}
	return c.queryText(ctx, query, args)
}

func (c *conn) queryText(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.goesSimple(query, args) {
		return c.querySimple(ctx, query, args)
	}
	var rows *rows
	mark := c.transport.written()
	running, stop := c.stoppable(ctx)
	err := c.run(running, query, args, func(statement *statement, reader *answer) (err error) {
		rows, err = c.openRows(ctx, mark, statement, reader)
		return err
	})
	if err != nil {
		release(stop)
		return nil, err
	}
	rows.mayStop(stop)
	return rows, nil
}

// goesSimple reports whether a query is one for the simple query protocol.
func (c *conn) goesSimple(query string, args []driver.NamedValue) bool {
	if c.config.ExecMode == ExecModeSimpleProtocol {
		return true
	}
	return len(args) == 0 && !c.statements.contains(query) &&
		!sqllex.IsSingle(query, c.standardConformingStrings())
}

// run executes one statement over the extended query protocol and lets consume read its answer. A plan that
// has become stale is prepared again and run again, once and unseen, where no transaction forbids it.
func (c *conn) run(ctx context.Context, query string, args []driver.NamedValue,
	consume func(*statement, *answer) error,
) error {
	mark := c.transport.written()
	for attempt := 1; ; attempt++ {
		statement, err := c.statement(ctx, query)
		if err != nil {
			statement, err = c.typedAnew(ctx, query, args, err)
		}
		if err != nil {
			return err
		}
		statement, err = c.fit(ctx, statement, args)
		if err == nil {
			err = consume(statement, c.send(ctx, statement))
		}
		if err == nil {
			return nil
		}
		if c.learns(statement, err) {
			continue
		}
		if attempt > 1 || !c.healed(ctx, statement, err) {
			return c.failure(ctx, mark, err)
		}
	}
}

// fit encodes args by the types that the statement's parameters have, and gives the statement to send: the same one,
// or a variant of it whose types they fit. The statement comes with an error, too.
func (c *conn) fit(ctx context.Context, s *statement, args []driver.NamedValue) (*statement, error) {
	if s.untyped {
		variant, err := c.typed(ctx, s, args)
		if err != nil {
			return s, err
		}
		s = variant
	}
	err := c.parameters.encode(c, s, args)
	if err == nil {
		return s, nil
	}
	if _, ok := errors.AsType[*misfitError](err); !ok || s.base != nil || s.description == nil {
		return s, &argumentError{err}
	}
	refitted, err := c.refit(ctx, s, args, err)
	if err != nil {
		return s, err
	}
	return refitted, nil
}

// PrepareContext gives a driver.Stmt. Whether the server prepares anything depends on the execution mode.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.settleResults(ctx); err != nil {
		return nil, err
	}
	if c.isPreparedCopy(query) {
		if err := c.beginNow(ctx); err != nil {
			return nil, err
		}
		return c.prepareCopy(ctx, query)
	}
	return c.newStmt(ctx, query)
}

// Prepare is PrepareContext without a context; database/sql does not call it.
func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// Begin is BeginTx without a context; database/sql does not call it.
func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// Ping makes a round trip to the server.
func (c *conn) Ping(ctx context.Context) error {
	if err := c.settle(ctx); err != nil {
		return err
	}
	return c.roundTrip(ctx)
}

// roundTrip has the server answer to an empty query.
func (c *conn) roundTrip(ctx context.Context) error {
	_, err := c.command(ctx, "")
	return err
}

// settle makes the connection ready for the next command, which is not one that takes a waiting BEGIN along.
func (c *conn) settle(ctx context.Context) error {
	return c.settleWithin(ctx, c.config.maxBufferedBytes())
}

// settleWithin is settle with a limit of its own for what is taken into memory.
func (c *conn) settleWithin(ctx context.Context, limit int64) error {
	if err := c.settleResultsWithin(ctx, limit); err != nil {
		return err
	}
	return c.beginNow(ctx)
}

// settleResults takes a result that is still being read into memory. Its rows go on from there.
func (c *conn) settleResults(ctx context.Context) error {
	return c.settleResultsWithin(ctx, c.config.maxBufferedBytes())
}

func (c *conn) settleResultsWithin(ctx context.Context, limit int64) error {
	if c.copying != nil {
		return errCopyRunning
	}
	if c.inPipeline {
		return errPipelineRunning
	}
	if c.open != nil {
		if err := c.open.readAhead(ctx, limit); err != nil {
			return err
		}
	}
	if c.lost != nil || c.pg.IsClosed() {
		return c.badConn()
	}
	return nil
}

// Between two uses of a connection, ResetSession asks nothing within a momentaryPause, looks at the network
// after it, and makes a round trip after idlePing: a firewall may have dropped the connection without a word.
const (
	momentaryPause = time.Millisecond
	idlePing       = time.Second
)

// ResetSession is called before the pool hands out a connection that was used before. It refuses a session
// that was left inside a transaction, and one that is gone as far as can be told.
func (c *conn) ResetSession(ctx context.Context) error {
	if !c.IsValid() {
		return driver.ErrBadConn
	}
	c.notices.forget()
	now := time.Now()
	pause := now.Sub(c.lastReset)
	c.lastReset = now
	if c.canceller.used.Swap(false) || pause > idlePing || pause > momentaryPause && !c.looksAlive() {
		if err := c.checkSession(ctx); err != nil {
			return err
		}
	}
	if err := c.role.check(ctx, c.pg); err != nil {
		return fmt.Errorf("%w: %w", driver.ErrBadConn, err)
	}
	if c.config.ResetSession != nil {
		if err := c.config.ResetSession(ctx, c.pg); err != nil {
			return fmt.Errorf("%w: ResetSession: %w", driver.ErrBadConn, err)
		}
	}
	return nil
}

// checkSession makes a round trip. When ctx ends before its end, the session stays what it was, and the check is due
// again.
func (c *conn) checkSession(ctx context.Context) error {
	err := c.roundTrip(ctx)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil && !c.pg.IsClosed() {
		c.canceller.used.Store(true)
		return nil
	}
	return fmt.Errorf("%w: %w", driver.ErrBadConn, err)
}

// looksAlive reports whether the network shows no sign that the server has left.
func (c *conn) looksAlive() bool {
	quiet, known := c.transport.isQuiet()
	return quiet || !known
}

// IsValid reports whether the pool may keep the connection.
func (c *conn) IsValid() bool {
	return c.copying == nil && c.lost == nil && !c.pg.IsClosed() && !c.pg.IsBusy() && c.answer.ready && c.waitingBegin == "" &&
		c.pg.TxStatus() == txIdle && !c.canceller.doubtful.Load()
}

// standardConformingStrings reports whether backslashes in '…' are ordinary characters, which decides where
// a literal ends.
func (c *conn) standardConformingStrings() bool {
	if c.inPipeline {
		return c.conformingInPipeline
	}
	return c.pg.ParameterStatus("standard_conforming_strings") != "off"
}

// checkText looks at a text before it is sent for the first time.
func (c *conn) checkText(query string) error {
	if err := sqllex.Check(query); err != nil {
		return fmt.Errorf("pgadapt: %w", err)
	}
	for statement := range sqllex.Statements(query, c.standardConformingStrings()) {
		switch statement.Kind {
		case sqllex.CopyFrom:
			return errors.New("pgadapt: COPY … FROM STDIN has nothing to read from: " +
				"give Exec an io.Reader or CopyRows as its argument, and the COPY alone as its text")
		case sqllex.CopyTo:
			return errors.New("pgadapt: COPY … TO STDOUT has nothing to write to: " +
				"give Exec an io.Writer as its argument, and the COPY alone as its text")
		}
	}
	return nil
}
