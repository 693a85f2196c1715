package replication_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/replication"
)

// receivedWAL is what a stream has given of the WAL, from a position on.
type receivedWAL struct {
	start replication.LSN
	bytes []byte
}

// receive goes on up to a position, or beyond it, since other sessions write too. It checks that no byte is missing. After
// a cut the stream may give again what was not acknowledged.
func (w *receivedWAL) receive(t *testing.T, stream *replication.Stream, acknowledged, end replication.LSN) {
	t.Helper()
	receive(t, stream, func(message replication.Message) bool {
		require.GreaterOrEqual(t, message.WALStart, acknowledged)
		require.LessOrEqual(t, message.WALStart, w.start+replication.LSN(len(w.bytes)), "WAL is missing")
		w.bytes = append(w.bytes[:message.WALStart-w.start], message.Data...)
		require.Equal(t, w.start+replication.LSN(len(w.bytes)), message.End())
		require.Nil(t, message.Change)
		return message.End() >= end
	})
}

// insertNeedle writes a text into the WAL, twice, since a page's header may divide one of them.
func (f *feed) insertNeedle(t *testing.T) {
	t.Helper()
	f.exec(t, "insert into "+f.table+" values (1, '"+needle+"'), (2, '"+needle+"')")
}

const needle = "needle in the haystack"

func (f *feed) walPosition(t *testing.T) (position replication.LSN) {
	t.Helper()
	require.NoError(t, f.db.QueryRow("select pg_current_wal_insert_lsn()").Scan(&position))
	return position
}

func TestPhysicalStream(t *testing.T) {
	f := sharedFeed(t, "id int, long text")
	session := connect(t, f.config, replication.Physical)
	_, err := session.CreateSlot(t.Context(), f.slot, replication.SlotOptions{ReserveWAL: true})
	require.NoError(t, err)
	system, err := session.IdentifySystem(t.Context())
	require.NoError(t, err)
	options := replication.PhysicalOptions{Slot: f.slot, StartLSN: system.FlushLSN, Timeline: system.Timeline}
	stream, err := session.StartPhysical(t.Context(), options)
	require.NoError(t, err)
	f.insertNeedle(t)
	end := f.walPosition(t)

	wal := receivedWAL{start: system.FlushLSN}
	wal.receive(t, stream, wal.start, end)
	require.True(t, bytes.Contains(wal.bytes, []byte(needle)))

	require.NoError(t, stream.Acknowledge(end))
	require.NoError(t, stream.Close())
	if serverVersion(t) >= 15 {
		state, err := session.ReadSlot(t.Context(), f.slot)
		require.NoError(t, err)
		require.Equal(t, end, state.RestartLSN)
	}
}

func TestPhysicalStreamResumes(t *testing.T) {
	f := sharedFeed(t, "id int, long text")
	network, config := f.throughProxy(t)
	session := connect(t, config, replication.Physical)
	system, err := session.IdentifySystem(t.Context())
	require.NoError(t, err)
	stream, err := session.StartPhysical(t.Context(), replication.PhysicalOptions{StartLSN: system.FlushLSN})
	require.NoError(t, err)
	f.exec(t, "insert into "+f.table+" values (0, 'hay')")
	middle := f.walPosition(t)
	wal := receivedWAL{start: system.FlushLSN}
	wal.receive(t, stream, wal.start, middle)
	require.NoError(t, stream.Acknowledge(middle))
	network.cut()
	f.insertNeedle(t)
	wal.receive(t, stream, middle, f.walPosition(t))
	require.True(t, bytes.Contains(wal.bytes, []byte(needle)))
}

func TestPhysicalStartErrors(t *testing.T) {
	f := sharedFeed(t, "id int")
	session := connect(t, f.config, replication.Physical)
	_, err := session.StartPhysical(t.Context(), replication.PhysicalOptions{Slot: f.slot, StartLSN: 1})
	require.ErrorIs(t, err, replication.ErrSlotNotFound)
	_, err = session.IdentifySystem(t.Context())
	require.NoError(t, err, "the session is usable after a refusal")

	ahead := replication.PhysicalOptions{StartLSN: f.walPosition(t) + 1<<40}
	stream, err := session.StartPhysical(t.Context(), ahead)
	require.NoError(t, err, "the server finds out when it has started")
	for _, err := range stream.Messages(t.Context()) {
		require.ErrorContains(t, err, "ahead of")
	}
}

