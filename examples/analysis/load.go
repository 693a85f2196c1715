package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pgadapt/pgadapt"
)

const createTables = `
	create table airport (
		iata text primary key, name text not null, city text, state text, country text,
		latitude float8 not null, longitude float8 not null
	);
	create table flight (
		at          timestamp not null,
		delay       int not null,   -- minutes
		distance    int not null,   -- miles
		origin      text not null,
		destination text not null
	)`

// load makes the tables and fills them with what the folder has.
func load(ctx context.Context, db *sql.DB, dir string, out, diagnostics io.Writer) error {
	if _, err := db.ExecContext(ctx, createTables); err != nil {
		return err
	}
	if err := loadAirports(ctx, db, filepath.Join(dir, airportsFile)); err != nil {
		return err
	}
	started := time.Now()
	count, err := loadFlights(ctx, db, filepath.Join(dir, flightsFile), diagnostics)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "analyze"); err != nil {
		return err
	}
	taken := time.Since(started).Seconds()
	_, err = fmt.Fprintf(out, "Loaded %d flights in %.1f s, %.0f a second.\n", count, taken, float64(count)/taken)
	return err
}

// loadAirports has the server read the file itself: COPY takes any io.Reader.
func loadAirports(ctx context.Context, db *sql.DB, path string) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = db.ExecContext(ctx, "copy airport from stdin (format csv, header)", file)
	return err
}

// loadFlights sends the rows while they are read, and shows how far it is.
func loadFlights(ctx context.Context, db *sql.DB, path string, diagnostics io.Writer) (count int64, err error) {
	flights, err := openFlights(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, flights.close()) }()

	bar := newBar(diagnostics, "flights", flights.count())
	defer bar.end()
	result, err := db.ExecContext(ctx, "copy flight from stdin", pgadapt.CopyRows(flights.rows()),
		pgadapt.CopyProgress(func(done pgadapt.Copied) { bar.show(done.Rows) }))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
