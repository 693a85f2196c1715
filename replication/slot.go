package replication

import (
	"context"
	"fmt"
	"strings"
)

// SlotOptions describes a slot to create (PostgreSQL documentation, "Streaming Replication Protocol",
// CREATE_REPLICATION_SLOT). The zero value is a physical slot that reserves no WAL yet.
type SlotOptions struct {
	// Plugin is the output plugin of a logical slot, such as pgoutput or test_decoding. "" makes a physical slot.
	Plugin string
	// Temporary slots are dropped with their session, and when it meets an error.
	Temporary bool
	// ReserveWAL makes a physical slot keep WAL from now on, not only from the first connection on.
	ReserveWAL bool
	// TwoPhase makes a logical slot send prepared transactions when they are prepared. PostgreSQL 15 or later.
	TwoPhase bool
	// Failover has a logical slot synchronised to the standbys. PostgreSQL 17 or later.
	Failover bool
	// WithoutSnapshot exports no snapshot for a logical slot.
	WithoutSnapshot bool
}

// Slot is a slot that was created.
type Slot struct {
	// Name is the slot's name.
	Name string
	// ConsistentPoint is where a logical slot begins: transactions that commit later are in its stream. It is zero for a
	// physical slot.
	ConsistentPoint LSN
	// SnapshotName names the exported snapshot that shows the database as it is at the ConsistentPoint, for SET
	// TRANSACTION SNAPSHOT in other sessions. It lives until the next command of this session. "" if there is none.
	SnapshotName string
	// Plugin is the output plugin, "" for a physical slot.
	Plugin string
}

// CreateSlot creates a slot. The error matches [ErrSlotExists] when the name is taken, [ErrWALLevel] when the server
// does not write what logical decoding needs, and is an [*UnsupportedError] when the server is too old for an option.
func (s *Session) CreateSlot(ctx context.Context, name string, options SlotOptions) (Slot, error) {
	command, err := s.version.createSlot(name, options)
	if err != nil {
		return Slot{}, err
	}
	row, err := s.row(ctx, command, 4)
	if err != nil {
		return Slot{}, s.slotError(ctx, name, modeOf(options), err)
	}
	slot := Slot{Name: string(row[0]), SnapshotName: string(row[2]), Plugin: string(row[3])}
	if options.Plugin != "" {
		slot.ConsistentPoint, err = ParseLSN(string(row[1]))
	}
	return slot, err
}

// modeOf gives the kind of replication that a slot is for.
func modeOf(options SlotOptions) Mode {
	if options.Plugin == "" {
		return Physical
	}
	return Logical
}

// createSlot writes the command in the server's grammar, which has had a list of options since PostgreSQL 15.
func (v serverVersion) createSlot(name string, options SlotOptions) (string, error) {
	if err := v.checkSlot(options); err != nil {
		return "", err
	}
	words := []string{"CREATE_REPLICATION_SLOT", quoteIdentifier(name)}
	if options.Temporary {
		words = append(words, "TEMPORARY")
	}
	if options.Plugin == "" {
		words = append(words, "PHYSICAL")
		if options.ReserveWAL {
			words = append(words, "RESERVE_WAL")
		}
		return strings.Join(words, " "), nil
	}
	words = append(words, "LOGICAL", quoteIdentifier(options.Plugin))
	if v.major < 15 {
		return strings.Join(append(words, snapshotKeyword(options)), " "), nil
	}
	return strings.Join(words, " ") + " (" + strings.Join(slotOptionList(options), ", ") + ")", nil
}

func (v serverVersion) checkSlot(options SlotOptions) error {
	logicalOnly := options.TwoPhase || options.Failover || options.WithoutSnapshot
	if options.Plugin == "" && logicalOnly {
		return fmt.Errorf("replication: TwoPhase, Failover and WithoutSnapshot are for logical slots, which have a Plugin")
	}
	if options.Plugin != "" && options.ReserveWAL {
		return fmt.Errorf("replication: ReserveWAL is for physical slots; a logical one reserves WAL in any case")
	}
	if options.TwoPhase {
		if err := v.require("a two-phase slot", 15); err != nil {
			return err
		}
	}
	if options.Failover {
		return v.require("a failover slot", 17)
	}
	return nil
}

