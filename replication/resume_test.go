package replication_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/replication"
)

// consumer checks what the stream promises: nothing is lost, and what was acknowledged does not come again.
type consumer struct {
	t            *testing.T
	stream       *replication.Stream
	next         int // the first id that was never seen committed
	acknowledged int // the last id that was acknowledged
	pending      []int
	resumed      int
	repeated     int
}

// take handles a message; acknowledges says whether to acknowledge the transaction that ends.
func (c *consumer) take(message replication.Message, acknowledges bool) {
	if message.Resumed {
		c.resumed++
	}
	switch change := message.Change.(type) {
	case *replication.Begin:
		c.pending = nil
	case *replication.Insert:
		var id int
		require.NoError(c.t, change.New.Scan("id", &id))
		require.Greater(c.t, id, c.acknowledged, "acknowledged, and it comes again")
		c.pending = append(c.pending, id)
	case *replication.Commit:
		for _, id := range c.pending {
			require.LessOrEqual(c.t, id, c.next, "something was lost before")
			if id == c.next {
				c.next++
			} else {
				c.repeated++
			}
		}
		if acknowledges && len(c.pending) > 0 {
			c.acknowledged = c.pending[len(c.pending)-1]
			require.NoError(c.t, c.stream.Acknowledge(message.End()))
		}
	}
}

func TestResumeAfterCuts(t *testing.T) {
	const batches, transactions, rows = 6, 20, 3
	f := sharedFeed(t, "id int primary key")
	network, config := f.throughProxy(t)
	var log bytes.Buffer
	config.Logger = slog.New(slog.NewTextHandler(&log, nil))
	session, err := replication.Connect(t.Context(), config, replication.Logical)
	require.NoError(t, err)
	defer func() { _ = session.Close() }() // the network may be cut
	_, err = session.CreateSlot(t.Context(), f.slot, pgoutput)
	require.NoError(t, err)
	stream := f.stream(t, session, f.options())
	written := 0
	write := func() {
		for range transactions {
			f.exec(t, fmt.Sprintf("insert into %s select %d + i from generate_series(1, %d) i", f.table, written, rows))
			written += rows
		}
	}

	write()
	c := &consumer{t: t, stream: stream, next: 1}
	received := 0
	receive(t, stream, func(message replication.Message) bool {
		received++
		lastOfBatch := slices.Contains(c.pending, written)
		c.take(message, received%2 == 0 && !lastOfBatch)
		if c.next <= written {
			return false
		}
		if written == batches*transactions*rows {
			return true
		}
		network.cut()
		write()
		return false
	})

	require.Equal(t, batches-1, c.resumed)
	require.GreaterOrEqual(t, c.repeated, (batches-1)*rows, "what was not acknowledged comes again")
	require.Contains(t, log.String(), "replication was cut")
	require.Contains(t, log.String(), "replication goes on")
	require.Contains(t, log.String(), f.slot)
}

func TestNextProcessGoesOnWhereTheLastWas(t *testing.T) {
	f := sharedFeed(t, "id int primary key")
	session, stream := f.start(t, pgoutput, f.options())
	for id := 1; id <= 3; id++ {
		f.exec(t, fmt.Sprintf("insert into %s values (%d)", f.table, id))
	}
	messages := receive(t, stream, commits(2))
	require.NoError(t, stream.Acknowledge(messages[len(messages)-1].End()))
	require.NoError(t, session.Close())

	second := connect(t, f.config, replication.Logical)
	inserts := changes[*replication.Insert](receive(t, f.stream(t, second, f.options()), commits(1)))
	require.Equal(t, "3", inserts[0].New.Map()["id"])
}

func TestStartLSNOfTheProgram(t *testing.T) {
	f := sharedFeed(t, "id int primary key")
	session, stream := f.start(t, pgoutput, f.options())
	f.exec(t, "insert into "+f.table+" values (1)")
	f.exec(t, "insert into "+f.table+" values (2)")
	messages := receive(t, stream, commits(1))
	require.NoError(t, session.Close())

	options := f.options()
	options.StartLSN = messages[len(messages)-1].End() // kept by the program, never acknowledged
	again := f.stream(t, connect(t, f.config, replication.Logical), options)
	inserts := changes[*replication.Insert](receive(t, again, commits(1)))
	require.Equal(t, "2", inserts[0].New.Map()["id"])
}

