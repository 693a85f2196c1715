package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

var (
	errCopyOutsideTransaction = errors.New("pgadapt: a COPY can be prepared inside a transaction only: " +
		"use Exec with CopyRows or an io.Reader elsewhere")
	errCopyRunning = errors.New("pgadapt: a prepared COPY is running on this connection: " +
		"end it with an Exec without arguments, or roll back")
	errCopyEnded     = errors.New("pgadapt: the prepared COPY has ended: prepare it again")
	errCopyAbandoned = errors.New("the program has given up the COPY")
)

// copyStatement is a prepared COPY … FROM STDIN, which is filled as in lib/pq: Exec with a row's values adds the row,
// Exec without arguments ends the COPY and gives its result. Close ends it, too.
type copyStatement struct {
	conn    *conn
	query   string
	encoder *copyEncoder
	// filling has the rows not yet sent, and sent what the source may still be reading.
	filling, sent []byte
	running       *runningCopy
	ended         bool
}

// runningCopy is a COPY that has begun. While it runs, its goroutine alone uses the session.
type runningCopy struct {
	source copySource
	stop   context.CancelFunc
	// finished is closed after tag and err are set.
	finished chan struct{}
	tag      pgconn.CommandTag
	err      error
}

var (
	_ driver.Stmt             = (*copyStatement)(nil)
	_ driver.StmtExecContext  = (*copyStatement)(nil)
	_ driver.StmtQueryContext = (*copyStatement)(nil)
)

// isPreparedCopy reports whether a text to be prepared is a COPY … FROM STDIN.
func (c *conn) isPreparedCopy(query string) bool {
	if !sqllex.IsCopy(query, c.standardConformingStrings()) {
		return false
	}
	kind, err := c.copyKind(query)
	return err == nil && kind == sqllex.CopyFrom
}

// prepareCopy looks up the columns. The COPY itself begins with the first row.
func (c *conn) prepareCopy(ctx context.Context, query string) (driver.Stmt, error) {
	if c.pg.TxStatus() == txIdle {
		return nil, errCopyOutsideTransaction
	}
	query, columns, err := c.prepareRows(ctx, query)
	if err != nil {
		return nil, err
	}
	return &copyStatement{
		conn: c, query: query, encoder: &copyEncoder{conn: c, columns: columns}, filling: []byte(copyHeader),
	}, nil
}

// NumInput leaves the number of arguments to Exec.
func (s *copyStatement) NumInput() int { return -1 }

// ExecContext adds a row, or without arguments ends the COPY. An error ends the COPY, and nothing of it is stored.
func (s *copyStatement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if s.ended {
		return nil, errCopyEnded
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return s.finish(ctx)
	}
	if err := s.addRow(ctx, args); err != nil {
		return nil, err
	}
	return result(0), nil
}

// begin starts the COPY before the first row.
func (s *copyStatement) begin(ctx context.Context) error {
	if s.running != nil {
		return nil
	}
	c := s.conn
	if err := c.settle(ctx); err != nil {
		return err
	}
	// The COPY outlives the call: what ends it is the end of the statement or of the transaction.
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	running := &runningCopy{stop: stop, finished: make(chan struct{})}
	running.source.init(ctx, nil)
	s.running, c.copying = running, s
	go func() {
		defer close(running.finished)
		running.tag, running.err = c.copyFromSource(ctx, s.query, &running.source)
	}()
	return nil
}

func (s *copyStatement) addRow(ctx context.Context, args []driver.NamedValue) error {
	row := make([]any, len(args))
	for i := range args {
		if args[i].Name != "" {
			return s.abandon(fmt.Errorf("argument %q: the values of a row have no names", args[i].Name))
		}
		row[i] = args[i].Value
	}
	var err error
	s.filling, err = s.encoder.appendRow(s.filling, row)
	if err != nil {
		return s.abandon(err)
	}
	if len(s.filling) < copyChunk {
		return nil
	}
	return s.send(ctx)
}

// send hands the rows so far to the running COPY.
func (s *copyStatement) send(ctx context.Context) error {
	select {
	case s.running.source.chunks <- s.filling:
		s.filling, s.sent = s.sent[:0], s.filling
		return nil
	case <-s.running.source.stopped:
		_, err := s.await(nil)
		return err
	case <-ctx.Done():
		return s.abandon(ctx.Err())
	}
}

// finish sends the rest and gives the server's answer. The end of ctx cancels the COPY.
func (s *copyStatement) finish(ctx context.Context) (driver.Result, error) {
	s.filling = append(s.filling, copyTrailer...)
	if err := s.send(ctx); err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, s.running.stop)()
	tag, err := s.await(nil)
	if err != nil && ctx.Err() != nil {
		return nil, copyFailure("it was cancelled", ctx.Err(), err)
	}
	if err != nil {
		return nil, err
	}
	return result(tag.RowsAffected()), nil
}

// abandon makes the COPY fail for that reason, and gives the error to return.
func (s *copyStatement) abandon(reason error) error {
	_, err := s.await(reason)
	return err
}

// await ends the COPY, with an error unless abandoned is nil, and waits for the server's answer. A server that takes
// longer than the time that a cancelled statement has to stop is sent a CancelRequest.
func (s *copyStatement) await(abandoned error) (pgconn.CommandTag, error) {
	running := s.running
	s.ended, s.conn.copying = true, nil
	running.source.end(abandoned)
	if abandoned != nil {
		defer time.AfterFunc(s.conn.config.cancelTimeout(), running.stop).Stop()
	}
	<-running.finished
	running.stop()
	s.filling, s.sent = nil, nil
	if running.err == nil {
		s.conn.tag = running.tag
	}
	return running.tag, running.err
}

// QueryContext is refused: a COPY gives no rows.
func (s *copyStatement) QueryContext(context.Context, []driver.NamedValue) (driver.Rows, error) {
	return nil, errors.New("pgadapt: a COPY gives no rows: use Exec")
}

// Close ends the COPY, if rows were added since and no Exec has ended it.
func (s *copyStatement) Close() error {
	if s.ended || s.running == nil {
		s.ended = true
		return nil
	}
	_, err := s.finish(context.Background())
	return err
}

// Exec is ExecContext without a context; database/sql does not call it.
func (s *copyStatement) Exec(args []driver.Value) (driver.Result, error) {
	return s.ExecContext(context.Background(), namedValues(args))
}

// Query is QueryContext without a context; database/sql does not call it.
func (s *copyStatement) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), namedValues(args))
}

// abandonCopy ends a prepared COPY that is still running, so that nothing of it is stored.
func (c *conn) abandonCopy() {
	if c.copying != nil {
		_ = c.copying.abandon(errCopyAbandoned)
	}
}