func snapshotKeyword(options SlotOptions) string {
	if options.WithoutSnapshot {
		return "NOEXPORT_SNAPSHOT"
	}
	return "EXPORT_SNAPSHOT"
}

func slotOptionList(options SlotOptions) []string {
	list := []string{"SNAPSHOT 'export'"}
	if options.WithoutSnapshot {
		list[0] = "SNAPSHOT 'nothing'"
	}
	if options.TwoPhase {
		list = append(list, "TWO_PHASE true")
	}
	if options.Failover {
		list = append(list, "FAILOVER true")
	}
	return list
}

// DropSlot drops a slot and lets the server remove the WAL that it kept. The error matches [ErrSlotNotFound], or
// [ErrSlotInUse] while a connection streams from it.
func (s *Session) DropSlot(ctx context.Context, name string) error {
	_, err := s.command(ctx, "DROP_REPLICATION_SLOT "+quoteIdentifier(name))
	return s.slotError(ctx, name, Physical, err)
}

// DropSlotWhenInactive waits until no connection streams from the slot, and drops it then.
func (s *Session) DropSlotWhenInactive(ctx context.Context, name string) error {
	_, err := s.command(ctx, "DROP_REPLICATION_SLOT "+quoteIdentifier(name)+" WAIT")
	return s.slotError(ctx, name, Physical, err)
}

// SlotChange says what of a logical slot to change; nil leaves it as it is.
type SlotChange struct {
	// Failover has the slot synchronised to the standbys, or no longer. PostgreSQL 17 or later.
	Failover *bool
	// TwoPhase makes the slot send prepared transactions when they are prepared, or no longer. PostgreSQL 18 or later.
	TwoPhase *bool
}

// AlterSlot changes a logical slot that nobody streams from. The error is an [*UnsupportedError] when the server is too
// old.
func (s *Session) AlterSlot(ctx context.Context, name string, change SlotChange) error {
	var list []string
	if change.Failover != nil {
		if err := s.version.require("changing a slot's failover option", 17); err != nil {
			return err
		}
		list = append(list, fmt.Sprintf("FAILOVER %t", *change.Failover))
	}
	if change.TwoPhase != nil {
		if err := s.version.require("changing a slot's two-phase option", 18); err != nil {
			return err
		}
		list = append(list, fmt.Sprintf("TWO_PHASE %t", *change.TwoPhase))
	}
	if len(list) == 0 {
		return nil
	}
	_, err := s.command(ctx, fmt.Sprintf("ALTER_REPLICATION_SLOT %s (%s)", quoteIdentifier(name), strings.Join(list, ", ")))
	return s.slotError(ctx, name, Physical, err)
}

// SlotState is what READ_REPLICATION_SLOT says of a physical slot.
type SlotState struct {
	// RestartLSN is where the WAL that the slot keeps begins, zero if it keeps none yet.
	RestartLSN LSN
	// RestartTimeline is the timeline of RestartLSN.
	RestartTimeline uint32
}

// ReadSlot asks from where on a physical slot keeps WAL. PostgreSQL 15 or later. The error matches [ErrSlotNotFound].
// Of logical slots the view pg_replication_slots tells.
func (s *Session) ReadSlot(ctx context.Context, name string) (SlotState, error) {
	if err := s.version.require("READ_REPLICATION_SLOT", 15); err != nil {
		return SlotState{}, err
	}
	row, err := s.row(ctx, "READ_REPLICATION_SLOT "+quoteIdentifier(name), 3)
	if err != nil {
		return SlotState{}, s.slotError(ctx, name, Physical, err)
	}
	if row[0] == nil {
		return SlotState{}, fmt.Errorf("replication: slot %q: %w", name, ErrSlotNotFound)
	}
	if row[1] == nil {
		return SlotState{}, nil
	}
	restart, err := ParseLSN(string(row[1]))
	if err != nil {
		return SlotState{}, err
	}
	timeline, err := parseTimeline(row[2])
	return SlotState{RestartLSN: restart, RestartTimeline: timeline}, err
}
