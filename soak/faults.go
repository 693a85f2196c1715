package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"time"

	"github.com/pgadapt/pgadapt"
)

// application is the name by which the backends of the workers are known.
const application = "soak"

// faults makes things fail.
type faults struct {
	db                             *sql.DB
	terminations, changes, crashes atomic.Int64
}

func openFaults(dsn string) (*faults, error) {
	config, err := pgadapt.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["application_name"] = "faults"
	config.RuntimeParams["lock_timeout"] = "1s"
	return &faults{db: sql.OpenDB(pgadapt.NewConnector(config))}, nil
}

// cause makes a fault each tenth of a second until ctx ends, a crash of the server each twenty seconds.
func (f *faults) cause(ctx context.Context) {
	ticks := time.NewTicker(100 * time.Millisecond)
	defer ticks.Stop()
	for tick := 1; ; tick++ {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		switch {
		case tick%200 == 100:
			count(&f.crashes, f.crash(ctx))
		case tick%10 == 0:
			count(&f.changes, f.changeSchema(ctx))
		default:
			count(&f.terminations, f.terminate(ctx))
		}
	}
}

// count counts what has succeeded; a fault may meet another one.
func count(counter *atomic.Int64, err error) {
	if err == nil {
		counter.Add(1)
	}
}

func (f *faults) count() int64 { return f.terminations.Load() + f.changes.Load() + f.crashes.Load() }

// String says how many of each kind there were. Contexts that end are in the count of what failed.
func (f *faults) String() string {
	return fmt.Sprintf("%d backends terminated, %d schema changes, %d server crashes",
		f.terminations.Load(), f.changes.Load(), f.crashes.Load())
}

// terminate ends one backend of the workers, whatever it does.
func (f *faults) terminate(ctx context.Context) error {
	var terminated bool
	return f.db.QueryRowContext(ctx, "select pg_terminate_backend(pid) from pg_stat_activity "+
		"where application_name = $1 order by random() limit 1", application).Scan(&terminated)
}

// changeSchema adds a column, or drops it again, so that select * has another result.
func (f *faults) changeSchema(ctx context.Context) error {
	change := "alter table account add column if not exists extra text default 'x'"
	if rand.IntN(2) == 0 {
		change = "alter table account drop column if exists extra"
	}
	_, err := f.db.ExecContext(ctx, change)
	return err
}

// crash kills a backend, after which the server ends all of them, recovers and starts again.
func (f *faults) crash(ctx context.Context) error {
	var pid int
	if err := f.db.QueryRowContext(ctx, "select pg_backend_pid()").Scan(&pid); err != nil {
		return err
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return process.Kill()
}
