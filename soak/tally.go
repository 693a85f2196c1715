package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// outcome is how a transfer ended, as far as its worker was told.
type outcome int

const (
	// committed was acknowledged.
	committed outcome = iota
	// failed certainly left nothing behind.
	failed
	// refused had too little money.
	refused
	// unknown lost the answer to its COMMIT.
	unknown
)

// tally counts what workers were told.
type tally struct {
	mutex                            sync.Mutex
	operations, failures, recoveries int64
	committed, unknown, unexplained  int64
	kinds                            map[string]int
}

// add counts a transfer, which recovers from a failure when the one before it had failed and it has not.
func (t *tally) add(outcome outcome, err error, failedBefore bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.operations++
	switch outcome {
	case committed:
		t.committed++
	case unknown:
		t.unknown++
	}
	if err == nil {
		if failedBefore {
			t.recoveries++
		}
		return
	}
	t.failures++
	kind, explained := explain(err)
	t.kinds[kind]++
	if !explained {
		t.unexplained++
	}
}

// print says what failed how often.
func (t *tally) print() {
	for _, kind := range slices.Sorted(maps.Keys(t.kinds)) {
		fmt.Printf("%8d  %s\n", t.kinds[kind], kind)
	}
}

// explain says what made a transfer fail, and whether that is something that the faults bring about.
func explain(err error) (kind string, explained bool) {
	for _, explanation := range []struct {
		kind    string
		matches bool
	}{
		{"context ended", errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
			errors.Is(err, sql.ErrTxDone)}, // database/sql has rolled back, unasked
		{"stale plan inside a transaction", errors.Is(err, pgerr.FeatureNotSupported) && strings.Contains(err.Error(), "cached plan")},
		{"columns changed between description and execution", errors.Is(err, pgerr.ProtocolViolation)},
		{"commit of a failed transaction", errors.Is(err, pgadapt.ErrCommitRolledBack)},
		{"backend terminated", errors.Is(err, pgerr.AdminShutdown)},
		{"server crashed", errors.Is(err, pgerr.CrashShutdown)},
		{"server starting", errors.Is(err, pgerr.CannotConnectNow)},
		{"lock not available", errors.Is(err, pgerr.LockNotAvailable)},
		{"deadlock", errors.Is(err, pgerr.DeadlockDetected)},
		{"session lost between two statements", errors.Is(err, driver.ErrBadConn) && strings.Contains(err.Error(), "the session was lost")},
		{"connection lost", strings.Contains(err.Error(), "the connection was lost")},
		{"connection refused or reset", isNetwork(err)},
	} {
		if explanation.matches {
			return explanation.kind, true
		}
	}
	return "UNEXPLAINED: " + err.Error(), false
}

func isNetwork(err error) bool {
	_, ok := errors.AsType[net.Error](err)
	return ok || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, os.ErrNotExist) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "unexpected EOF")
}

// isRefusal reports whether err of Commit says that nothing was committed: the server said so, while it stayed in
// control of itself.
func isRefusal(err error) bool {
	return errors.Is(err, pgadapt.ErrCommitRolledBack) || errors.Is(err, pgerr.QueryCanceled)
}
