package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"github.com/pgadapt/pgadapt/compose"
)

// transfer copies the rows of a range from the source to the target: what the COPY of one gives goes through a pipe
// into the COPY of the other while it is made, so that memory does not grow with the rows.
func (t *table) transfer(ctx context.Context, source, target *sql.Tx, r keyRange) (rows int64, err error) {
	format := compose.UnsafeSQL(t.format())
	out := compose.Format("copy (select {} from {} where {}) to stdout (format {})",
		t.copiedNames(), t.identifier(), t.condition(r), format).String()
	in := compose.Format("copy {} ({}) from stdin (format {})", t.identifier(), t.copiedNames(), format).String()

	reader, writer := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := source.ExecContext(ctx, out, writer)
		writer.CloseWithError(err) // without an error the reader comes to the end
		sent <- err
	}()
	result, err := target.ExecContext(ctx, in, reader)
	reader.CloseWithError(errTargetFailed) // the source must not wait for a target that reads no more
	if sourceErr := <-sent; sourceErr != nil && !errors.Is(sourceErr, errTargetFailed) {
		return 0, fmt.Errorf("reading %s, %s: %w", t, r, sourceErr)
	}
	if err != nil {
		return 0, fmt.Errorf("writing %s, %s: %w", t, r, err)
	}
	return result.RowsAffected()
}

var errTargetFailed = errors.New("the target has failed")

// transferVerified copies a range, and compares the checksums before anything is committed.
func (t *table) transferVerified(ctx context.Context, source, target *sql.Tx, r keyRange) (checksum, error) {
	if _, err := t.transfer(ctx, source, target, r); err != nil {
		return checksum{}, err
	}
	want, err := t.checksumOf(ctx, source, r)
	if err != nil {
		return checksum{}, err
	}
	have, err := t.checksumOf(ctx, target, r)
	if err != nil {
		return checksum{}, err
	}
	if have != want {
		return checksum{}, fmt.Errorf("%s, %s: %d rows arrived other than the %d that were sent", t, r, have.Rows, want.Rows)
	}
	return want, nil
}

// inSnapshot runs f in a transaction that sees the source as it is now, whatever happens to it meanwhile, and rolls it
// back unless f ends it.
func inSnapshot(ctx context.Context, source *sql.DB, f func(*sql.Tx) error) error {
	tx, err := source.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(tx)
}
