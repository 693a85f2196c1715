package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// link is a source and its target.
type link struct {
	source, target *sql.DB
	schema         string
	chunk          int
	out            io.Writer
	tables         []*table // as the source has them

	lock *sql.Conn // holds the lock that keeps other runs out of the target
}

// ownSchema is where the program keeps its own tables, on both sides.
const ownSchema = "pgadapt_sync"

// sameTexts are the settings under which both servers write equal values equally, so that they have equal checksums. An
// empty search_path makes the catalog give names with their schemas.
var sameTexts = map[string]string{
	"application_name":   "pgadapt sync",
	"client_encoding":    "UTF8",
	"search_path":        "pg_catalog",
	"TimeZone":           "UTC",
	"DateStyle":          "ISO, YMD",
	"IntervalStyle":      "postgres",
	"bytea_output":       "hex",
	"extra_float_digits": "1",
	"xmloption":          "content",
	"lc_monetary":        "C",
}

// open connects to both sides, keeps other runs out, and reads the catalog of the source.
func open(ctx context.Context, options options, out io.Writer) (_ *link, err error) {
	link := &link{schema: options.schema, chunk: options.chunk, out: out}
	defer func() {
		if err != nil {
			err = errors.Join(err, link.close())
		}
	}()
	if link.source, err = openSide(ctx, "-source", options.source); err != nil {
		return nil, err
	}
	if link.target, err = openSide(ctx, "-target", options.target); err != nil {
		return nil, err
	}
	if err := link.keepOthersOut(ctx, options.wait); err != nil {
		return nil, err
	}
	link.tables, err = tablesOf(ctx, link.source, options.schema)
	return link, err
}

// openSide connects to one side, and looks whether it can do what is wanted of it.
func openSide(ctx context.Context, name, dsn string) (_ *sql.DB, err error) {
	config, err := pgadapt.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for setting, value := range sameTexts {
		config.RuntimeParams[setting] = value
	}
	db := sql.OpenDB(pgadapt.NewConnector(config))
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%s: %w", name, err), db.Close())
		}
	}()
	prepared, err := pgadapt.One[int](db.QueryContext(ctx, "select current_setting('max_prepared_transactions')::int"))
	if err != nil {
		return nil, err
	}
	if prepared == 0 {
		return nil, errors.New("max_prepared_transactions is 0 there, and two-phase commit needs at least 1: " +
			"set it in postgresql.conf and restart the server")
	}
	return db, nil
}

// advisoryKey is what the lock is on: the bytes of "sync".
const advisoryKey = 0x73796e63

// keepOthersOut takes the lock, or says that another run has it. The session of a run that was killed may take a moment
// to end.
func (l *link) keepOthersOut(ctx context.Context, wait time.Duration) (err error) {
	if l.lock, err = l.target.Conn(ctx); err != nil {
		return err
	}
	_, err = l.lock.ExecContext(ctx, "select set_config('lock_timeout', $1, false)", strconv.FormatInt(wait.Milliseconds(), 10))
	if err != nil {
		return err
	}
	_, err = l.lock.ExecContext(ctx, "select pg_advisory_lock($1)", int64(advisoryKey))
	if errors.Is(err, pgerr.LockNotAvailable) {
		return fmt.Errorf("another run works on this target: %w", err)
	}
	return err
}

// close closes what is open. The lock ends with its session.
func (l *link) close() (err error) {
	if l.lock != nil {
		err = l.lock.Close()
	}
	for _, db := range []*sql.DB{l.source, l.target} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

func (l *link) printf(format string, args ...any) {
	fmt.Fprintf(l.out, format, args...)
}
