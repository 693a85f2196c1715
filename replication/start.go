package replication

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// StartPhysical streams the WAL itself, from StartLSN on. The error matches [ErrSlotNotFound], [ErrSlotInUse] or
// [ErrWALRemoved] where it is that; the session then takes commands as before.
func (s *Session) StartPhysical(ctx context.Context, options PhysicalOptions) (*Stream, error) {
	stream := &Stream{
		session: s, options: options.StreamOptions, slot: options.Slot, mode: Physical, startCommand: options.startCommand,
	}
	return s.start(ctx, stream, options.StartLSN)
}

// StartLogical streams the changes of the session's database, as the slot's output plugin tells them. The error matches
// [ErrSlotNotFound], [ErrSlotInUse], [ErrPublicationNotFound], [ErrWALRemoved] or [ErrWALLevel] where it is that; the
// session then takes commands as before.
func (s *Session) StartLogical(ctx context.Context, options LogicalOptions) (*Stream, error) {
	if err := s.checkLogical(ctx, options); err != nil {
		return nil, err
	}
	stream := &Stream{
		session: s, options: options.StreamOptions, slot: options.Slot, mode: Logical, startCommand: options.startCommand,
		decodes: options.PgOutput != nil,
	}
	return s.start(ctx, stream, options.StartLSN)
}

func (s *Session) start(ctx context.Context, stream *Stream, from LSN) (*Stream, error) {
	if s.stream != nil {
		return nil, errStreaming
	}
	stream.position.begin(from)
	if err := stream.open(ctx); err != nil {
		return nil, err
	}
	s.stream = stream
	return stream, nil
}

func (s *Session) checkLogical(ctx context.Context, options LogicalOptions) error {
	if options.Slot == "" {
		return errors.New("replication: logical replication needs a slot: CreateSlot makes one")
	}
	if options.PgOutput == nil {
		return nil
	}
	if len(options.PluginOptions) > 0 {
		return errors.New("replication: PluginOptions are for other plugins than pgoutput, which has its options in PgOutput")
	}
	if err := options.PgOutput.check(s.version); err != nil {
		return err
	}
	return s.checkPublications(ctx, options.PgOutput.Publications)
}

// checkPublications refuses a name that is none. The server would say so with the first change only, and from
// PostgreSQL 18 on would stream nothing without an error.
func (s *Session) checkPublications(ctx context.Context, names []string) error {
	result, err := s.command(ctx, "SELECT pubname FROM pg_catalog.pg_publication")
	if err != nil {
		return err
	}
	existing := map[string]bool{}
	for _, row := range result.Rows {
		existing[string(row[0])] = true
	}
	var missing []string
	for _, name := range names {
		if !existing[name] {
			missing = append(missing, quoteIdentifier(name))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("replication: publication %s: %w: create it first, and then the slot",
			strings.Join(missing, ", "), ErrPublicationNotFound)
	}
	return nil
}
