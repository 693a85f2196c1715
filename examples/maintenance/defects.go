package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compose"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/pgerr"
)

// defects is a database that has everything which the report looks for.
type defects struct {
	dsn    string
	name   string
	server *sql.DB
	open   *sql.DB // has a transaction that somebody has forgotten
}

// defectiveTables have autovacuum off, so that it does not repair them before they are shown.
const defectiveTables = `
	create table event (
		id      bigint generated always as identity primary key,
		kind    text not null,
		payload text not null
	) with (autovacuum_enabled = off);
	create index event_payload on event (payload);
	insert into event (kind, payload)
		select 'kind ' || i % 7, repeat(md5(i::text), 3) from generate_series(1, 15000) i;
	delete from event where id % 10 <> 0;

	create table customer (
		id    smallint generated always as identity primary key,
		name  text not null,
		email text not null
	) with (autovacuum_enabled = off);
	create index customer_name on customer (name);
	create index customer_name_again on customer (name);
	insert into customer (name, email)
		select 'customer ' || i, 'c' || i || '@example.com' from generate_series(1, 10000) i;
	insert into customer (name, email) values ('the same', 'c1@example.com');
	select setval('customer_id_seq', 30000);

	create table import_log (at timestamptz not null default now(), line text);
	insert into import_log (line) values ('done')`

// makeDefects makes the database on a server.
func makeDefects(ctx context.Context, serverDSN string) (_ *defects, err error) {
	server, err := sql.Open(pgadapt.DriverName, serverDSN)
	if err != nil {
		return nil, err
	}
	d := &defects{name: "pgadapt_maintenance_" + strings.ToLower(rand.Text()), server: server}
	if _, err := server.ExecContext(ctx, "create database "+d.name); err != nil {
		return nil, errors.Join(err, server.Close())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close(ctx))
		}
	}()
	parameters, err := dsn.Make(serverDSN, "dbname", d.name)
	if err != nil {
		return nil, err
	}
	d.dsn = parameters.String()
	if err := d.fill(ctx); err != nil {
		return nil, err
	}
	return d, d.forgetTransaction(ctx)
}

// fill makes the tables and lets them grow old.
func (d *defects) fill(ctx context.Context) error {
	if err := d.inOneSession(ctx, defectiveTables); err != nil {
		return err
	}
	err := d.inOneSession(ctx, "create unique index concurrently customer_email on customer (email)")
	if !errors.Is(err, pgerr.UniqueViolation) {
		return fmt.Errorf("the index that was to fail: %w", err)
	}
	if err := d.inOneSession(ctx, "delete from customer where name = 'the same'"); err != nil {
		return err
	}
	if err := d.awaitDeadTuples(ctx, "event", 13500); err != nil {
		return err
	}
	if err := d.inOneSession(ctx, "vacuum (analyze, truncate false) event", "analyze customer"); err != nil {
		return err
	}
	if err := d.inOneSession(ctx, "update customer set name = upper(name) where id % 2 = 0"); err != nil {
		return err
	}
	return d.awaitDeadTuples(ctx, "customer", 5000)
}

// inOneSession runs statements in a session of their own, at whose end the server adds up what they have done.
func (d *defects) inOneSession(ctx context.Context, statements ...string) (err error) {
	db, err := sql.Open(pgadapt.DriverName, d.dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// awaitDeadTuples waits until the server counts the dead tuples of a table, which it does shortly after they have died.
func (d *defects) awaitDeadTuples(ctx context.Context, table string, count int) error {
	db, err := sql.Open(pgadapt.DriverName, d.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		var counted bool
		query := "select n_dead_tup >= $1 from pg_stat_user_tables where relname = $2"
		if err := db.QueryRowContext(ctx, query, count, table).Scan(&counted); err != nil || counted {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// forgetTransaction leaves a session inside a transaction.
func (d *defects) forgetTransaction(ctx context.Context) (err error) {
	if d.open, err = sql.Open(pgadapt.DriverName, d.dsn); err != nil {
		return err
	}
	// The transaction ends with the pool, not with the context of a single call.
	tx, err := d.open.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "select 'and then the phone rang'")
	return err
}

// close drops the database. The forgotten transaction ends with its session, which the server ends.
func (d *defects) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	statement := compose.Format("drop database {} with (force)", compose.Identifier(d.name)).String()
	_, err := d.server.ExecContext(ctx, statement)
	if d.open != nil {
		d.open.Close() // its session is gone already
	}
	return errors.Join(err, d.server.Close())
}
