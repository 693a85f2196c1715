package replication_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr"
	"github.com/pgadapt/pgadapt/replication"
)

func TestChangesOfRows(t *testing.T) {
	f := sharedFeed(t, "id int primary key, name text, long text")
	f.exec(t, "alter table "+f.table+" alter long set storage external")
	_, stream := f.start(t, pgoutput, f.options())
	f.exec(t, "insert into "+f.table+" values (1, null, repeat('x', 10000))")
	f.exec(t, "update "+f.table+" set name = 'one'")
	f.exec(t, "update "+f.table+" set id = 2")
	f.exec(t, "delete from "+f.table)
	f.exec(t, "truncate "+f.table)
	f.exec(t, "alter table "+f.table+" replica identity full")
	f.exec(t, "insert into "+f.table+" values (3, 'three')")
	f.exec(t, "update "+f.table+" set name = 'III'")
	f.exec(t, "delete from "+f.table)

	deleted := 0
	messages := receive(t, stream, func(message replication.Message) bool {
		if _, ok := message.Change.(*replication.Delete); ok {
			deleted++
		}
		return deleted == 2
	})

	inserts := changes[*replication.Insert](messages)
	require.Len(t, inserts, 2)
	require.Equal(t, map[string]any{"id": "1", "name": nil, "long": strings.Repeat("x", 10000)}, inserts[0].New.Map())
	require.Equal(t, "public", inserts[0].Relation.Namespace)
	require.Equal(t, f.table, inserts[0].Relation.Name)

	updates := changes[*replication.Update](messages)
	require.Len(t, updates, 3)
	require.Equal(t, map[string]any{"id": "1", "name": "one"}, updates[0].New.Map(), "long is unchanged, and not sent")
	require.Equal(t, map[string]any{"id": "1"}, updates[0].Identity().Map())
	require.Equal(t, map[string]any{"id": "1"}, updates[1].Key.Map())
	require.Equal(t, map[string]any{"id": "2", "name": "one"}, updates[1].New.Map())
	require.Equal(t, map[string]any{"id": "3", "name": "three", "long": nil}, updates[2].Old.Map())
	require.Equal(t, map[string]any{"id": "3", "name": "III", "long": nil}, updates[2].New.Map())

	deletes := changes[*replication.Delete](messages)
	require.Len(t, deletes, 2)
	require.Equal(t, map[string]any{"id": "2"}, deletes[0].Identity().Map())
	require.Equal(t, map[string]any{"id": "3", "name": "III", "long": nil}, deletes[1].Old.Map())

	truncates := changes[*replication.Truncate](messages)
	require.Len(t, truncates, 1)
	require.Equal(t, f.table, truncates[0].Relations[0].Name)
}

func TestTransactionsComeInTheOrderOfTheirCommits(t *testing.T) {
	f := sharedFeed(t, "id int")
	_, stream := f.start(t, pgoutput, f.options())
	first, err := f.db.Begin()
	require.NoError(t, err)
	_, err = first.Exec("insert into " + f.table + " values (1)")
	require.NoError(t, err)
	f.exec(t, "insert into "+f.table+" values (2)")
	_, err = first.Exec("insert into " + f.table + " values (3)")
	require.NoError(t, err)
	require.NoError(t, first.Commit())

	messages := receive(t, stream, commits(2))

	var ids []any
	for _, insert := range changes[*replication.Insert](messages) {
		ids = append(ids, insert.New.Map()["id"])
	}
	require.Equal(t, []any{"2", "1", "3"}, ids)
	begins, ends := changes[*replication.Begin](messages), changes[*replication.Commit](messages)
	for i, begin := range begins {
		require.Equal(t, begin.XID, ends[i].XID)
		require.Equal(t, begin.FinalLSN, ends[i].CommitLSN)
		require.Equal(t, begin.CommitTime, ends[i].CommitTime)
	}
	for _, message := range messages {
		if commit, ok := message.Change.(*replication.Commit); ok {
			require.Equal(t, commit.EndLSN, message.End(), "the position to acknowledge")
		}
	}
}

func TestBinaryValuesAndTypes(t *testing.T) {
	f := sharedFeed(t, "id int, note text")
	f.exec(t, "create type "+f.table+"_mood as enum ('sad', 'happy')")
	t.Cleanup(func() { _, _ = f.db.Exec("drop type if exists " + f.table + "_mood cascade") })
	f.exec(t, "alter table "+f.table+" add mood "+f.table+"_mood")
	options := f.options()
	options.PgOutput.Binary = true
	_, stream := f.start(t, pgoutput, options)
	f.exec(t, "insert into "+f.table+" values (258, 'x', 'happy')")

	messages := receive(t, stream, commits(1))

	insert := changes[*replication.Insert](messages)[0]
	value, _ := insert.New.Value("id")
	require.Equal(t, replication.Value{Kind: replication.Binary, Data: []byte{0, 0, 1, 2}}, value)
	var id int
	require.NoError(t, insert.New.Scan("id", &id))
	require.Equal(t, 258, id)
	var mood string
	require.NoError(t, insert.New.Scan("mood", &mood))
	require.Equal(t, "happy", mood)
	types := changes[*replication.DataType](messages)
	require.Len(t, types, 1)
	require.Equal(t, f.table+"_mood", types[0].Name)
}

