package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pgadapt/pgadapt"
)

const (
	accounts       = 100
	initialBalance = 1000
)

// bank has accounts whose balances always add up to the same sum, and a ledger with a line for each transfer.
type bank struct {
	db    *sql.DB
	tally tally
}

func openBank(ctx context.Context, dsn string, connections int) (*bank, error) {
	config, err := pgadapt.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["application_name"] = application
	config.RuntimeParams["lock_timeout"] = "10s"
	db := sql.OpenDB(pgadapt.NewConnector(config))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	_, err = db.ExecContext(ctx, fmt.Sprintf(`
		create table account (id int primary key, balance int8 not null check (balance >= 0));
		create table ledger (transfer int8 primary key, debit int not null, credit int not null, amount int8 not null);
		insert into account select i, %d from generate_series(1, %d) i;`, initialBalance, accounts))
	if err == nil { // outside of a transaction, so that the driver may find out that there is no pooler
		_, err = db.ExecContext(ctx, "select $1::int", 1)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return &bank{db: db, tally: tally{kinds: map[string]int{}}}, nil
}

// work transfers money until ctx ends. A transfer that has failed is followed by another one.
func (b *bank) work(ctx context.Context) {
	failedBefore := false
	for ctx.Err() == nil {
		limit := time.Minute
		if rand.IntN(5) == 0 {
			limit = time.Duration(rand.IntN(50_000)) * time.Microsecond
		}
		limited, stop := context.WithTimeout(ctx, limit)
		outcome, err := b.transfer(limited)
		stop()
		b.tally.add(outcome, err, failedBefore)
		failedBefore = err != nil
	}
}

// transfer moves money from one account to another in a transaction, and looks at both while their rows are open.
func (b *bank) transfer(ctx context.Context) (outcome, error) {
	number, amount := rand.Int64(), rand.Int64N(20)
	debit, credit := 1+rand.IntN(accounts), 1+rand.IntN(accounts)
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return failed, err
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, "select * from account where id in ($1, $2) order by id for update", debit, credit)
	if err != nil {
		return failed, err
	}
	defer rows.Close()
	for rows.Next() {
		columns, err := rows.Columns()
		if err != nil {
			return failed, err
		}
		var id int
		var balance int64
		destinations := []any{&id, &balance}
		for range columns[2:] { // columns come and go
			destinations = append(destinations, new(any))
		}
		if err := rows.Scan(destinations...); err != nil {
			return failed, err
		}
		change := amount
		switch {
		case debit == credit:
			change = 0
		case id == debit && balance < amount:
			return refused, nil
		case id == debit:
			change = -amount
		}
		if _, err := tx.ExecContext(ctx, "update account set balance = balance + $1 where id = $2", change, id); err != nil {
			return failed, err
		}
	}
	if err := rows.Err(); err != nil {
		return failed, err
	}
	if _, err := tx.ExecContext(ctx, "insert into ledger values ($1, $2, $3, $4)", number, debit, credit, amount); err != nil {
		return failed, err
	}
	err = tx.Commit()
	switch {
	case err == nil:
		return committed, nil
	case isRefusal(err) || errors.Is(err, sql.ErrTxDone):
		return failed, err
	}
	return unknown, err
}

// close compares what the bank has with what the workers were told, and prints the summary.
func (b *bank) close(ctx context.Context, duration time.Duration, faults *faults) error {
	var money, transfers int64
	var err error
	for range 100 { // the server may still be recovering
		err = b.db.QueryRowContext(ctx, "select (select sum(balance)::int8 from account), (select count(*) from ledger)").Scan(&money, &transfers)
		if err == nil {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	if err != nil {
		return fmt.Errorf("the accounts cannot be read: %w", err)
	}
	lost := accounts*initialBalance - money
	b.tally.print()
	fmt.Printf("soak of %v: %d operations, %d faults (%s), %d failed, %d recoveries, %d acknowledged transfers, "+
		"%d with unknown outcome, %d in the ledger, money lost: %d\n",
		duration, b.tally.operations, faults.count(), faults, b.tally.failures, b.tally.recoveries,
		b.tally.committed, b.tally.unknown, transfers, lost)
	if lost != 0 || transfers < b.tally.committed || transfers > b.tally.committed+b.tally.unknown || b.tally.unexplained > 0 {
		return fmt.Errorf("not what it should be, see above (%d errors without an explanation)", b.tally.unexplained)
	}
	return nil
}
