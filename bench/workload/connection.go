package workload

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// The goroutines of a workload share fewer connections, and each runs several queries.
const (
	goroutines       = 32
	connectionsOpen  = 8
	queriesOfRoutine = 8
)

// connections is what happens between queries: connecting, waiting for a connection, preparing.
func connections() []Workload {
	return []Workload{
		{
			Name: fmt.Sprintf("connections/%d-goroutines-on-%d", goroutines, connectionsOpen),
			SQL: func(ctx context.Context, session *SQLSession) (Operation, error) {
				return shareConnections(ctx, session, goroutines)
			},
			Wire: func(ctx context.Context, session *WireSession) (Operation, error) {
				return shareRawConnections(ctx, session, goroutines)
			},
		},
		{Name: "connections/connect", SQL: connect, Wire: connectRaw},
		{Name: "connections/statement-cache-miss", SQL: missCache, Wire: missCacheRaw},
	}
}

func shareConnections(_ context.Context, session *SQLSession, goroutines int) (Operation, error) {
	session.DB.SetMaxOpenConns(connectionsOpen)
	session.DB.SetMaxIdleConns(connectionsOpen)
	return concurrently(goroutines, func(ctx context.Context) error {
		var value int64
		if err := session.DB.QueryRowContext(ctx, selectInt, answer).Scan(&value); err != nil {
			return err
		}
		if value != answer {
			return fmt.Errorf("workload: read %d, not %d", value, answer)
		}
		return nil
	}), nil
}

func shareRawConnections(ctx context.Context, session *WireSession, goroutines int) (Operation, error) {
	idle := make(chan Operation, connectionsOpen)
	for range connectionsOpen {
		conn, err := session.connect(ctx)
		if err != nil {
			return nil, err
		}
		run, err := dropRows(ctx, conn, selectInt, [][]byte{[]byte("42")})
		if err != nil {
			return nil, err
		}
		idle <- run
	}
	return concurrently(goroutines, func(ctx context.Context) error {
		run := <-idle
		defer func() { idle <- run }()
		return run(ctx, nil)
	}), nil
}

// concurrently runs query in each of several goroutines.
func concurrently(goroutines int, query func(context.Context) error) Operation {
	return func(ctx context.Context, checksum *Checksum) error {
		var group sync.WaitGroup
		failures := make([]error, goroutines)
		for i := range failures {
			group.Go(func() { failures[i] = repeat(ctx, query) })
		}
		group.Wait()
		if checksum != nil {
			checksum.rows += int64(goroutines * queriesOfRoutine)
		}
		return errors.Join(failures...)
	}
}

func repeat(ctx context.Context, query func(context.Context) error) error {
	for range queriesOfRoutine {
		if err := query(ctx); err != nil {
			return err
		}
	}
	return nil
}

// connect lets the pool keep nothing, so that each ping needs a connection of its own.
func connect(_ context.Context, session *SQLSession) (Operation, error) {
	session.DB.SetMaxIdleConns(-1)
	return func(ctx context.Context, _ *Checksum) error { return session.DB.PingContext(ctx) }, nil
}

// connectRaw does not ping: that a session has begun is known from the server's answer. It parses the
// connection string once, as the drivers do.
func connectRaw(_ context.Context, session *WireSession) (Operation, error) {
	config, err := pgconn.ParseConfig(session.DSN)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, _ *Checksum) error {
		conn, err := pgconn.ConnectConfig(ctx, config)
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	}, nil
}

// newTexts gives a text at each call that no statement cache has met. The comment makes it new.
func newTexts() func() string {
	var number int64
	return func() string {
		number++
		return selectInt + " /* " + strconv.FormatInt(number, 10) + " */"
	}
}

func missCache(_ context.Context, session *SQLSession) (Operation, error) {
	next := newTexts()
	var value int64
	return func(ctx context.Context, checksum *Checksum) error {
		return scanRow(session.DB.QueryRowContext(ctx, next(), answer), checksum, &value)
	}, nil
}

// missCacheRaw needs one round trip, since it does not ask for types before it sends the values.
func missCacheRaw(ctx context.Context, session *WireSession) (Operation, error) {
	conn, err := session.connect(ctx)
	if err != nil {
		return nil, err
	}
	next := newTexts()
	arguments := [][]byte{[]byte("42")}
	return func(ctx context.Context, checksum *Checksum) error {
		return drop(conn.ExecParams(ctx, next(), arguments, nil, nil, binaryFormat), checksum)
	}, nil
}