func TestLogicalMessages(t *testing.T) {
	f := sharedFeed(t, "id int")
	options := f.options()
	options.PgOutput.Messages = true
	_, stream := f.start(t, pgoutput, options)
	f.exec(t, "select pg_logical_emit_message(false, 'at once', 'a')")
	f.exec(t, "select pg_logical_emit_message(true, 'with the transaction', 'b')")

	messages := changes[*replication.LogicalMessage](receive(t, stream, commits(1)))

	require.Len(t, messages, 2)
	require.False(t, messages[0].Transactional)
	require.Zero(t, messages[0].XID)
	require.Equal(t, "at once", messages[0].Prefix)
	require.Equal(t, []byte("a"), messages[0].Content)
	require.True(t, messages[1].Transactional)
	require.NotZero(t, messages[1].XID)
}

func TestStreamedTransactions(t *testing.T) {
	for _, mode := range []replication.Streaming{replication.StreamingOn, replication.StreamingParallel} {
		t.Run(string(mode), func(t *testing.T) {
			f := sharedFeed(t, "id int, long text")
			// The sending process takes the setting from its session.
			f.config.RuntimeParams["logical_decoding_work_mem"] = "64kB"
			options := f.options()
			options.PgOutput.Streaming = mode
			session := connect(t, f.config, replication.Logical)
			_, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
			require.NoError(t, err)
			if mode == replication.StreamingParallel && serverVersion(t) < 16 {
				_, err := session.StartLogical(t.Context(), options)
				var unsupported *replication.UnsupportedError
				require.ErrorAs(t, err, &unsupported)
				return
			}
			stream := f.stream(t, session, options)
			tx, err := f.db.Begin()
			require.NoError(t, err)
			fill := "insert into " + f.table + " select i, repeat('x', 500) from generate_series(1, $1) i"
			for _, statement := range []string{"savepoint s", "", "rollback to s", ""} {
				if statement != "" {
					_, err = tx.Exec(statement)
				} else {
					_, err = tx.Exec(fill, 1000)
				}
				require.NoError(t, err)
			}
			require.NoError(t, tx.Commit())

			var open uint32
			kept := map[uint32]int{}
			receive(t, stream, func(message replication.Message) bool {
				switch change := message.Change.(type) {
				case *replication.StreamStart:
					require.Zero(t, open)
					open = change.XID
				case *replication.StreamStop:
					require.Equal(t, open, change.XID)
					open = 0
				case *replication.Insert:
					require.Equal(t, open, change.XID)
					kept[change.SubXID]++
				case *replication.StreamAbort:
					require.NotEqual(t, change.XID, change.SubXID)
					require.Equal(t, mode == replication.StreamingParallel, change.AbortLSN != 0)
					delete(kept, change.SubXID)
				case *replication.StreamCommit:
					require.Equal(t, change.EndLSN, message.End())
					return true
				}
				return false
			})
			total := 0
			for _, rows := range kept {
				total += rows
			}
			require.Equal(t, 1000, total)
		})
	}
}

