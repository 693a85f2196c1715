package main

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	printed "github.com/pgadapt/pgadapt/examples/internal/table"
)

// verify compares both sides, and fails where they differ. What changes in the source meanwhile is a difference, too.
func (l *link) verify(ctx context.Context) error {
	answer := printed.New("table", "rows", "chunks", "differing")
	differing := 0
	for _, table := range l.tables {
		found, err := l.verifyTable(ctx, table)
		if err != nil {
			return fmt.Errorf("verifying %s: %w", table, err)
		}
		differing += found.differing
		answer.Add(table.String(), strconv.FormatInt(found.rows, 10), strconv.Itoa(found.chunks), strconv.Itoa(found.differing))
	}
	l.printf("Verified by checksums of both servers:\n%s", answer)
	if differing > 0 {
		return fmt.Errorf("source and target differ in %d chunks", differing)
	}
	return nil
}

// comparison is what was found in a table.
type comparison struct {
	rows      int64
	chunks    int
	differing int
}

func (l *link) verifyTable(ctx context.Context, t *table) (comparison, error) {
	var found comparison
	err := inSnapshot(ctx, l.source, func(source *sql.Tx) error {
		var chunk keyRange
		for {
			var err error
			if chunk, err = t.nextRange(ctx, source, chunk.upTo, l.chunk); err != nil {
				return err
			}
			want, err := t.checksumOf(ctx, source, chunk)
			if err != nil {
				return err
			}
			have, err := t.checksumOf(ctx, l.target, chunk)
			if err != nil {
				return err
			}
			found.rows, found.chunks = found.rows+want.Rows, found.chunks+1
			if have != want {
				found.differing++
				l.printf("  %s, %s: %d rows in the source, %d in the target, other checksum\n", t, chunk, want.Rows, have.Rows)
			}
			if chunk.upTo == nil {
				return nil
			}
		}
	})
	return found, err
}