func TestAcknowledgedMessageDoesNotComeAgain(t *testing.T) {
	f := sharedFeed(t, "id int primary key")
	network, config := f.throughProxy(t)
	options := f.options()
	options.PgOutput.Messages = true
	session := connect(t, config, replication.Logical)
	_, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
	require.NoError(t, err)
	stream := f.stream(t, session, options)
	emit := func(content string) { f.exec(t, "select pg_logical_emit_message(false, 'test', $1)", content) }
	next := func() string {
		messages := changes[*replication.LogicalMessage](receive(t, stream, func(message replication.Message) bool {
			if _, ok := message.Change.(*replication.LogicalMessage); ok {
				require.NoError(t, stream.Acknowledge(message.End()))
				return true
			}
			return false
		}))
		return string(messages[len(messages)-1].Content)
	}
	emit("a")
	require.Equal(t, "a", next())
	network.cut()
	emit("b")
	require.Equal(t, "b", next())
}

func TestAcknowledgeTooMuch(t *testing.T) {
	f := sharedFeed(t, "id int")
	_, stream := f.start(t, pgoutput, f.options())
	f.exec(t, "insert into "+f.table+" values (1)")
	messages := receive(t, stream, commits(1))
	end := messages[len(messages)-1].End()
	require.ErrorContains(t, stream.Acknowledge(end+1), "has come to "+end.String())
	require.NoError(t, stream.Report(replication.Positions{Flushed: end}))
	require.Equal(t, end, stream.Acknowledged().Flushed)
	require.Less(t, stream.Acknowledged().Applied, end)
	require.NoError(t, stream.Acknowledge(end-1), "positions never go back")
	require.Equal(t, end, stream.Acknowledged().Flushed)
}

// confirmed gives the position that the server has for the slot.
func (f *feed) confirmed(t *testing.T) (position replication.LSN) {
	t.Helper()
	require.NoError(t, f.db.QueryRowContext(t.Context(),
		"select confirmed_flush_lsn from pg_replication_slots where slot_name = $1", f.slot).Scan(&position))
	return position
}

func TestStatusUpdateIsSentAtOnce(t *testing.T) {
	f := sharedFeed(t, "id int")
	_, stream := f.start(t, pgoutput, f.options())
	f.exec(t, "insert into "+f.table+" values (1)")
	messages := receive(t, stream, commits(1))
	end := messages[len(messages)-1].End()
	require.NoError(t, stream.Acknowledge(end))
	require.NoError(t, stream.SendStatusUpdate())
	require.Eventually(t, func() bool { return f.confirmed(t) == end }, patience/10, 10*time.Millisecond)
}

// A quiet stream must not keep the WAL of tables that it does not tell of.
func TestQuietStreamLetsWALGo(t *testing.T) {
	f := sharedFeed(t, "id int")
	options := f.options()
	options.StatusInterval = 50 * time.Millisecond
	_, stream := f.start(t, pgoutput, options)
	f.exec(t, "create table "+f.table+"_other (id int)")
	t.Cleanup(func() { _, _ = f.db.Exec("drop table " + f.table + "_other") })
	before := f.confirmed(t)
	reading, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for message, err := range stream.Messages(reading) {
			if err == nil { // PostgreSQL 14 tells of the transaction, but not what was in it
				_ = stream.Acknowledge(message.End())
			}
		}
	}()
	require.Eventually(t, func() bool {
		f.exec(t, "insert into "+f.table+"_other values (1)")
		return f.confirmed(t) > before
	}, patience, 50*time.Millisecond)
	stop()
	<-done

	f.exec(t, "insert into "+f.table+" values (1)")
	messages := receive(t, stream, commits(1))
	unconfirmed := messages[len(messages)-1].End()
	reading, stop = context.WithTimeout(t.Context(), time.Second)
	defer stop()
	f.exec(t, "insert into "+f.table+"_other values (1)")
	for range stream.Messages(reading) {
	}
	require.Less(t, f.confirmed(t), unconfirmed, "what was not acknowledged is kept")
}

// The server must not take a program for dead that is busy with one message, whether or not more is on the way.
func TestBusyConsumerIsNotCut(t *testing.T) {
	for name, rows := range map[string]int{"nothing to send": 1, "more than the network takes": 20_000} {
		t.Run(name, func(t *testing.T) {
			f := sharedFeed(t, "id int, long text")
			f.config.RuntimeParams["wal_sender_timeout"] = "1s"
			_, stream := f.start(t, pgoutput, f.options())
			f.exec(t, "insert into "+f.table+" select i, repeat('x', 1000) from generate_series(1, $1) i", rows)
			sender := func() (pid int) {
				require.NoError(t, f.db.QueryRow("select active_pid from pg_replication_slots where slot_name = $1", f.slot).Scan(&pid))
				return pid
			}
			before, busy, last := sender(), false, commits(1)
			messages := receive(t, stream, func(message replication.Message) bool {
				if _, ok := message.Change.(*replication.Insert); ok && !busy {
					busy = true
					time.Sleep(2500 * time.Millisecond)
				}
				return last(message)
			})
			require.Len(t, changes[*replication.Insert](messages), rows)
			require.Equal(t, before, sender())
		})
	}
}

