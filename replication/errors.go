package replication

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

// What errors.Is finds in errors of this package. The server's own error is there too, as an [*pgadapt.Error].
var (
	// ErrSlotExists says that there is a slot of that name already.
	ErrSlotExists = errors.New("the slot exists already")
	// ErrSlotNotFound says that there is no slot of that name on this server. Slots are not copied to standbys unless they
	// are failover slots.
	ErrSlotNotFound = errors.New("the slot does not exist")
	// ErrSlotInUse says that another connection uses the slot. After a cut that can be the server's side of the old
	// connection, until wal_sender_timeout has passed.
	ErrSlotInUse = errors.New("the slot is in use by another connection")
	// ErrWALRemoved says that the server no longer has the WAL that is needed. A logical slot for which it is missing is
	// of no more use: drop it, create it anew, and copy the tables anew.
	ErrWALRemoved = errors.New("the WAL has been removed")
	// ErrPublicationNotFound says that a publication does not exist, or did not exist yet at the position in the WAL that
	// is being read: a publication must be created before the slot.
	ErrPublicationNotFound = errors.New("the publication does not exist")
	// ErrWALLevel says that the server writes too little WAL for logical decoding: set wal_level = logical and restart it.
	ErrWALLevel = errors.New("wal_level is not logical")
	// ErrStreamClosed says that the stream was closed.
	ErrStreamClosed = errors.New("replication: the stream is closed")
)

// UnsupportedError says that the server is too old for what was asked of it. Nothing was sent.
type UnsupportedError struct {
	// Feature says what was asked for.
	Feature string
	// Needs is the first major version of PostgreSQL that has it.
	Needs int
	// Server is the server's version.
	Server string
}

// Error says what needs which version.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("replication: %s needs PostgreSQL %d or later, and this server is %s", e.Feature, e.Needs, e.Server)
}

// commandError names the command that failed.
func commandError(command string, err error) error {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		err = &pgadapt.Error{PgError: pgErr}
	}
	return fmt.Errorf("replication: %s: %w", verb(command), err)
}

// conditionError adds to an error of the server which of the sentinels it is, and what to do.
type conditionError struct {
	condition error
	advice    string
	cause     error
}

func (e *conditionError) Error() string {
	if e.advice == "" {
		return e.cause.Error()
	}
	return e.cause.Error() + ": " + e.advice
}

func (e *conditionError) Unwrap() []error { return []error{e.condition, e.cause} }

// slotError finds out which of the sentinels the failure of a command about a slot is.
func (s *Session) slotError(ctx context.Context, slot string, mode Mode, err error) error {
	code, ok := pgerr.Of(err)
	if !ok {
		return err
	}
	switch code {
	case pgerr.DuplicateObject:
		return &conditionError{condition: ErrSlotExists, cause: err}
	case pgerr.UndefinedObject:
		return &conditionError{condition: ErrSlotNotFound, cause: err}
	case pgerr.ObjectInUse:
		return &conditionError{condition: ErrSlotInUse, cause: err}
	case pgerr.UndefinedFile:
		return walRemoved(err)
	case pgerr.ObjectNotInPrerequisiteState:
		return s.prerequisiteError(ctx, slot, mode, err)
	}
	return err
}

func walRemoved(err error) error {
	return &conditionError{
		condition: ErrWALRemoved, cause: err,
		advice: "what the server has removed cannot be streamed any more: begin anew from a copy of the data",
	}
}

// prerequisiteError looks for what is missing, since one SQLSTATE stands for several things and messages depend on
// lc_messages.
func (s *Session) prerequisiteError(ctx context.Context, slot string, mode Mode, err error) error {
	if s.pg.IsClosed() {
		return err
	}
	if mode == Physical {
		if state, readErr := s.ReadSlot(ctx, slot); readErr == nil && state.RestartLSN == 0 {
			return walRemoved(err)
		}
		return err
	}
	if level, showErr := s.Show(ctx, "wal_level"); showErr == nil && level != "logical" {
		return &conditionError{
			condition: ErrWALLevel, cause: err,
			advice: "wal_level is " + level + ": set wal_level = logical in postgresql.conf and restart the server",
		}
	}
	query := "SELECT wal_status FROM pg_replication_slots WHERE slot_name = " + quoteLiteral(slot)
	if result, queryErr := s.command(ctx, query); queryErr == nil && len(result.Rows) == 1 && string(result.Rows[0][0]) == "lost" {
		return walRemoved(err)
	}
	return err
}

// streamError is slotError for what the server says once it streams: the slot was found, so that an object that does
// not exist is a publication.
func streamError(err error) error {
	switch code, _ := pgerr.Of(err); code {
	case pgerr.UndefinedObject:
		return &conditionError{
			condition: ErrPublicationNotFound, cause: err,
			advice: "the publication must have existed before the changes that are read: " +
				"create it first, and then the slot",
		}
	case pgerr.UndefinedFile:
		return walRemoved(err)
	}
	return err
}
