package main

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/pgadapt/pgadapt/examples/internal/table"
)

// whatIf changes the data in a transaction, looks at it there, and takes the change back.
func whatIf(ctx context.Context, db *sql.DB) (*table.Table, error) {
	answer := table.New("data", "days of 30 °C or more", "warmest °C")
	if err := addHotDays(ctx, db, answer, "as measured"); err != nil {
		return nil, err
	}

	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // for the early returns
	if _, err := tx.ExecContext(ctx, "update observation set temp_max = temp_max + $1", 2.0); err != nil {
		return nil, err
	}
	if err := addHotDays(ctx, tx, answer, "in the transaction"); err != nil {
		return nil, err
	}
	if err := tx.Rollback(); err != nil {
		return nil, err
	}

	return answer, addHotDays(ctx, db, answer, "after the rollback")
}

// querier is what *sql.DB and *sql.Tx have in common here.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// addHotDays adds to a table how hot it is in the data as db sees them.
func addHotDays(ctx context.Context, db querier, answer *table.Table, when string) error {
	var hotDays int
	var warmest float64
	err := db.QueryRowContext(ctx, "select count(*) filter (where temp_max >= $1), max(temp_max) from observation", 30).
		Scan(&hotDays, &warmest)
	if err != nil {
		return err
	}
	answer.Add(when, strconv.Itoa(hotDays), degrees(warmest))
	return nil
}
