package replication_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	_ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
	"github.com/pgadapt/pgadapt/replication"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// patience bounds what a test waits for, so that it fails in place of hanging.
const patience = time.Minute

// feed is a table that is published, on a server.
type feed struct {
	db          *sql.DB
	config      *pgadapt.Config
	table       string
	publication string
	slot        string
}

// names makes slots differ, which all databases of a server share.
var names atomic.Int64

// newFeed makes a table with the columns and a publication of it, on the server of dsn.
func newFeed(t *testing.T, dsn, columns string) *feed {
	t.Helper()
	config, err := pgadapt.ParseConfig(dsn)
	require.NoError(t, err)
	db := sql.OpenDB(pgadapt.NewConnector(config))
	name := fmt.Sprintf("feed_%d_%d", os.Getpid(), names.Add(1))
	f := &feed{db: db, config: config, table: name, publication: name + "_pub", slot: name + "_slot"}
	f.exec(t, "create table "+f.table+" ("+columns+")")
	f.exec(t, "create publication "+f.publication+" for table "+f.table)
	t.Cleanup(func() {
		f.drop(t)
		require.NoError(t, db.Close())
	})
	return f
}

// sharedFeed is newFeed on the server that the tests share.
func sharedFeed(t *testing.T, columns string) *feed { return newFeed(t, pgtest.DSN(t), columns) }

func (f *feed) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := f.db.ExecContext(t.Context(), query, args...)
	require.NoError(t, err, query)
}

// drop removes the slot, for whose release by an ended connection it waits, the publication and the table.
func (f *feed) drop(t *testing.T) {
	ctx := context.Background()
	require.Eventually(t, func() bool {
		_, err := f.db.ExecContext(ctx,
			"select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1", f.slot)
		return err == nil
	}, patience, 10*time.Millisecond)
	_, err := f.db.ExecContext(ctx, "drop publication if exists "+f.publication)
	require.NoError(t, err)
	_, err = f.db.ExecContext(ctx, "drop table if exists "+f.table)
	require.NoError(t, err)
}

// connect opens a session, closed at the end of the test.
func connect(t *testing.T, config *pgadapt.Config, mode replication.Mode) *replication.Session {
	t.Helper()
	session, err := replication.Connect(t.Context(), config, mode)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, session.Close()) })
	return session
}

// options asks for the feed's publication.
func (f *feed) options() replication.LogicalOptions {
	return replication.LogicalOptions{
		Slot:     f.slot,
		PgOutput: &replication.PgOutput{Publications: []string{f.publication}},
	}
}

// start makes the slot and streams from it.
func (f *feed) start(t *testing.T, slot replication.SlotOptions, options replication.LogicalOptions) (*replication.Session, *replication.Stream) {
	t.Helper()
	session := connect(t, f.config, replication.Logical)
	_, err := session.CreateSlot(t.Context(), f.slot, slot)
	require.NoError(t, err)
	return session, f.stream(t, session, options)
}

func (f *feed) stream(t *testing.T, session *replication.Session, options replication.LogicalOptions) *replication.Stream {
	t.Helper()
	stream, err := session.StartLogical(t.Context(), options)
	require.NoError(t, err)
	return stream
}

var pgoutput = replication.SlotOptions{Plugin: "pgoutput"}

// receive gives messages until enough says that it was the last one.
func receive(t *testing.T, stream *replication.Stream, enough func(replication.Message) bool) []replication.Message {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	var messages []replication.Message
	for message, err := range stream.Messages(ctx) {
		require.NoError(t, err)
		messages = append(messages, message)
		if enough(message) {
			break
		}
	}
	return messages
}

// commits gives a condition that is met by the nth commit of a transaction that is not empty. PostgreSQL 14 sends those
// that are, such as one of autovacuum.
func commits(n int) func(replication.Message) bool {
	empty := true
	return func(message replication.Message) bool {
		switch message.Change.(type) {
		case *replication.Begin:
			empty = true
		case *replication.Commit:
			if !empty {
				n--
			}
		case *replication.Relation, *replication.DataType, *replication.Origin:
		default:
			empty = false
		}
		return n == 0
	}
}

// changes gives the changes of one type.
func changes[T replication.Change](messages []replication.Message) (found []T) {
	for _, message := range messages {
		if change, ok := message.Change.(T); ok {
			found = append(found, change)
		}
	}
	return found
}

// serverVersion gives the major version of the server.
func serverVersion(t *testing.T) int { return pgtest.Shared(t).Version() }

// openOn gives a pool on a server, closed at the end of the test.
func openOn(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(pgadapt.DriverName, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
