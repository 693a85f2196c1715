package replication

import (
	"fmt"
	"strings"
	"time"
)

// The defaults of a stream's options that are zero. They are those of PostgreSQL's own receiver,
// wal_receiver_status_interval and wal_receiver_timeout.
const (
	// DefaultStatusInterval is how often the server is told how far the program has come.
	DefaultStatusInterval = 10 * time.Second
	// DefaultReceiveTimeout is how long a server that should answer may be silent.
	DefaultReceiveTimeout = time.Minute
)

// StreamOptions are the options that physical and logical streams share.
type StreamOptions struct {
	// StatusInterval is how often the server is told how far the program has come, also while the program is busy with
	// one message for long. Zero means DefaultStatusInterval. It is a third of the server's wal_sender_timeout at most,
	// so that the server does not take the program for dead.
	StatusInterval time.Duration
	// ReceiveTimeout is how long the server may be silent while a message is waited for. After half of it the server is
	// asked for a sign of life, and after all of it the connection counts as cut. Zero means DefaultReceiveTimeout, a
	// negative time that it may be silent for ever.
	ReceiveTimeout time.Duration
	// ReconnectFor is how long the stream tries to connect again after a cut, before the cut becomes an error of
	// Messages. Zero means until the context ends, a negative time not at all.
	ReconnectFor time.Duration
}

func (o StreamOptions) statusInterval() time.Duration {
	if o.StatusInterval > 0 {
		return o.StatusInterval
	}
	return DefaultStatusInterval
}

func (o StreamOptions) receiveTimeout() time.Duration {
	if o.ReceiveTimeout == 0 {
		return DefaultReceiveTimeout
	}
	return o.ReceiveTimeout
}

// PhysicalOptions says what WAL to stream.
type PhysicalOptions struct {
	StreamOptions
	// Slot is the physical slot that keeps the WAL until it is acknowledged. "" streams without one: the server may then
	// remove WAL that was not streamed yet.
	Slot string
	// StartLSN is where the stream begins. IdentifySystem and ReadSlot give such positions.
	StartLSN LSN
	// Timeline is the timeline to stream. Zero means the server's current one.
	Timeline uint32
}

// LogicalOptions says what changes to stream.
type LogicalOptions struct {
	StreamOptions
	// Slot is the logical slot, which knows its output plugin.
	Slot string
	// StartLSN is the position up to which the program is done already, if it keeps that itself. The server begins there
	// or at what it has been told before, whichever is later. Zero means that the slot knows.
	StartLSN LSN
	// PgOutput has the options of the plugin pgoutput, PostgreSQL's own. Its messages are decoded into Message.Change.
	// Nil means another plugin.
	PgOutput *PgOutput
	// PluginOptions are the options of another plugin.
	PluginOptions []PluginOption
}

// PluginOption is an option of an output plugin, such as include-xids of test_decoding.
type PluginOption struct {
	// Name is the option's name.
	Name string
	// Value is its value; many plugins understand on and off.
	Value string
}

// Streaming says what pgoutput does with transactions that are too large for logical_decoding_work_mem.
type Streaming string

const (
	// StreamingOff keeps them on the server's disk until they commit.
	StreamingOff Streaming = ""
	// StreamingOn sends them in blocks while they are running.
	StreamingOn Streaming = "on"
	// StreamingParallel does that too, and tells where and when a transaction was rolled back. PostgreSQL 16 or later.
	StreamingParallel Streaming = "parallel"
)

// PgOutput has the options of pgoutput (PostgreSQL documentation, "Logical Streaming Replication Parameters"). Its
// protocol version is the oldest that has what the options ask for.
type PgOutput struct {
	// Publications are the publications whose tables are streamed. One at least is needed.
	Publications []string
	// Streaming says what happens to large transactions.
	Streaming Streaming
	// TwoPhase sends prepared transactions when they are prepared. The slot must have been created with TwoPhase.
	// PostgreSQL 15 or later.
	TwoPhase bool
	// Binary sends values in binary form where their types have one.
	Binary bool
	// Messages sends the messages of pg_logical_emit_message too.
	Messages bool
	// WithoutOrigin leaves out what came to the server by replication itself. PostgreSQL 16 or later.
	WithoutOrigin bool
}

func (p *PgOutput) check(server serverVersion) error {
	if len(p.Publications) == 0 {
		return fmt.Errorf("replication: PgOutput needs the name of a publication: CREATE PUBLICATION makes one")
	}
	switch p.Streaming {
	case StreamingOff, StreamingOn:
	case StreamingParallel:
		if err := server.require("streaming = parallel", 16); err != nil {
			return err
		}
	default:
		return fmt.Errorf("replication: unknown streaming mode %q: it must be on, parallel or empty", string(p.Streaming))
	}
	if p.TwoPhase {
		if err := server.require("two_phase of pgoutput", 15); err != nil {
			return err
		}
	}
	if p.WithoutOrigin {
		return server.require("origin of pgoutput", 16)
	}
	return nil
}

// protocolVersion gives the oldest version that has what is asked for.
func (p *PgOutput) protocolVersion() string {
	switch {
	case p.Streaming == StreamingParallel:
		return "4"
	case p.TwoPhase:
		return "3"
	case p.Streaming == StreamingOn:
		return "2"
	}
	return "1"
}

func (p *PgOutput) pluginOptions() []PluginOption {
	names := make([]string, len(p.Publications))
	for i, name := range p.Publications {
		names[i] = quoteIdentifier(name)
	}
	options := []PluginOption{
		{"proto_version", p.protocolVersion()},
		{"publication_names", strings.Join(names, ",")},
	}
	if p.Streaming != StreamingOff {
		options = append(options, PluginOption{"streaming", string(p.Streaming)})
	}
	if p.WithoutOrigin {
		options = append(options, PluginOption{"origin", "none"})
	}
	for _, option := range []struct {
		name   string
		wanted bool
	}{{"two_phase", p.TwoPhase}, {"binary", p.Binary}, {"messages", p.Messages}} {
		if option.wanted {
			options = append(options, PluginOption{option.name, "true"})
		}
	}
	return options
}

// startCommand gives the command that streams the options' WAL from a position on.
func (o PhysicalOptions) startCommand(from LSN) string {
	command := "START_REPLICATION"
	if o.Slot != "" {
		command += " SLOT " + quoteIdentifier(o.Slot)
	}
	command += " PHYSICAL " + from.String()
	if o.Timeline != 0 {
		command += fmt.Sprintf(" TIMELINE %d", o.Timeline)
	}
	return command
}

// startCommand gives the command that streams the options' changes from a position on.
func (o LogicalOptions) startCommand(from LSN) string {
	command := "START_REPLICATION SLOT " + quoteIdentifier(o.Slot) + " LOGICAL " + from.String()
	options := o.PluginOptions
	if o.PgOutput != nil {
		options = o.PgOutput.pluginOptions()
	}
	if len(options) == 0 {
		return command
	}
	list := make([]string, len(options))
	for i, option := range options {
		list[i] = quoteIdentifier(option.Name) + " " + quoteLiteral(option.Value)
	}
	return command + " (" + strings.Join(list, ", ") + ")"
}
