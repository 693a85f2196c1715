package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pgadapt/pgadapt/compose"
)

// update brings the target up to date: chunks whose checksums differ are copied again.
func (l *link) update(ctx context.Context) error {
	l.printf("Looking for what has changed.\n")
	for _, table := range l.tables {
		if err := l.updateTable(ctx, table); err != nil {
			return fmt.Errorf("synchronising %s: %w", table, err)
		}
	}
	return l.setSequences(ctx)
}

func (l *link) updateTable(ctx context.Context, t *table) error {
	var chunk keyRange
	for {
		err := inSnapshot(ctx, l.source, func(source *sql.Tx) (err error) {
			if chunk, err = t.nextRange(ctx, source, chunk.upTo, l.chunk); err != nil {
				return err
			}
			same, err := l.same(ctx, source, t, chunk)
			if err != nil || same {
				return err
			}
			return l.replace(ctx, source, t, chunk)
		})
		if err != nil || chunk.upTo == nil {
			return err
		}
	}
}

// same compares a chunk on both sides.
func (l *link) same(ctx context.Context, source queryer, t *table, chunk keyRange) (bool, error) {
	want, err := t.checksumOf(ctx, source, chunk)
	if err != nil {
		return false, err
	}
	have, err := t.checksumOf(ctx, l.target, chunk)
	return have == want, err
}

// replace copies a chunk anew. The transactions of both sides are committed, or none of them is.
func (l *link) replace(ctx context.Context, source *sql.Tx, t *table, chunk keyRange) error {
	target, err := l.target.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer target.Rollback()

	copied, err := rewrite(ctx, source, target, t, chunk)
	if err != nil {
		return err
	}
	if err := l.commitBoth(ctx, source, target); err != nil {
		return err
	}
	l.printf("  %s, %s: replaced by %d rows\n", t, chunk, copied.Rows)
	return nil
}

// rewrite copies a chunk over what the target has, and marks in the source that the target has it.
func rewrite(ctx context.Context, source, target *sql.Tx, t *table, chunk keyRange) (checksum, error) {
	err := execute(ctx, target, compose.Format("delete from {} where {}", t.identifier(), t.condition(chunk)))
	if err != nil {
		return checksum{}, err
	}
	copied, err := t.transferVerified(ctx, source, target, chunk)
	if err != nil {
		return checksum{}, err
	}
	_, err = source.ExecContext(ctx, `
		insert into pgadapt_sync.mark (table_schema, table_name, after_key, up_to_key, rows, checksum)
		values ($1, $2, $3, $4, $5, $6)`, t.schema, t.name, chunk.after, chunk.upTo, copied.Rows, copied.Sum)
	return copied, err
}
