package workload

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

const (
	insertTable = "create unlogged table " + Schema + ".inserted (a int8, b text, c timestamptz, d float8)"
	insertReset = "truncate " + Schema + ".inserted"
	insertQuery = "insert into " + Schema + ".inserted values ($1, $2, $3, $4)"
	insertCheck = "select concat(count(*), ' ', sum(a), ' ', min(b), ' ', max(c), ' ', sum(d)) from " + Schema + ".inserted"
)

// insertArguments are boxed once, so that what a driver allocates is its own.
var insertArguments = []any{int64(1234567), "product number 1234567", time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC), 1.5}

var insertTexts = [][]byte{[]byte("1234567"), []byte("product number 1234567"), []byte("2024-05-06 07:08:09+00"), []byte("1.5")}

// writing is statements that store rows, and transactions.
func writing() []Workload {
	return []Workload{
		{
			Name:   "write/insert",
			Tables: []string{insertTable}, Reset: insertReset, Verify: insertCheck,
			SQL:  insertOne,
			Wire: dropAll(insertQuery, insertTexts...),
		},
		{
			Name:   "write/insert-batch-100",
			Tables: []string{insertTable}, Reset: insertReset, Verify: insertCheck,
			SQL:  insertBatch,
			Wire: inTransaction(insertQuery, insertTexts, batchRows),
		},
		{
			Name:   "write/batch-1000",
			Tables: []string{insertTable}, Reset: insertReset, Verify: insertCheck,
			SQL: batchOfInserts,
		},
		{
			Name: "write/transaction-select",
			SQL:  selectInTransaction,
			Wire: inTransaction(selectInt, [][]byte{[]byte("42")}, 1),
		},
	}
}

func insertOne(_ context.Context, session *SQLSession) (Operation, error) {
	return func(ctx context.Context, _ *Checksum) error {
		_, err := session.DB.ExecContext(ctx, insertQuery, insertArguments...)
		return err
	}, nil
}

// batchRows is the number of rows that a batch inserts.
const batchRows = 100

// insertBatch executes a prepared statement for each row, the one way that every driver has.
func insertBatch(_ context.Context, session *SQLSession) (Operation, error) {
	return func(ctx context.Context, _ *Checksum) error {
		tx, err := session.DB.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := insertPrepared(ctx, tx); err != nil {
			return err
		}
		return tx.Commit()
	}, nil
}

func insertPrepared(ctx context.Context, tx *sql.Tx) error {
	stmt, err := tx.PrepareContext(ctx, insertQuery)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for range batchRows {
		if _, err := stmt.ExecContext(ctx, insertArguments...); err != nil {
			return err
		}
	}
	return nil
}

// batchOfInserts gives the driver all rows at once, in the way that it has for that.
func batchOfInserts(_ context.Context, session *SQLSession) (Operation, error) {
	batcher, ok := session.Driver.(drivers.Batcher)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return func(ctx context.Context, _ *Checksum) error {
		return batcher.Batch(ctx, session.DB, insertQuery, 1000, insertArguments)
	}, nil
}

func selectInTransaction(_ context.Context, session *SQLSession) (Operation, error) {
	var value int64
	return func(ctx context.Context, checksum *Checksum) error {
		tx, err := session.DB.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := scanRow(tx.QueryRowContext(ctx, selectInt, answer), checksum, &value); err != nil {
			return err
		}
		return tx.Commit()
	}, nil
}

// inTransaction is the floor of statements in a transaction, each in a round trip of its own.
func inTransaction(query string, arguments [][]byte, times int) func(context.Context, *WireSession) (Operation, error) {
	return func(ctx context.Context, session *WireSession) (Operation, error) {
		conn, err := session.connect(ctx)
		if err != nil {
			return nil, err
		}
		run, err := dropRows(ctx, conn, query, arguments)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, checksum *Checksum) error {
			if err := command(ctx, conn, "begin"); err != nil {
				return err
			}
			for range times {
				if err := run(ctx, checksum); err != nil {
					return err
				}
			}
			return command(ctx, conn, "commit")
		}, nil
	}
}

func command(ctx context.Context, conn *pgconn.PgConn, text string) error {
	return conn.Exec(ctx, text).Close()
}
