package faults_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// read is one way to get the numbers from 1 to wantedRows.
type read struct {
	name string
	do   func(ctx context.Context, db *sql.DB) (numbers []int, err error)
}

const wantedRows = 6

func completeResult() []int {
	numbers := make([]int, wantedRows)
	for i := range numbers {
		numbers[i] = i + 1
	}
	return numbers
}

var reads = []read{
	{"query with arguments", func(ctx context.Context, db *sql.DB) ([]int, error) {
		return numbersOf(db.QueryContext(ctx, "select generate_series(1, $1::int)", wantedRows))
	}},
	{"query without arguments", func(ctx context.Context, db *sql.DB) ([]int, error) {
		return numbersOf(db.QueryContext(ctx, fmt.Sprintf("select generate_series(1, %d)", wantedRows)))
	}},
	{"two result sets", func(ctx context.Context, db *sql.DB) ([]int, error) {
		return numbersOf(db.QueryContext(ctx, fmt.Sprintf("select generate_series(1, 3); select generate_series(4, %d)", wantedRows)))
	}},
	{"rows read ahead", readAhead},
	{"copy to a writer", func(ctx context.Context, db *sql.DB) (numbers []int, err error) {
		var text strings.Builder
		_, err = db.ExecContext(ctx, fmt.Sprintf("copy (select generate_series(1, %d)) to stdout", wantedRows), &text)
		for line := range strings.Lines(text.String()) {
			var number int
			if _, err := fmt.Sscan(line, &number); err != nil {
				return nil, err
			}
			numbers = append(numbers, number)
		}
		return numbers, err
	}},
}

// readAhead runs another statement while the rows are open.
func readAhead(ctx context.Context, db *sql.DB) (numbers []int, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	rows, err := tx.QueryContext(ctx, "select generate_series(1, $1::int)", wantedRows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if _, err := tx.ExecContext(ctx, "select 1"); err != nil {
		return nil, err
	}
	return numbersOf(rows, nil)
}

func numbersOf(rows *sql.Rows, err error) (numbers []int, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for more := true; more; more = rows.NextResultSet() {
		for rows.Next() {
			var number int
			if err := rows.Scan(&number); err != nil {
				return nil, err
			}
			numbers = append(numbers, number)
		}
	}
	return numbers, rows.Err()
}