func TestRemovedWAL(t *testing.T) {
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"max_wal_size": "32MB", "max_slot_wal_keep_size": "1MB"}})
	f := newFeed(t, server.DSN(), "id int")
	session := connect(t, f.config, replication.Logical)
	_, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
	require.NoError(t, err)
	physical := connect(t, f.config, replication.Physical)
	_, err = physical.CreateSlot(t.Context(), f.slot+"_wal", replication.SlotOptions{ReserveWAL: true})
	require.NoError(t, err)
	start := f.walPosition(t)
	for range 4 { // each a segment of 16 MB
		f.exec(t, "select pg_switch_wal()")
		f.exec(t, "insert into "+f.table+" values (1)")
		f.exec(t, "checkpoint")
	}
	t.Run("physical", func(t *testing.T) {
		stream, err := connect(t, f.config, replication.Physical).
			StartPhysical(t.Context(), replication.PhysicalOptions{StartLSN: start &^ (1<<24 - 1)})
		require.NoError(t, err, "the server finds out when it reads")
		for _, err := range stream.Messages(t.Context()) {
			require.ErrorIs(t, err, replication.ErrWALRemoved)
		}
	})
	t.Run("physical with a slot", func(t *testing.T) {
		stream, err := physical.StartPhysical(t.Context(), replication.PhysicalOptions{
			Slot: f.slot + "_wal", StartLSN: start &^ (1<<24 - 1),
		})
		if err != nil { // from PostgreSQL 18 on
			require.ErrorIs(t, err, replication.ErrWALRemoved)
			return
		}
		for _, err := range stream.Messages(t.Context()) {
			require.ErrorIs(t, err, replication.ErrWALRemoved)
		}
	})
	t.Run("logical", func(t *testing.T) {
		_, err := session.StartLogical(t.Context(), f.options())
		require.ErrorIs(t, err, replication.ErrWALRemoved)
		_, err = session.IdentifySystem(t.Context())
		require.NoError(t, err)
	})
}

func TestEndOfTimeline(t *testing.T) {
	primary, standby := pgtest.NewWithStandby(t, pgtest.Options{})
	before := newFeed(t, primary.DSN(), "id int")
	before.exec(t, "insert into "+before.table+" values (1)")
	start := before.walPosition(t)
	config, err := pgadapt.ParseConfig(standby.DSN())
	require.NoError(t, err)
	after := openOn(t, standby.DSN())
	require.Eventually(t, func() bool {
		var replayed replication.LSN
		require.NoError(t, after.QueryRow("select coalesce(pg_last_wal_replay_lsn(), '0/0')").Scan(&replayed))
		return replayed >= start
	}, patience, patience/1000)
	session := connect(t, config, replication.Physical)
	stream, err := session.StartPhysical(t.Context(), replication.PhysicalOptions{StartLSN: start, Timeline: 1})
	require.NoError(t, err)
	_, err = after.Exec("select pg_promote()")
	require.NoError(t, err)

	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	var ended *replication.EndOfTimelineError
	for _, err := range stream.Messages(ctx) {
		if err != nil {
			require.ErrorAs(t, err, &ended)
		}
	}
	require.Equal(t, uint32(2), ended.NextTimeline)
	history, err := session.TimelineHistory(t.Context(), ended.NextTimeline)
	require.NoError(t, err)
	require.Equal(t, "00000002.history", history.FileName)
	require.Contains(t, string(history.Content), ended.NextLSN.String())

	_, err = after.Exec("create table needle_in_the_haystack ()")
	require.NoError(t, err)
	next, err := session.StartPhysical(t.Context(), replication.PhysicalOptions{StartLSN: ended.NextLSN, Timeline: ended.NextTimeline})
	require.NoError(t, err)
	var end replication.LSN
	require.NoError(t, after.QueryRow("select pg_current_wal_insert_lsn()").Scan(&end))
	wal := receivedWAL{start: ended.NextLSN}
	wal.receive(t, next, wal.start, end)
	require.True(t, bytes.Contains(wal.bytes, []byte("needle_in_the_haystack")))
}
