// Package session is what the measured programs have in common, so that they differ in their driver alone.
package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// Main ends at once unless the environment variable PGADAPT_SIZE_DSN has a connection string: what a program costs before it
// does anything is measured. The code is there so that the linker keeps what programs use of database/sql.
func Main(driverName string) {
	dsn, ok := os.LookupEnv("PGADAPT_SIZE_DSN")
	if !ok {
		return
	}
	if err := work(context.Background(), driverName, dsn); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func work(ctx context.Context, driverName, dsn string) (err error) {
	db, err := sql.Open(driverName, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer tx.Rollback() // says that it is over, after Commit
	if _, err := tx.ExecContext(ctx, "create temporary table moments (at timestamptz)"); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, "insert into moments values ($1) returning at")
	if err != nil {
		return err
	}
	var at time.Time
	if err := insert.QueryRowContext(ctx, time.Now()).Scan(&at); err != nil {
		return err
	}
	fmt.Println(at)
	return tx.Commit()
}
