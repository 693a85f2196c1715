package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"time"
)

// createTables runs several statements at once, which works where there are no parameters.
const createTables = `
	create table observation (
		day           date primary key,
		precipitation numeric(5, 1) not null,   -- mm
		temp_max      float8 not null,          -- °C
		temp_min      float8 not null,          -- °C
		weather       text not null
	);
	create table record (
		id        int generated always as identity primary key,
		day       date not null references observation,
		temp_max  float8 not null,
		next_rain date
	)`

// load makes the tables and fills them from the data set.
func load(ctx context.Context, db *sql.DB, out io.Writer) error {
	started := time.Now()
	observations, err := readObservations()
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, createTables); err != nil {
		return err
	}
	if err := insert(ctx, db, observations); err != nil {
		return err
	}

	var days int
	var first, last time.Time
	query := "select count(*), min(day), max(day) from observation"
	if err := db.QueryRowContext(ctx, query).Scan(&days, &first, &last); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Loaded %d days of weather in Seattle, %s to %s, in %s.\n",
		days, date(first), date(last), milliseconds(time.Since(started)))
	return err
}

// insert prepares a statement once and runs it for each day. All days arrive or none.
func insert(ctx context.Context, db *sql.DB, observations []observation) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit

	stmt, err := tx.PrepareContext(ctx, `
		insert into observation (day, precipitation, temp_max, temp_min, weather)
		values ($1, $2, $3, $4, $5)`)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, o := range observations {
		if _, err := stmt.ExecContext(ctx, o.day, o.precipitation, o.tempMax, o.tempMin, o.weather); err != nil {
			return fmt.Errorf("%s: %w", date(o.day), err)
		}
	}
	return tx.Commit()
}
