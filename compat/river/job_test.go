package river_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"
)

// sumArgs asks for the sum of numbers.
type sumArgs struct {
	Numbers []int `json:"numbers"`
}

func (sumArgs) Kind() string { return "sum" }

type sumWorker struct{ river.WorkerDefaults[sumArgs] }

func (sumWorker) Work(ctx context.Context, job *river.Job[sumArgs]) error {
	sum := 0
	for _, number := range job.Args.Numbers {
		sum += number
	}
	return river.RecordOutput(ctx, map[string]int{"sum": sum})
}

// moodyArgs says what the worker does at the first attempt. At the second it succeeds.
type moodyArgs struct {
	Mood string `json:"mood"`
}

func (moodyArgs) Kind() string { return "moody" }

type moodyWorker struct {
	river.WorkerDefaults[moodyArgs]
}

func (moodyWorker) Work(_ context.Context, job *river.Job[moodyArgs]) error {
	switch {
	case job.Args.Mood == "cancel":
		return river.JobCancel(errors.New("not today"))
	case job.Attempt > 1 || job.Metadata != nil && string(job.Metadata) != "{}":
		return nil
	case job.Args.Mood == "snooze":
		return river.JobSnooze(time.Millisecond)
	}
	return errors.New("a bad day, isn't it?")
}

func newWorkers() *river.Workers {
	workers := river.NewWorkers()
	river.AddWorker(workers, sumWorker{})
	river.AddWorker(workers, moodyWorker{})
	return workers
}

func TestJobIsWorkedOn(t *testing.T) {
	client, ends := newClient(t, openMigrated(t, "river_work"), newWorkers())
	inserted, err := client.Insert(t.Context(), sumArgs{[]int{1, 2, 39}}, &river.InsertOpts{
		Priority: 2, Tags: []string{"first", "second-tag"}, Metadata: []byte(`{"from": "test"}`), MaxAttempts: 3,
	})
	require.NoError(t, err)
	require.Equal(t, rivertype.JobStateAvailable, inserted.Job.State)

	event := next(t, ends)
	require.Equal(t, river.EventKindJobCompleted, event.Kind)
	done, err := client.JobGet(t.Context(), inserted.Job.ID)
	require.NoError(t, err)
	require.Equal(t, rivertype.JobStateCompleted, done.State)
	require.JSONEq(t, `{"numbers": [1, 2, 39]}`, string(done.EncodedArgs))
	require.JSONEq(t, `{"from": "test", "output": {"sum": 42}}`, string(done.Metadata))
	require.Equal(t, []string{"first", "second-tag"}, done.Tags)
	require.Equal(t, 2, done.Priority)
	require.Len(t, done.AttemptedBy, 1)
	require.WithinRange(t, *done.FinalizedAt, done.CreatedAt, time.Now().Add(patience))
}

func TestJobsOfATransactionAreWorkedOnWhenItCommits(t *testing.T) {
	db := openMigrated(t, "river_tx")
	client, ends := newClient(t, db, newWorkers())
	many := make([]river.InsertManyParams, 100)
	for i := range many {
		many[i] = river.InsertManyParams{Args: sumArgs{[]int{i}}}
	}

	lost, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = client.InsertTx(t.Context(), lost, moodyArgs{"cancel"}, nil)
	require.NoError(t, err)
	require.NoError(t, lost.Rollback())

	kept, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	inserted, err := client.InsertManyTx(t.Context(), kept, many)
	require.NoError(t, err)
	require.Len(t, inserted, len(many))
	fast, err := client.InsertManyFastTx(t.Context(), kept, many)
	require.NoError(t, err)
	require.Equal(t, len(many), fast)
	require.NoError(t, kept.Commit())

	for range 2 * len(many) {
		require.Equal(t, "sum", next(t, ends).Job.Kind)
	}
	var jobs int
	require.NoError(t, db.QueryRow("select count(*) from river_job where state = 'completed'").Scan(&jobs))
	require.Equal(t, 2*len(many), jobs)
}

