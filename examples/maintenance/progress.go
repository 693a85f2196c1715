package main

import (
	"context"
	"sync"
	"time"

	"github.com/pgadapt/pgadapt"
)

// progressPause is the time between two looks at the progress.
const progressPause = 200 * time.Millisecond

// progress is what a session is busy with.
type progress struct {
	Phase string
	Done  int64
	Total int64
}

const progressQuery = `
	select phase, heap_blks_scanned as done, heap_blks_total as total from pg_stat_progress_vacuum where pid = $1
	union all
	select phase, blocks_done, blocks_total from pg_stat_progress_create_index where pid = $1
	union all
	select phase, sample_blks_scanned, sample_blks_total from pg_stat_progress_analyze where pid = $1`

// watch prints how far the session's statement is, from another session, until the function that it gives is called.
func (s session) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		last := ""
		for {
			if line := s.progressLine(ctx); line != "" && line != last {
				s.messages.printf("    %s\n", line)
				last = line
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(progressPause):
			}
		}
	})
	return func() {
		cancel()
		watching.Wait()
	}
}

// progressLine gives the phase and tens of percent, empty if there is nothing to tell. That the progress cannot be read
// is no reason to disturb the repair.
func (s session) progressLine(ctx context.Context) string {
	all, err := pgadapt.Collect[progress](s.db.QueryContext(ctx, progressQuery, s.backend))
	if err != nil || len(all) == 0 {
		return ""
	}
	now := all[0]
	if now.Total == 0 {
		return now.Phase
	}
	return now.Phase + " " + number(10*(10*now.Done/now.Total)) + " %"
}
