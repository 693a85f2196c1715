package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compose"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/examples/internal/exampleserver"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// shopTables are what is migrated in the demonstration.
const shopTables = `
	create type status as enum ('new', 'paid', 'sent', 'given back');
	create type address as (street text, city text);
	create table customer (
		id   bigint generated always as identity primary key,
		name text not null,
		home address,
		tags text[]
	);
	insert into customer (name, home, tags)
		select 'Customer "' || i || '"', row('Street ' || i, null)::address, array['a, b', null, i::text]
		from generate_series(1, 2000) i;
	create table "Order" (
		customer bigint, number int, status status not null default 'new', history status[], total numeric(10, 2),
		at timestamptz not null default now(),
		primary key (customer, number)
	);
	insert into "Order" (customer, number, status, history, total)
		select i, n, 'paid', '{new,paid}', i * n / 7.0 from generate_series(1, 7000) i, generate_series(1, 3) n;
	create table log_line (line text);
	insert into log_line values ('made'), (null)`

const shopChanges = `
	update "Order" set status = 'sent', history = history || 'sent'::status where customer between 5000 and 5010;
	delete from customer where id = 1234;
	insert into customer (name) values ('A new one');
	insert into log_line values ('changed')`

// demonstrate copies one database of its own to another, changes the first one, damages the second one, and looks each
// time what the program makes of it.
func demonstrate(ctx context.Context, options options, out, diagnostics io.Writer) (err error) {
	server, err := exampleserver.Open(ctx, "", pgtest.Options{}, diagnostics)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	both, err := makeSides(ctx, server.DSN)
	if err != nil {
		return fmt.Errorf("making two databases: %w", err)
	}
	defer func() { err = errors.Join(err, both.close(ctx)) }()
	if err := both.execute(ctx, "source", shopTables); err != nil {
		return fmt.Errorf("filling the source: %w", err)
	}
	options.source, options.target = both.dsns["source"], both.dsns["target"]
	return both.show(ctx, options, out)
}

// show runs the program again and again.
func (s *sides) show(ctx context.Context, options options, out io.Writer) error {

	fmt.Fprint(out, "A migration:\n\n")
	if err := synchronise(ctx, options, out); err != nil {
		return err
	}
	fmt.Fprint(out, "\nThe source has changed:\n\n")
	if err := s.execute(ctx, "source", shopChanges); err != nil {
		return err
	}
	if err := synchronise(ctx, options, out); err != nil {
		return err
	}
	fmt.Fprint(out, "\nSomebody has changed a cent in the target:\n\n")
	if err := s.execute(ctx, "target", `update "Order" set total = total + 0.01 where (customer, number) = (1234, 2)`); err != nil {
		return err
	}
	options.verify = true
	if err := synchronise(ctx, options, out); err == nil {
		return errors.New("verifying has not found the damage")
	}
	fmt.Fprint(out, "\nWhich another run repairs:\n\n")
	options.verify = false
	return synchronise(ctx, options, out)
}

// sides are two databases on one server.
type sides struct {
	server *sql.DB
	names  map[string]string // of the databases: source and target
	dsns   map[string]string
}

// makeSides makes both databases, empty.
func makeSides(ctx context.Context, serverDSN string) (_ *sides, err error) {
	server, err := sql.Open(pgadapt.DriverName, serverDSN)
	if err != nil {
		return nil, err
	}
	s := &sides{server, map[string]string{}, map[string]string{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(ctx))
		}
	}()
	for _, side := range []string{"source", "target"} {
		name := "pgadapt_sync_" + side + "_" + strings.ToLower(rand.Text())
		parameters, err := dsn.Make(serverDSN, "dbname", name)
		if err != nil {
			return nil, err
		}
		if err := execute(ctx, server, compose.Format("create database {}", compose.Identifier(name))); err != nil {
			return nil, err
		}
		s.names[side], s.dsns[side] = name, parameters.String()
	}
	return s, nil
}

// execute runs statements in one of the databases.
func (s *sides) execute(ctx context.Context, side, statements string) (err error) {
	db, err := sql.Open(pgadapt.DriverName, s.dsns[side])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, statements)
	return err
}

// cleanupTimeout limits the clean-up, which also runs after an interrupt.
const cleanupTimeout = 30 * time.Second

// close drops the databases.
func (s *sides) close(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	for _, name := range s.names {
		err = errors.Join(err, execute(ctx, s.server, compose.Format("drop database {} with (force)", compose.Identifier(name))))
	}
	return errors.Join(err, s.server.Close())
}
