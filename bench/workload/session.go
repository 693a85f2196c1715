package workload

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

// SQLSession is what an operation of a driver below database/sql works with.
type SQLSession struct {
	// Driver is the driver that DB uses.
	Driver drivers.SQL
	// DB is a pool that no other workload uses.
	DB *sql.DB

	closers []func() error
}

// onClose has close called before the pool is closed.
func (s *SQLSession) onClose(close func() error) { s.closers = append(s.closers, close) }

// WireSession is what an operation of the protocol itself works with.
type WireSession struct {
	// Driver gives the connections.
	Driver drivers.Wire
	// DSN is the connection string of the server.
	DSN string

	open []*pgconn.PgConn
}

// connect gives a new connection, which is closed with the session.
func (s *WireSession) connect(ctx context.Context) (*pgconn.PgConn, error) {
	conn, err := s.Driver.Connect(ctx, s.DSN)
	if err != nil {
		return nil, err
	}
	s.open = append(s.open, conn)
	return conn, nil
}

// Trial is a workload that is ready to run with a driver.
type Trial struct {
	// Driver is the driver.
	Driver drivers.Driver
	// Run is the operation.
	Run Operation

	close func() error
}

// Close ends the trial's connections.
func (t *Trial) Close() error { return t.close() }

// Start prepares w for driver, whose tables must exist. The error is errors.ErrUnsupported where the driver
// cannot do it.
func Start(ctx context.Context, w Workload, driver drivers.Driver, dsn string) (*Trial, error) {
	trial, err := start(ctx, w, driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("workload: %s with %s: %w", w.Name, driver.Name(), err)
	}
	return trial, nil
}

func start(ctx context.Context, w Workload, driver drivers.Driver, dsn string) (*Trial, error) {
	switch driver := driver.(type) {
	case drivers.SQL:
		return startSQL(ctx, w, driver, dsn)
	case drivers.Wire:
		return startWire(ctx, w, driver, dsn)
	}
	return nil, fmt.Errorf("%T is neither drivers.SQL nor drivers.Wire", driver)
}

func startSQL(ctx context.Context, w Workload, driver drivers.SQL, dsn string) (*Trial, error) {
	db, err := driver.OpenDB(dsn)
	if err != nil {
		return nil, err
	}
	session := &SQLSession{Driver: driver, DB: db}
	run, err := w.SQL(ctx, session)
	if err != nil {
		return nil, errors.Join(err, session.end())
	}
	return &Trial{Driver: driver, Run: run, close: session.end}, nil
}

func (s *SQLSession) end() error {
	var all error
	for _, close := range s.closers {
		all = errors.Join(all, close())
	}
	return errors.Join(all, s.DB.Close())
}

func startWire(ctx context.Context, w Workload, driver drivers.Wire, dsn string) (*Trial, error) {
	if w.Wire == nil {
		return nil, errors.ErrUnsupported
	}
	session := &WireSession{Driver: driver, DSN: dsn}
	run, err := w.Wire(ctx, session)
	if err != nil {
		return nil, errors.Join(err, session.end())
	}
	return &Trial{Driver: driver, Run: run, close: session.end}, nil
}

func (s *WireSession) end() error {
	var all error
	for _, conn := range s.open {
		all = errors.Join(all, conn.Close(context.Background()))
	}
	return all
}
