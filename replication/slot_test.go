package replication_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/pgerr"
	"github.com/pgadapt/pgadapt/replication"
)

func TestPhysicalSlot(t *testing.T) {
	f := sharedFeed(t, "id int")
	session := connect(t, f.config, replication.Physical)

	slot, err := session.CreateSlot(t.Context(), f.slot, replication.SlotOptions{ReserveWAL: true})
	require.NoError(t, err)
	require.Equal(t, replication.Slot{Name: f.slot}, slot)

	if serverVersion(t) >= 15 {
		state, err := session.ReadSlot(t.Context(), f.slot)
		require.NoError(t, err)
		require.NotZero(t, state.RestartLSN)
		require.NotZero(t, state.RestartTimeline)
	}

	_, err = session.CreateSlot(t.Context(), f.slot, replication.SlotOptions{})
	require.ErrorIs(t, err, replication.ErrSlotExists)
	require.ErrorIs(t, err, pgerr.DuplicateObject)

	require.NoError(t, session.DropSlot(t.Context(), f.slot))
	require.ErrorIs(t, session.DropSlot(t.Context(), f.slot), replication.ErrSlotNotFound)
	require.ErrorIs(t, session.DropSlotWhenInactive(t.Context(), f.slot), replication.ErrSlotNotFound)
}

func TestReadSlot(t *testing.T) {
	f := sharedFeed(t, "id int")
	session := connect(t, f.config, replication.Physical)
	if serverVersion(t) < 15 {
		var unsupported *replication.UnsupportedError
		_, err := session.ReadSlot(t.Context(), f.slot)
		require.ErrorAs(t, err, &unsupported)
		require.Equal(t, 15, unsupported.Needs)
		return
	}
	_, err := session.ReadSlot(t.Context(), f.slot)
	require.ErrorIs(t, err, replication.ErrSlotNotFound)

	_, err = session.CreateSlot(t.Context(), f.slot, replication.SlotOptions{})
	require.NoError(t, err)
	state, err := session.ReadSlot(t.Context(), f.slot)
	require.NoError(t, err)
	require.Zero(t, state, "it reserves nothing yet")
}

func TestLogicalSlotExportsASnapshot(t *testing.T) {
	f := sharedFeed(t, "id int")
	f.exec(t, "insert into "+f.table+" values (1)")
	session := connect(t, f.config, replication.Logical)
	slot, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
	require.NoError(t, err)
	require.Equal(t, "pgoutput", slot.Plugin)
	require.NotZero(t, slot.ConsistentPoint)
	f.exec(t, "insert into "+f.table+" values (2)")

	tx, err := f.db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.Exec("set transaction snapshot '" + slot.SnapshotName + "'")
	require.NoError(t, err)
	var copied int
	require.NoError(t, tx.QueryRow("select count(*) from "+f.table).Scan(&copied))
	require.Equal(t, 1, copied, "the second row is in the stream")

	inserts := changes[*replication.Insert](receive(t, f.stream(t, session, f.options()), commits(1)))
	require.Len(t, inserts, 1)
	require.Equal(t, map[string]any{"id": "2"}, inserts[0].New.Map())
}

func TestTemporarySlot(t *testing.T) {
	f := sharedFeed(t, "id int")
	session := connect(t, f.config, replication.Logical)
	slot, err := session.CreateSlot(t.Context(), f.slot,
		replication.SlotOptions{Plugin: "test_decoding", Temporary: true, WithoutSnapshot: true})
	require.NoError(t, err)
	require.Empty(t, slot.SnapshotName)
	var temporary bool
	query := "select temporary from pg_replication_slots where slot_name = $1"
	require.NoError(t, f.db.QueryRow(query, f.slot).Scan(&temporary))
	require.True(t, temporary)

	require.NoError(t, session.Close())
	require.Eventually(t, func() bool {
		return errors.Is(f.db.QueryRow(query, f.slot).Scan(&temporary), sql.ErrNoRows)
	}, patience, patience/1000)
}

