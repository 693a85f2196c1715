package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/examples/internal/exampleserver"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

const demoTables = `
	create table item (
		id       int primary key,
		name     text not null,
		price    numeric(8, 2),
		in_stock bool not null default true,
		tags     text[]
	);
	create table purchase (
		id      bigint generated always as identity primary key,
		item    int not null references item,
		at      timestamptz not null,
		details jsonb
	)`

// demoTransactions are what happens in the demo.
var demoTransactions = [][]string{
	{
		"insert into item (id, name, price, tags) values (1, 'kettle', 24.90, '{kitchen,steel}')",
		"insert into item (id, name, in_stock) values (2, 'lamp', false)",
	},
	{
		"insert into purchase (item, at, details) values (1, '2026-03-01 12:30:00.25+01', '{\"gift\": true, \"pieces\": 2}')",
		"update item set price = 22.50 where id = 1",
	},
	{"update item set id = 3 where id = 2"},
	{"delete from item where id = 3"},
	{"truncate purchase restart identity"},
}

// demonstrate shows a feed on a server of its own, where somebody changes tables meanwhile.
func demonstrate(ctx context.Context, wanted command, out, diagnostics io.Writer) (err error) {
	// The setting is the default of these servers. Asking for it makes it a server of this run.
	options := pgtest.Options{Settings: map[string]string{"wal_level": "logical"}}
	server, err := exampleserver.Open(ctx, "", options, diagnostics)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	config, err := readConfig(server.DSN)
	if err != nil {
		return err
	}
	db := openDB(config)
	defer db.Close()
	if err := server.Introduce(ctx, db, diagnostics); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, demoTables); err != nil {
		return err
	}
	wanted.dsn = server.DSN
	return feedDemo(ctx, db, wanted, out, diagnostics)
}

// feedDemo runs the feed until it has come to the last transaction of the demo.
func feedDemo(ctx context.Context, db *sql.DB, wanted command, out, diagnostics io.Writer) error {
	feedCtx, stop := context.WithCancel(ctx)
	defer stop()
	played := make(chan error, 1)
	var lastXID atomic.Uint32
	watched := watcher{
		started: func() {
			go func() {
				err := play(ctx, db, &lastXID)
				if err != nil {
					stop()
				}
				played <- err
			}()
		},
		committed: func(xid uint32) {
			if xid == lastXID.Load() {
				stop()
			}
		},
	}
	if err := feedFrom(feedCtx, wanted, out, diagnostics, watched); err != nil {
		return err
	}
	if err := <-played; err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// pause lets somebody who watches see the transactions one by one.
const pause = 300 * time.Millisecond

// play runs the transactions of the demo. Before it commits the last one, it says which that is.
func play(ctx context.Context, db *sql.DB, lastXID *atomic.Uint32) error {
	for i, statements := range demoTransactions {
		time.Sleep(pause)
		err := pgadapt.RunTx(ctx, db, nil, func(tx *sql.Tx) error {
			for _, statement := range statements {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return err
				}
			}
			if i < len(demoTransactions)-1 {
				return nil
			}
			var xid uint32
			err := tx.QueryRowContext(ctx, "select pg_current_xact_id()::xid").Scan(&xid)
			lastXID.Store(xid)
			return err
		})
		if err != nil {
			return fmt.Errorf("changing the tables: %w", err)
		}
	}
	return nil
}
