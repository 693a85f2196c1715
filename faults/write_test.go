package faults_test

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"

	"github.com/pgadapt/pgadapt"
)

// write is one way to insert a number into a counter table. Without an error it is acknowledged.
type write struct {
	name string
	do   func(ctx context.Context, db *sql.DB, table string, number int) error
}

// writes are all ways in which a program can have the server change something.
var writes = []write{
	{"exec without arguments", func(ctx context.Context, db *sql.DB, table string, number int) error {
		_, err := db.ExecContext(ctx, fmt.Sprintf("insert into %s values (%d)", table, number))
		return err
	}},
	{"exec of two statements", func(ctx context.Context, db *sql.DB, table string, number int) error {
		_, err := db.ExecContext(ctx, fmt.Sprintf("insert into %s values (%d); select 1", table, number))
		return err
	}},
	{"exec with arguments", func(ctx context.Context, db *sql.DB, table string, number int) error {
		_, err := db.ExecContext(ctx, "insert into "+table+" values ($1)", number)
		return err
	}},
	{"query with returning", func(ctx context.Context, db *sql.DB, table string, number int) error {
		var returned int
		return db.QueryRowContext(ctx, "insert into "+table+" values ($1) returning number", number).Scan(&returned)
	}},
	{"query without arguments", func(ctx context.Context, db *sql.DB, table string, number int) error {
		var returned int
		return db.QueryRowContext(ctx, fmt.Sprintf("insert into %s values (%d) returning number", table, number)).Scan(&returned)
	}},
	{"prepared statement", func(ctx context.Context, db *sql.DB, table string, number int) error {
		prepared, err := db.PrepareContext(ctx, "insert into "+table+" values ($1)")
		if err != nil {
			return err
		}
		defer prepared.Close()
		_, err = prepared.ExecContext(ctx, number)
		return err
	}},
	{"transaction", func(ctx context.Context, db *sql.DB, table string, number int) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		if _, err := tx.ExecContext(ctx, "insert into "+table+" values ($1)", number); err != nil {
			return err
		}
		return tx.Commit()
	}},
	{"batch", func(ctx context.Context, db *sql.DB, table string, number int) error {
		_, err := db.ExecContext(ctx, "insert into "+table+" values ($1)", pgadapt.Batch(oneRow(number)))
		return err
	}},
	{"values", func(ctx context.Context, db *sql.DB, table string, number int) error {
		_, err := db.ExecContext(ctx, "insert into "+table+" values $1", pgadapt.Values(oneRow(number)))
		return err
	}},
	{"copy from a reader", func(ctx context.Context, db *sql.DB, table string, number int) error {
		_, err := db.ExecContext(ctx, "copy "+table+" from stdin", strings.NewReader(fmt.Sprintln(number)))
		return err
	}},
	{"copy of rows", func(ctx context.Context, db *sql.DB, table string, number int) error {
		_, err := db.ExecContext(ctx, "copy "+table+" from stdin", pgadapt.CopyRows(oneRow(number)))
		return err
	}},
}

func oneRow(number int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) { yield([]any{number}, nil) }
}