func TestSilentServerIsLeft(t *testing.T) {
	f := sharedFeed(t, "id int")
	network, config := f.throughProxy(t)
	config.RuntimeParams["wal_sender_timeout"] = "1s" // so that the server too gives the old connection up
	options := f.options()
	options.ReceiveTimeout = 500 * time.Millisecond
	session := connect(t, config, replication.Logical)
	_, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
	require.NoError(t, err)
	stream := f.stream(t, session, options)
	network.swallow()
	f.exec(t, "insert into "+f.table+" values (1)")
	messages := receive(t, stream, commits(1))
	require.True(t, messages[0].Resumed)
	require.Len(t, changes[*replication.Insert](messages), 1)
}

// A server that answers is not left, however quiet.
func TestQuietServerIsKept(t *testing.T) {
	f := sharedFeed(t, "id int")
	network, config := f.throughProxy(t)
	options := f.options()
	options.ReceiveTimeout = 400 * time.Millisecond
	session := connect(t, config, replication.Logical)
	_, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
	require.NoError(t, err)
	stream := f.stream(t, session, options)
	connections := network.accepted.Load()
	quiet, stop := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer stop()
	for _, err := range stream.Messages(quiet) {
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	require.Equal(t, connections, network.accepted.Load())

	f.exec(t, "insert into "+f.table+" values (1)")
	require.False(t, receive(t, stream, commits(1))[0].Resumed, "the context's end has kept the connection")
}

func TestReconnectForSoLong(t *testing.T) {
	for _, test := range []struct {
		name  string
		limit time.Duration
		want  string
	}{
		{"not at all", -1, "replication: the connection was cut"},
		{"for a moment", 200 * time.Millisecond, "replication: cut for longer than 200ms: replication: pgadapt: cannot connect"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sharedFeed(t, "id int")
			network, config := f.throughProxy(t)
			options := f.options()
			options.ReconnectFor = test.limit
			session := connect(t, config, replication.Logical)
			_, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
			require.NoError(t, err)
			stream := f.stream(t, session, options)
			require.NoError(t, network.listener.Close())
			network.cut()
			var errs []error
			for _, err := range stream.Messages(t.Context()) {
				errs = append(errs, err)
			}
			require.Len(t, errs, 1)
			require.ErrorContains(t, errs[0], test.want)
		})
	}
}

func TestContextEndsWhileReconnecting(t *testing.T) {
	f := sharedFeed(t, "id int")
	network, config := f.throughProxy(t)
	session := connect(t, config, replication.Logical)
	_, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
	require.NoError(t, err)
	stream := f.stream(t, session, f.options())
	require.NoError(t, network.listener.Close())
	network.cut()
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	for _, err := range stream.Messages(ctx) {
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
}

func TestSlotThatIsGoneAfterACut(t *testing.T) {
	f := sharedFeed(t, "id int")
	network, config := f.throughProxy(t)
	session := connect(t, config, replication.Logical)
	_, err := session.CreateSlot(t.Context(), f.slot, replication.SlotOptions{Plugin: "pgoutput", Temporary: true})
	require.NoError(t, err)
	stream := f.stream(t, session, f.options())
	network.cut()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	for _, err := range stream.Messages(ctx) {
		require.ErrorIs(t, err, replication.ErrSlotNotFound)
	}
}

// ownServer starts a server that the test may restart.
func ownServer(t *testing.T, settings map[string]string) (*pgtest.Server, *feed) {
	t.Helper()
	server := pgtest.New(t, pgtest.Options{Settings: settings})
	return server, newFeed(t, server.DSN(), "id int primary key")
}

func TestResumeAfterRestart(t *testing.T) {
	server, f := ownServer(t, map[string]string{"wal_sender_timeout": "10s"})
	_, stream := f.start(t, pgoutput, f.options())
	insert := func(id int) { f.exec(t, fmt.Sprintf("insert into %s values (%d)", f.table, id)) }
	insert(1)
	restarted := make(chan error, 1)
	c := &consumer{t: t, stream: stream, next: 1}
	receive(t, stream, func(message replication.Message) bool {
		before := c.next
		c.take(message, true)
		switch {
		case before == 1 && c.next == 2:
			go func() {
				err := server.Restart(context.Background())
				for id := 2; id <= 3 && err == nil; id++ {
					_, err = f.db.Exec(fmt.Sprintf("insert into %s values (%d)", f.table, id))
				}
				restarted <- err
			}()
		case c.next == 4:
			return true
		}
		return false
	})
	require.NoError(t, <-restarted)
	require.Equal(t, 1, c.resumed)
}
