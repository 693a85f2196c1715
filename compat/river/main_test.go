package river_test

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compat/internal/ownschema"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// patience is how long a job may take on a loaded machine.
const patience = time.Minute

func newMigrator(t *testing.T, db *sql.DB) *rivermigrate.Migrator[*sql.Tx] {
	t.Helper()
	migrator, err := rivermigrate.New(riverdatabasesql.New(db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return migrator
}

// openMigrated gives a pool in whose schema River's tables are.
func openMigrated(t *testing.T, schema string) *sql.DB {
	t.Helper()
	db := ownschema.Open(t, schema)
	_, err := newMigrator(t, db).Migrate(t.Context(), rivermigrate.DirectionUp, nil)
	require.NoError(t, err)
	return db
}

// newClient gives a client that has started to work on jobs, and their ends.
func newClient(t *testing.T, db *sql.DB, workers *river.Workers) (*river.Client[*sql.Tx], <-chan *river.Event) {
	t.Helper()
	client, err := river.NewClient(riverdatabasesql.New(db), &river.Config{
		Workers:           workers,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		FetchCooldown:     10 * time.Millisecond,
		FetchPollInterval: 20 * time.Millisecond,
		RetryPolicy:       atOnce{},
		Logger:            slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	ends, unsubscribe := client.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobCancelled,
		river.EventKindJobSnoozed)
	t.Cleanup(unsubscribe)
	require.NoError(t, client.Start(context.WithoutCancel(t.Context())))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, client.Stop(ctx))
	})
	return client, ends
}

// atOnce lets failed jobs run again without a pause.
type atOnce struct{}

func (atOnce) NextRetry(*rivertype.JobRow) time.Time { return time.Now() }

// next waits for the next end of a job.
func next(t *testing.T, ends <-chan *river.Event) *river.Event {
	t.Helper()
	select {
	case event := <-ends:
		return event
	case <-time.After(patience):
		require.FailNow(t, "no job has ended")
		return nil
	}
}