func TestJobThatDoesNotSucceedAtOnce(t *testing.T) {
	client, ends := newClient(t, openMigrated(t, "river_moods"), newWorkers())
	for mood, kinds := range map[string][]river.EventKind{
		"fail":   {river.EventKindJobFailed, river.EventKindJobCompleted},
		"snooze": {river.EventKindJobSnoozed, river.EventKindJobCompleted},
		"cancel": {river.EventKindJobCancelled},
	} {
		t.Run(mood, func(t *testing.T) {
			inserted, err := client.Insert(t.Context(), moodyArgs{mood}, nil)
			require.NoError(t, err)
			for _, kind := range kinds {
				event := next(t, ends)
				require.Equal(t, kind, event.Kind)
				require.Equal(t, inserted.Job.ID, event.Job.ID)
			}
			done, err := client.JobGet(t.Context(), inserted.Job.ID)
			require.NoError(t, err)
			if mood == "fail" {
				require.Equal(t, "a bad day, isn't it?", done.Errors[0].Error)
			}
		})
	}
}

func TestUniqueJobIsInsertedOnce(t *testing.T) {
	client, _ := newClient(t, openMigrated(t, "river_unique"), newWorkers())
	options := &river.InsertOpts{ScheduledAt: time.Now().Add(time.Hour), UniqueOpts: river.UniqueOpts{ByArgs: true}}

	first, err := client.Insert(t.Context(), sumArgs{[]int{1}}, options)
	require.NoError(t, err)
	second, err := client.Insert(t.Context(), sumArgs{[]int{1}}, options)
	require.NoError(t, err)
	other, err := client.Insert(t.Context(), sumArgs{[]int{2}}, options)
	require.NoError(t, err)

	require.False(t, first.UniqueSkippedAsDuplicate)
	require.True(t, second.UniqueSkippedAsDuplicate)
	require.Equal(t, first.Job.ID, second.Job.ID)
	require.False(t, other.UniqueSkippedAsDuplicate)
	require.Equal(t, rivertype.JobStateScheduled, other.Job.State)
}

func TestJobsAreListedCancelledAndDeleted(t *testing.T) {
	db := openMigrated(t, "river_list")
	client, _ := newClient(t, db, newWorkers())
	later := &river.InsertOpts{ScheduledAt: time.Now().Add(time.Hour), Tags: []string{"later"}}
	var ids []int64
	for i := range 5 {
		inserted, err := client.Insert(t.Context(), sumArgs{[]int{i}}, later)
		require.NoError(t, err)
		ids = append(ids, inserted.Job.ID)
	}

	list := river.NewJobListParams().States(rivertype.JobStateScheduled).Kinds("sum").First(3).
		Where("tags @> @tags", river.NamedArgs{"tags": []string{"later"}}).
		OrderBy(river.JobListOrderByID, river.SortOrderAsc)
	page, err := client.JobList(t.Context(), list)
	require.NoError(t, err)
	require.Len(t, page.Jobs, 3)
	rest, err := client.JobList(t.Context(), list.After(page.LastCursor))
	require.NoError(t, err)
	require.Len(t, rest.Jobs, 2)

	cancelled, err := client.JobCancel(t.Context(), ids[0])
	require.NoError(t, err)
	require.Equal(t, rivertype.JobStateCancelled, cancelled.State)
	_, err = client.JobDelete(t.Context(), ids[1])
	require.NoError(t, err)
	_, err = client.JobGet(t.Context(), ids[1])
	require.ErrorIs(t, err, river.ErrNotFound)
	many, err := client.JobDeleteMany(t.Context(), river.NewJobDeleteManyParams().IDs(ids[2:]...))
	require.NoError(t, err)
	require.Len(t, many.Jobs, 3)
}

func TestQueueIsPausedAndResumed(t *testing.T) {
	client, ends := newClient(t, openMigrated(t, "river_queue"), newWorkers())
	_, err := client.Insert(t.Context(), sumArgs{}, nil) // River makes the queue's row when it starts to work
	require.NoError(t, err)
	next(t, ends)

	require.NoError(t, client.QueuePause(t.Context(), river.QueueDefault, nil))
	queue, err := client.QueueGet(t.Context(), river.QueueDefault)
	require.NoError(t, err)
	require.NotNil(t, queue.PausedAt)
	require.NoError(t, client.QueueResume(t.Context(), river.QueueDefault, nil))
	queue, err = client.QueueGet(t.Context(), river.QueueDefault)
	require.NoError(t, err)
	require.Nil(t, queue.PausedAt)
}
