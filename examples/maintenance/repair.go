package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/examples/internal/table"
	"github.com/pgadapt/pgadapt/pgerr"
)

// outcome is what has become of a remedy.
type outcome struct {
	Statement string  `json:"statement"`
	Result    string  `json:"result"` // done, skipped, failed, interrupted
	Because   string  `json:"because,omitempty"`
	Seconds   float64 `json:"seconds"`
	Before    int64   `json:"bytes_before"`
	After     int64   `json:"bytes_after"`
}

// outcomes gives a table of outcomes.
func outcomes(all []outcome) *table.Table {
	answer := table.New("statement", "result", "took", "before", "after", "because").Left("result", "because")
	for _, o := range all {
		answer.Add(o.Statement, o.Result, fmt.Sprintf("%.1f s", o.Seconds), byteSize(o.Before), byteSize(o.After), o.Because)
	}
	return answer
}

// session is the connection on which the repairs run, one after the other.
type session struct {
	*sql.Conn
	db       *sql.DB // for the progress, while the connection is busy
	backend  uint32
	messages *messages
	verbose  bool
}

// repair applies remedies until all are done or the context ends. A remedy that fails does not keep the others from
// being tried. What has been done comes with the error, too.
func repair(ctx context.Context, db *sql.DB, remedies []remedy, options options, messages *messages) ([]outcome, error) {
	if len(remedies) == 0 {
		return nil, nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	info, err := pgadapt.Info(conn)
	if err != nil {
		return nil, err
	}
	session := session{conn, db, info.BackendPID, messages, options.verbose}

	messages.printf("\nRepairing in session %d; Ctrl-C stops it.\n", session.backend)
	var all []outcome
	for _, remedy := range remedies {
		done, err := session.apply(ctx, remedy)
		if err != nil {
			return all, err
		}
		all = append(all, done)
		if ctx.Err() != nil {
			return all, errors.Join(ctx.Err(), session.sayThatItGoesOn(ctx))
		}
	}
	return all, nil
}

// apply runs the statement of a remedy, watches it, and cleans up after it if it fails.
func (s session) apply(ctx context.Context, remedy remedy) (outcome, error) {
	applied := outcome{Statement: remedy.Statement}
	var err error
	if applied.Before, err = s.size(ctx, remedy); err != nil {
		return applied, err
	}
	leftBefore, err := s.leftovers(ctx, remedy)
	if err != nil {
		return applied, err
	}

	s.messages.printf("  %s\n", remedy.Statement)
	started := time.Now()
	stopWatching := s.watch(ctx)
	_, failure := s.ExecContext(ctx, s.text(remedy))
	stopWatching()
	applied.Seconds = time.Since(started).Seconds()
	applied.Result, applied.Because = result(ctx, failure)

	// What follows belongs to the repair, which may have been interrupted.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if failure != nil {
		if err := s.removeLeftovers(ctx, remedy, leftBefore); err != nil {
			return applied, err
		}
	}
	applied.After, err = s.size(ctx, remedy)
	return applied, err
}

// cleanupTimeout limits what is done after an interrupt.
const cleanupTimeout = 10 * time.Second

// text gives the statement of a remedy, with VERBOSE if that is wanted.
func (s session) text(remedy remedy) string {
	if s.verbose {
		return remedy.verbose
	}
	return remedy.Statement
}

// result says in words how a statement ended.
func result(ctx context.Context, failure error) (result, because string) {
	switch {
	case failure == nil:
		return "done", ""
	case ctx.Err() != nil:
		return "interrupted", ""
	case errors.Is(failure, pgerr.LockNotAvailable):
		return "skipped", "a transaction holds a lock"
	}
	return "failed", failure.Error()
}

// size gives the bytes of what a remedy works on; 0 if it is gone.
func (s session) size(ctx context.Context, remedy remedy) (bytes int64, err error) {
	err = s.QueryRowContext(ctx, "select coalesce(pg_table_size(to_regclass($1)), 0)", remedy.Relation).Scan(&bytes)
	return bytes, err
}

// leftovers gives the indexes that failed runs of REINDEX CONCURRENTLY have left beside the index of a remedy, as names
// for statements.
func (s session) leftovers(ctx context.Context, remedy remedy) ([]string, error) {
	if !remedy.reindexes {
		return nil, nil
	}
	return pgadapt.Collect[string](s.QueryContext(ctx, `
		select format('%I.%I', n.nspname, x.relname)
		from pg_index mended
		join pg_index i on i.indrelid = mended.indrelid and not i.indisvalid
		join pg_class x on x.oid = i.indexrelid
		join pg_namespace n on n.oid = x.relnamespace
		where mended.indexrelid = to_regclass($1) and x.relname ~ '_cc(new|old)\d*$'`, remedy.Relation))
}

// removeLeftovers drops what a REINDEX that has just failed has left, and what was not there before.
func (s session) removeLeftovers(ctx context.Context, remedy remedy, before []string) error {
	now, err := s.leftovers(ctx, remedy)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, name := range before {
		known[name] = true
	}
	for _, name := range now {
		if known[name] {
			continue
		}
		statement := "drop index concurrently if exists " + name
		if _, err := s.ExecContext(ctx, statement); err != nil {
			s.messages.printf("    %s was left behind; run later: %s\n", name, statement)
			continue
		}
		s.messages.printf("    removed %s, which was half built\n", name)
	}
	return nil
}

// sayThatItGoesOn looks whether the session has outlived an interrupt.
func (s session) sayThatItGoesOn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	var backend uint32
	if err := s.QueryRowContext(ctx, "select pg_backend_pid()").Scan(&backend); err != nil {
		return fmt.Errorf("session %d is lost: %w", s.backend, err)
	}
	s.messages.printf("Interrupted: the server has stopped the statement, and session %d is ready for another.\n", backend)
	return nil
}