func TestSlotOptionsOfNewerServers(t *testing.T) {
	yes, no := true, false
	f := sharedFeed(t, "id int")
	session := connect(t, f.config, replication.Logical)
	requireSupport := func(t *testing.T, since int, err error) bool {
		if serverVersion(t) >= since {
			require.NoError(t, err)
			return true
		}
		var unsupported *replication.UnsupportedError
		require.ErrorAs(t, err, &unsupported)
		require.Equal(t, since, unsupported.Needs)
		return false
	}
	column := func(name string) (value bool) {
		require.NoError(t, f.db.QueryRow("select "+name+" from pg_replication_slots where slot_name = $1", f.slot).Scan(&value))
		return value
	}
	drop := func() { require.NoError(t, session.DropSlotWhenInactive(t.Context(), f.slot)) }

	t.Run("two-phase", func(t *testing.T) {
		_, err := session.CreateSlot(t.Context(), f.slot, replication.SlotOptions{Plugin: "pgoutput", TwoPhase: true})
		if requireSupport(t, 15, err) {
			require.True(t, column("two_phase"))
			drop()
		}
	})
	t.Run("failover", func(t *testing.T) {
		_, err := session.CreateSlot(t.Context(), f.slot, replication.SlotOptions{Plugin: "pgoutput", Failover: true})
		if requireSupport(t, 17, err) {
			require.True(t, column("failover"))
			drop()
		}
	})
	t.Run("alter", func(t *testing.T) {
		_, err := session.CreateSlot(t.Context(), f.slot, pgoutput)
		require.NoError(t, err)
		defer drop()
		require.NoError(t, session.AlterSlot(t.Context(), f.slot, replication.SlotChange{}))
		if requireSupport(t, 17, session.AlterSlot(t.Context(), f.slot, replication.SlotChange{Failover: &yes})) {
			require.True(t, column("failover"))
			require.NoError(t, session.AlterSlot(t.Context(), f.slot, replication.SlotChange{Failover: &no}))
			require.False(t, column("failover"))
		}
		if requireSupport(t, 18, session.AlterSlot(t.Context(), f.slot, replication.SlotChange{TwoPhase: &yes})) {
			require.True(t, column("two_phase"))
		}
	})
}

func TestSlotOptionsThatDoNotGoTogether(t *testing.T) {
	session := connect(t, sharedConfig(t), replication.Logical)
	for _, options := range []replication.SlotOptions{
		{TwoPhase: true}, {Failover: true}, {WithoutSnapshot: true}, {Plugin: "pgoutput", ReserveWAL: true},
	} {
		_, err := session.CreateSlot(t.Context(), "never", options)
		require.ErrorContains(t, err, "replication: ")
	}
	_, err := session.CreateSlot(t.Context(), "a\x00b", replication.SlotOptions{})
	require.ErrorContains(t, err, "zero byte")
	_, err = session.CreateSlot(t.Context(), "Not a Name", replication.SlotOptions{})
	require.ErrorIs(t, err, pgerr.InvalidName)
	_, err = session.CreateSlot(t.Context(), "never", replication.SlotOptions{Plugin: "no_such_plugin"})
	require.ErrorIs(t, err, pgerr.UndefinedFile)
}

func TestSlotInUse(t *testing.T) {
	f := sharedFeed(t, "id int")
	_, stream := f.start(t, pgoutput, f.options())
	other := connect(t, f.config, replication.Logical)

	require.ErrorIs(t, other.DropSlot(t.Context(), f.slot), replication.ErrSlotInUse)
	_, err := other.StartLogical(t.Context(), f.options())
	require.ErrorIs(t, err, replication.ErrSlotInUse)
	require.ErrorIs(t, err, pgerr.ObjectInUse)

	require.NoError(t, stream.Close())
	second := f.stream(t, other, f.options())
	require.NoError(t, second.Close(), "the refusal has left the session usable")
}

func TestWALLevel(t *testing.T) {
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{"wal_level": "replica"}})
	config, err := pgadapt.ParseConfig(server.DSN())
	require.NoError(t, err)
	_, err = connect(t, config, replication.Logical).CreateSlot(t.Context(), "feed", pgoutput)
	require.ErrorIs(t, err, replication.ErrWALLevel)
	require.ErrorIs(t, err, pgerr.ObjectNotInPrerequisiteState)
	require.ErrorContains(t, err, "wal_level = logical")
}