func TestTwoPhase(t *testing.T) {
	if serverVersion(t) < 15 {
		t.Skip("pgoutput sends prepared transactions from PostgreSQL 15 on")
	}
	f := sharedFeed(t, "id int")
	options := f.options()
	options.PgOutput.TwoPhase = true
	_, stream := f.start(t, replication.SlotOptions{Plugin: "pgoutput", TwoPhase: true}, options)
	prepare := func(id int, gid, outcome string) {
		conn, err := f.db.Conn(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.ExecContext(t.Context(), fmt.Sprintf(
			"begin; insert into %s values (%d); prepare transaction '%s'", f.table, id, gid))
		require.NoError(t, err)
		_, err = conn.ExecContext(t.Context(), outcome+" prepared '"+gid+"'")
		require.NoError(t, err)
	}
	prepare(1, f.slot+"_a", "commit")
	prepare(2, f.slot+"_b", "rollback")

	messages := receive(t, stream, func(message replication.Message) bool {
		_, last := message.Change.(*replication.RollbackPrepared)
		return last
	})

	begins, prepares := changes[*replication.BeginPrepare](messages), changes[*replication.Prepare](messages)
	require.Len(t, begins, 2)
	require.Len(t, prepares, 2)
	require.Equal(t, f.slot+"_a", begins[0].GID)
	require.Equal(t, begins[0].XID, prepares[0].XID)
	require.Equal(t, begins[0].EndLSN, prepares[0].EndLSN)
	require.Equal(t, begins[0].XID, changes[*replication.Insert](messages)[0].XID)
	require.Equal(t, f.slot+"_a", changes[*replication.CommitPrepared](messages)[0].GID)
	require.Equal(t, f.slot+"_b", changes[*replication.RollbackPrepared](messages)[0].GID)
}

func TestOtherPlugin(t *testing.T) {
	f := sharedFeed(t, "id int")
	_, stream := f.start(t, replication.SlotOptions{Plugin: "test_decoding"}, replication.LogicalOptions{
		Slot: f.slot, PluginOptions: []replication.PluginOption{{Name: "include-xids", Value: "off"}, {Name: "skip-empty-xacts", Value: "on"}},
	})
	f.exec(t, "insert into "+f.table+" values (1)")

	var texts []string
	receive(t, stream, func(message replication.Message) bool {
		require.Nil(t, message.Change)
		require.GreaterOrEqual(t, message.ServerWALEnd, message.WALStart)
		require.False(t, message.SendTime.IsZero())
		texts = append(texts, string(message.Data))
		return strings.HasPrefix(texts[len(texts)-1], "COMMIT")
	})

	require.Equal(t, []string{"BEGIN", "table public." + f.table + ": INSERT: id[integer]:1", "COMMIT"}, texts)
}

func TestWrongPluginOptionsLeaveTheSessionUsable(t *testing.T) {
	f := sharedFeed(t, "id int")
	session := connect(t, f.config, replication.Logical)
	_, err := session.CreateSlot(t.Context(), f.slot, replication.SlotOptions{Plugin: "test_decoding", Temporary: true})
	require.NoError(t, err)
	options := replication.LogicalOptions{Slot: f.slot, PluginOptions: []replication.PluginOption{{Name: "no-such", Value: "it's"}}}
	_, err = session.StartLogical(t.Context(), options)
	require.ErrorIs(t, err, pgerr.InvalidParameterValue)
	_, err = session.IdentifySystem(t.Context())
	require.NoError(t, err)
}

func TestStartErrors(t *testing.T) {
	f := sharedFeed(t, "id int")
	session := connect(t, f.config, replication.Logical)
	start := func(change func(*replication.LogicalOptions)) error {
		options := f.options()
		change(&options)
		_, err := session.StartLogical(t.Context(), options)
		return err
	}
	require.ErrorIs(t, start(func(*replication.LogicalOptions) {}), replication.ErrSlotNotFound)
	require.ErrorIs(t, start(func(o *replication.LogicalOptions) {
		o.PgOutput.Publications = []string{f.publication, `no"ne`}
	}), replication.ErrPublicationNotFound)
	require.ErrorContains(t, start(func(o *replication.LogicalOptions) { o.PgOutput.Publications = nil }), "publication")
	require.ErrorContains(t, start(func(o *replication.LogicalOptions) { o.Slot = "" }), "slot")
	require.ErrorContains(t, start(func(o *replication.LogicalOptions) { o.PgOutput.Streaming = "yes" }), "streaming mode")
	require.ErrorContains(t, start(func(o *replication.LogicalOptions) {
		o.PluginOptions = []replication.PluginOption{{Name: "a", Value: "b"}}
	}), "PluginOptions")
	if serverVersion(t) < 16 {
		var unsupported *replication.UnsupportedError
		require.ErrorAs(t, start(func(o *replication.LogicalOptions) { o.PgOutput.WithoutOrigin = true }), &unsupported)
	}
	_, err := session.IdentifySystem(t.Context())
	require.NoError(t, err, "the session is usable after all of them")
}

func TestCommandsWhileStreaming(t *testing.T) {
	f := sharedFeed(t, "id int")
	session, stream := f.start(t, pgoutput, f.options())
	_, err := session.IdentifySystem(t.Context())
	require.ErrorContains(t, err, "streaming")
	_, err = session.StartLogical(t.Context(), f.options())
	require.ErrorContains(t, err, "streaming")

	require.NoError(t, stream.Close())
	require.NoError(t, stream.Close())
	_, err = session.IdentifySystem(t.Context())
	require.NoError(t, err)
	for _, err := range stream.Messages(t.Context()) {
		require.ErrorIs(t, err, replication.ErrStreamClosed)
	}
	require.ErrorIs(t, stream.SendStatusUpdate(), replication.ErrStreamClosed)
}

// Up to PostgreSQL 17 the server reports a publication that it misses in the WAL; later ones warn.
func TestPublicationThatWasDropped(t *testing.T) {
	f := sharedFeed(t, "id int")
	var warnings []string
	f.config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) { warnings = append(warnings, notice.Message) }
	_, stream := f.start(t, pgoutput, f.options())
	f.exec(t, "drop publication "+f.publication)
	f.exec(t, "insert into "+f.table+" values (1)")
	f.exec(t, "create publication "+f.publication+" for table "+f.table)
	f.exec(t, "insert into "+f.table+" values (2)")
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	for message, err := range stream.Messages(ctx) {
		if serverVersion(t) < 18 && err != nil {
			require.ErrorIs(t, err, replication.ErrPublicationNotFound)
			require.ErrorIs(t, err, pgerr.UndefinedObject)
			return
		}
		require.NoError(t, err)
		if insert, ok := message.Change.(*replication.Insert); ok {
			require.GreaterOrEqual(t, serverVersion(t), 18)
			require.Equal(t, map[string]any{"id": "2"}, insert.New.Map())
			require.Contains(t, strings.Join(warnings, "\n"), f.publication)
			return
		}
	}
}
