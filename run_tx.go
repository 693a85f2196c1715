package pgadapt

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pgadapt/pgadapt/pgerr"
)

// The pace of RunTx.
const (
	// MaxTxAttempts is how often RunTx runs a transaction before it gives up.
	MaxTxAttempts = 10
	// Before the second attempt RunTx waits shortestTxPause at most, before each further one twice as long, up to
	// longestTxPause. Each wait is a random part of that, so that transactions in conflict do not meet again.
	shortestTxPause = 20 * time.Millisecond
	longestTxPause  = time.Second
)

// RunTx runs f in a transaction on db, a *sql.DB or *sql.Conn, begun with opts, which may be nil. When f returns nil the
// transaction is committed. When f returns an error or panics, it is rolled back, and the error or panic goes on to the
// caller; f itself calls neither Commit nor Rollback.
//
// A transaction that failed for a reason that [IsRetryable] knows, in f or in COMMIT, is run again from its beginning,
// after a short random pause: f must be fit to be called several times, and has to return the errors it met
// (possibly wrapped). RunTx gives up after MaxTxAttempts, or when ctx ends, with an error that matches the last one.
//
// With a *sql.Tx as db, f runs inside that transaction between a savepoint and its release, so that functions that use
// RunTx can call each other. When f fails, what it did is undone and the transaction goes on; nothing is run again,
// since a conflict has undone the transaction as a whole: return its error from the outer function. There opts must
// be nil: a savepoint has the options of its transaction. What can begin no transaction is refused as db.
func RunTx(ctx context.Context, db Execer, opts *sql.TxOptions, f func(tx *sql.Tx) error) error {
	switch db := db.(type) {
	case txBeginner:
		return runTxAgain(ctx, func() error { return runTxOnce(ctx, db, opts, f) })
	case *sql.Tx:
		if opts != nil {
			return errors.New("pgadapt: RunTx inside a transaction takes no options: give them to the outer RunTx")
		}
		return runInSavepoint(ctx, db, f)
	}
	return fmt.Errorf("pgadapt: RunTx needs a *sql.DB, *sql.Conn or *sql.Tx, and %T is none", db)
}

// IsRetryable reports whether err says that a transaction may be run again, from its beginning, with a good chance:
// the server has undone it for a serialization failure (SQLSTATE 40001) or a deadlock (40P01), see the chapter
// "Serialization Failure Handling" of PostgreSQL's documentation, or the connection was gone before the statement was
// sent. A connection that was lost later gives false: a COMMIT may have been done.
func IsRetryable(err error) bool {
	return pgerr.Is(err, pgerr.SerializationFailure) || pgerr.Is(err, pgerr.DeadlockDetected) ||
		errors.Is(err, driver.ErrBadConn)
}

type txBeginner interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

// runTxAgain calls run until it succeeds, fails for good, or has been called often enough.
func runTxAgain(ctx context.Context, run func() error) error {
	for attempt := 1; ; attempt++ {
		err := run()
		switch {
		case err == nil || !IsRetryable(err):
			return err
		case attempt == MaxTxAttempts:
			return fmt.Errorf("pgadapt: the transaction failed %d times: %w", attempt, err)
		}
		if ended := sleep(ctx, txPause(attempt)); ended != nil {
			return fmt.Errorf("pgadapt: %w before the transaction could be run again, which had failed: %w", ended, err)
		}
	}
}

// txPause gives how long to wait after an attempt, counted from 1.
func txPause(attempt int) time.Duration {
	return rand.N(min(shortestTxPause<<(attempt-1), longestTxPause))
}

// sleep waits for pause, or gives the context's error when it ends before.
func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// runTxOnce begins a transaction, has f work in it, and ends it.
func runTxOnce(ctx context.Context, db txBeginner, opts *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	// After Commit it does nothing. Else it also ends the transaction of an f that panics.
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// A savepoint shadows an earlier one of the same name until it is released, so that one name will do for any depth.
const (
	setSavepoint      = "SAVEPOINT pgadapt"
	releaseSavepoint  = "RELEASE SAVEPOINT pgadapt"
	rollBackSavepoint = "ROLLBACK TO SAVEPOINT pgadapt; " + releaseSavepoint
)

// runInSavepoint has f work in a part of tx.
func runInSavepoint(ctx context.Context, tx *sql.Tx, f func(*sql.Tx) error) (err error) {
	if _, err := tx.ExecContext(ctx, setSavepoint); err != nil {
		return err
	}
	done := false
	defer func() {
		if done {
			return
		}
		// ctx may be what has ended f. The transaction can go on if its own context has not.
		if _, undoErr := tx.ExecContext(context.WithoutCancel(ctx), rollBackSavepoint); undoErr != nil {
			err = errors.Join(err, undoErr)
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, releaseSavepoint); err != nil {
		return err
	}
	done = true
	return nil
}
