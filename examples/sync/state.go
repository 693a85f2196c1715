package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pgadapt/pgadapt"
)

// ownSource has the name of the source, by which a target knows it, and a line for each chunk that was synchronised.
const ownSource = `
	create schema if not exists pgadapt_sync;
	create table if not exists pgadapt_sync.identity (name uuid not null default gen_random_uuid());
	create table if not exists pgadapt_sync.mark (
		number       bigint generated always as identity primary key,
		table_schema text not null, table_name text not null,
		after_key    text[], up_to_key text[],
		rows         bigint not null, checksum text not null,
		at           timestamptz not null default now()
	);
	insert into pgadapt_sync.identity select where not exists (select from pgadapt_sync.identity)`

// ownTarget has the source that the target belongs to, how far each table is, and the decisions of two-phase commit.
const ownTarget = `
	create schema if not exists pgadapt_sync;
	create table if not exists pgadapt_sync.source (name uuid not null);
	create table if not exists pgadapt_sync.progress (
		table_schema text, table_name text, primary key (table_schema, table_name),
		up_to_key    text[],                          -- of the last chunk that was copied
		rows         bigint not null default 0,
		complete     boolean not null default false
	);
	create table if not exists pgadapt_sync.decision (
		id text primary key,
		at timestamptz not null default now()
	)`

// createOwn makes the program's own tables on both sides, and refuses a target that belongs to another source.
func (l *link) createOwn(ctx context.Context) error {
	if _, err := l.source.ExecContext(ctx, ownSource); err != nil {
		return fmt.Errorf("preparing the source: %w", err)
	}
	if _, err := l.target.ExecContext(ctx, ownTarget); err != nil {
		return fmt.Errorf("preparing the target: %w", err)
	}
	name, err := pgadapt.One[string](l.source.QueryContext(ctx, "select name::text from pgadapt_sync.identity"))
	if err != nil {
		return err
	}
	known, err := pgadapt.One[string](l.target.QueryContext(ctx, "select name::text from pgadapt_sync.source"))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = l.target.ExecContext(ctx, "insert into pgadapt_sync.source values ($1)", name)
		return err
	case err != nil:
		return err
	case known != name:
		return errors.New("the target was filled from another source")
	}
	return nil
}

// progress is how far the first copy of a table is.
type progress struct {
	upTo     []string
	rows     int64
	complete bool
}

// progressOf reads how far a table is; one that is not begun has the zero progress.
func (l *link) progressOf(ctx context.Context, t *table) (progress, error) {
	var p progress
	err := l.target.QueryRowContext(ctx, `
		select up_to_key, rows, complete from pgadapt_sync.progress where table_schema = $1 and table_name = $2`,
		t.schema, t.name).Scan(pgadapt.Array(&p.upTo), &p.rows, &p.complete)
	if errors.Is(err, sql.ErrNoRows) {
		return progress{}, nil
	}
	return p, err
}

// saveProgress stores how far a table is, in the transaction that has brought it there.
func saveProgress(ctx context.Context, tx *sql.Tx, t *table, p progress) error {
	_, err := tx.ExecContext(ctx, `
		insert into pgadapt_sync.progress (table_schema, table_name, up_to_key, rows, complete) values ($1, $2, $3, $4, $5)
		on conflict (table_schema, table_name)
		do update set up_to_key = excluded.up_to_key, rows = excluded.rows, complete = excluded.complete`,
		t.schema, t.name, p.upTo, p.rows, p.complete)
	return err
}
