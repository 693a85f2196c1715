package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// migrate copies what is not yet copied. A run that was stopped left whole chunks behind, and is gone on with.
func (l *link) migrate(ctx context.Context) error {
	for _, table := range l.tables {
		if err := l.migrateTable(ctx, table); err != nil {
			return fmt.Errorf("migrating %s: %w", table, err)
		}
	}
	return nil
}

func (l *link) migrateTable(ctx context.Context, t *table) error {
	done, err := l.progressOf(ctx, t)
	if err != nil || done.complete {
		return err
	}
	switch {
	case done.rows > 0:
		l.printf("Going on with %s after %d rows.\n", t, done.rows)
	case len(t.key) == 0:
		l.printf("Copying %s, in %s; as a whole, since it has no primary key.\n", t, t.format())
	default:
		l.printf("Copying %s, in %s.\n", t, t.format())
	}
	if err := l.mustBeEmptyAfter(ctx, t, done); err != nil {
		return err
	}
	for !done.complete {
		if done, err = l.migrateChunk(ctx, t, done); err != nil {
			return err
		}
		l.printf("  %s: %d rows\n", t, done.rows)
	}
	return nil
}

// mustBeEmptyAfter refuses to mix what is copied with rows that somebody else has put there.
func (l *link) mustBeEmptyAfter(ctx context.Context, t *table, done progress) error {
	there, err := t.checksumOf(ctx, l.target, keyRange{after: done.upTo})
	if err != nil {
		return err
	}
	if there.Rows > 0 {
		return errors.New("the target has rows where none were copied to: empty its table first")
	}
	return nil
}

// migrateChunk copies the next chunk. Its rows and how far the table is are one transaction of the target.
func (l *link) migrateChunk(ctx context.Context, t *table, done progress) (progress, error) {
	err := inSnapshot(ctx, l.source, func(source *sql.Tx) error {
		chunk, err := t.nextRange(ctx, source, done.upTo, l.chunk)
		if err != nil {
			return err
		}
		target, err := l.target.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer target.Rollback()

		copied, err := t.transferVerified(ctx, source, target, chunk)
		if err != nil {
			return err
		}
		done = progress{upTo: chunk.upTo, rows: done.rows + copied.Rows, complete: chunk.upTo == nil}
		if err := saveProgress(ctx, target, t, done); err != nil {
			return err
		}
		return target.Commit()
	})
	return done, err
}
