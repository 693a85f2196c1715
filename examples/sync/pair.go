package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/twophase"
)

// formatID is the first part of the names of the program's prepared transactions, by which it knows them.
const formatID = 0x73796e63

// pair names the two transactions that are committed together, one in the source and one in the target.
type pair struct {
	id             string
	source, target twophase.Xid
}

func newPair(id string) (pair, error) {
	source, err := twophase.New(formatID, id, "source")
	if err != nil {
		return pair{}, err
	}
	target, err := twophase.New(formatID, id, "target")
	return pair{id, source, target}, err
}

// commitBoth commits a transaction of the source and one of the target. If the program dies on the way, recover ends
// what is prepared, in the same way on both sides.
func (l *link) commitBoth(ctx context.Context, source, target *sql.Tx) error {
	both, err := l.prepareBoth(ctx, source, target)
	if err != nil {
		return err
	}
	return l.commitPrepared(ctx, both)
}

// commitPrepared is the second phase, which an interrupt does not keep from being finished.
func (l *link) commitPrepared(ctx context.Context, both pair) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if err := twophase.Commit(ctx, l.target, both.target); err != nil {
		return fmt.Errorf("committing the target, in doubt until the next run: %w", err)
	}
	if err := twophase.Commit(ctx, l.source, both.source); err != nil {
		return fmt.Errorf("committing the source, in doubt until the next run: %w", err)
	}
	return nil
}

// prepareBoth is the first phase. The target's transaction holds the decision, so that it is made by the commit of that.
func (l *link) prepareBoth(ctx context.Context, source, target *sql.Tx) (pair, error) {
	both, err := newPair(rand.Text())
	if err != nil {
		return pair{}, err
	}
	if _, err := target.ExecContext(ctx, "insert into pgadapt_sync.decision (id) values ($1)", both.id); err != nil {
		return pair{}, err
	}
	if err := twophase.Prepare(ctx, source, both.source); err != nil {
		return pair{}, fmt.Errorf("preparing the source: %w", err)
	}
	if err := twophase.Prepare(ctx, target, both.target); err != nil {
		err = fmt.Errorf("preparing the target: %w", err)
		return pair{}, errors.Join(err, twophase.Rollback(context.WithoutCancel(ctx), l.source, both.source))
	}
	return both, nil
}

// recover ends the transactions that a crash has left prepared. The source's are prepared first and committed last:
//
//   - both are prepared: all had succeeded, and both are committed;
//   - the source's alone, and the target has the decision: the target's is committed, and the source's follows;
//   - the source's alone, without a decision: the target's was never prepared, and the source's is rolled back;
//   - the target's alone: somebody else has ended the source's, and the target's is rolled back.
func (l *link) recover(ctx context.Context) error {
	sources, err := preparedIn(ctx, l.source, "source")
	if err != nil {
		return err
	}
	targets, err := preparedIn(ctx, l.target, "target")
	if err != nil {
		return err
	}
	for id := range sources {
		if err := l.recoverPair(ctx, id, targets[id]); err != nil {
			return err
		}
		delete(targets, id)
	}
	for id := range targets {
		both, err := newPair(id)
		if err != nil {
			return err
		}
		l.printf("Recovery: rolling back the target's half of transaction %s.\n", id)
		if err := twophase.Rollback(ctx, l.target, both.target); err != nil {
			return err
		}
	}
	return l.forgetDecisions(ctx)
}

func (l *link) recoverPair(ctx context.Context, id string, targetPrepared bool) error {
	both, err := newPair(id)
	if err != nil {
		return err
	}
	if targetPrepared {
		l.printf("Recovery: committing both halves of transaction %s.\n", id)
		return l.commitPrepared(ctx, both)
	}
	decided, err := l.decided(ctx, id)
	if err != nil {
		return err
	}
	if decided {
		l.printf("Recovery: committing the source's half of transaction %s.\n", id)
		return twophase.Commit(ctx, l.source, both.source)
	}
	l.printf("Recovery: rolling back the source's half of transaction %s.\n", id)
	return twophase.Rollback(ctx, l.source, both.source)
}

// preparedIn gives the global IDs of the program's transactions that are prepared in a database.
func preparedIn(ctx context.Context, db *sql.DB, branch string) (map[string]bool, error) {
	database, err := pgadapt.One[string](db.QueryContext(ctx, "select current_database()::text"))
	if err != nil {
		return nil, err
	}
	all, err := twophase.Recover(ctx, db)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, prepared := range all {
		format, id, of, ok := prepared.Xid.Parts()
		if ok && format == formatID && of == branch && prepared.Database == database {
			ids[id] = true
		}
	}
	return ids, nil
}

// decided tells whether the target's half of a transaction is committed.
func (l *link) decided(ctx context.Context, id string) (bool, error) {
	there, err := l.hasDecisions(ctx)
	if err != nil || !there {
		return false, err
	}
	return pgadapt.One[bool](l.target.QueryContext(ctx,
		"select exists (select from pgadapt_sync.decision where id = $1)", id))
}

// forgetDecisions removes the decisions about transactions that have ended on both sides, as all have by now.
func (l *link) forgetDecisions(ctx context.Context) error {
	there, err := l.hasDecisions(ctx)
	if err != nil || !there {
		return err
	}
	_, err = l.target.ExecContext(ctx, "delete from pgadapt_sync.decision")
	return err
}

// hasDecisions tells whether there was a run before.
func (l *link) hasDecisions(ctx context.Context) (bool, error) {
	return pgadapt.One[bool](l.target.QueryContext(ctx, "select to_regclass('pgadapt_sync.decision') is not null"))
}
