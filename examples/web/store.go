package main

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"math"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
)

// schema is where the board keeps its table.
const schema = "lightning_talks"

//go:embed schema.sql
var createTable string

// talk is a line of the board.
type talk struct {
	ID      int64
	Title   string
	Speaker string
	Minutes int
}

// store keeps the talks.
type store struct {
	db      *sql.DB
	config  *pgadapt.Config // of the pool, and of the Listener beside it
	channel string          // where the trigger notifies
}

// openStore connects to a server and makes the table in a schema, unless it is there.
func openStore(ctx context.Context, connString, schema string) (_ *store, err error) {
	// A run-time parameter of PostgreSQL in the connection string holds for every connection of the pool.
	parameters, err := dsn.Make(connString, "search_path", schema)
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	config, err := pgadapt.ParseConfig(parameters.String())
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	talks := &store{db: sql.OpenDB(pgadapt.NewConnector(config)), config: config, channel: schema + ".talk"}
	if err := talks.create(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("making the table: %w", err), talks.close())
	}
	return talks, nil
}

// create makes schema and table. The lock is for boards that start at the same time: IF NOT EXISTS alone can meet
// the other's half-made table.
func (s *store) create(ctx context.Context, schema string) error {
	return pgadapt.RunTx(ctx, s.db, nil, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "select pg_advisory_xact_lock(hashtext($1))", schema); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "create schema if not exists "+schema+";"+createTable)
		return err
	})
}

func (s *store) close() error { return s.db.Close() }

// add stores a talk. A title that is taken is a pgerr.UniqueViolation.
func (s *store) add(ctx context.Context, t talk) error {
	_, err := s.db.ExecContext(ctx, "insert into talk (title, speaker, minutes) values ($1, $2, $3)",
		t.Title, t.Speaker, t.Minutes)
	return err
}

// find gives the talk of an ID, and sql.ErrNoRows where there is none.
func (s *store) find(ctx context.Context, id int64) (talk, error) {
	return pgadapt.One[talk](s.db.QueryContext(ctx, "select id, title, speaker, minutes from talk where id = $1", id))
}

// newest is the place of page from which the newest talks are read.
const newest = math.MaxInt64

// page gives up to size talks with IDs below before, the newest first, and whether there are older ones. Reading on
// from a key costs the same on every page, and no talk is seen twice or missed when others come in meanwhile, as
// with OFFSET.
func (s *store) page(ctx context.Context, before int64, size int) (_ []talk, older bool, err error) {
	talks, err := pgadapt.Collect[talk](s.db.QueryContext(ctx,
		"select id, title, speaker, minutes from talk where id < $1 order by id desc limit $2", before, size+1))
	if len(talks) <= size {
		return talks, false, err
	}
	return talks[:size], true, err
}
