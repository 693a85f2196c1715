package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pgadapt/pgadapt/replication"
)

// feed writes a stream to an output.
type feed struct {
	stream *replication.Stream
	output *output
	lines  lineMaker
	// transaction is the one whose changes come now, nil between transactions.
	transaction *transaction
	watcher     watcher
}

// transaction is one that is being written.
type transaction struct {
	begin *replication.Begin
	// known says that the output has it already: the server did not hear of that before the last run or connection ended.
	known bool
	// begun says that its first line is written. It is with its first change: PostgreSQL 14 also tells of transactions
	// that have none.
	begun bool
}

// watcher is told of a feed, where its functions are not nil.
type watcher struct {
	started   func()           // the feed will have every later transaction
	committed func(xid uint32) // a transaction was written
}

// feedFrom makes a feed and runs it until ctx ends.
func feedFrom(ctx context.Context, wanted command, out, diagnostics io.Writer, watcher watcher) (err error) {
	config, err := readConfig(wanted.dsn)
	if err != nil {
		return err
	}
	session, err := replication.Connect(ctx, config, replication.Logical)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }() // tells the server how far it came

	if err := setUp(ctx, config, session, wanted, diagnostics); err != nil {
		return err
	}
	f, err := openFeed(ctx, session, wanted, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.output.close()) }()
	f.watcher = watcher
	if watcher.started != nil {
		watcher.started()
	}
	return f.run(ctx)
}

// openFeed opens the stream, and then the output: whoever streams from the slot is the only one who writes to the file.
func openFeed(ctx context.Context, session *replication.Session, wanted command, out io.Writer) (*feed, error) {
	system, err := session.IdentifySystem(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := startStream(ctx, session, wanted.slot)
	if err != nil {
		return nil, err
	}
	output, err := openOutput(wanted.output, out, system.FlushLSN)
	if err != nil {
		return nil, err
	}
	return &feed{stream: stream, output: output, lines: newLineMaker()}, nil
}

// slotPatience is how long a slot may be in use still: the server may not have noticed yet that the last run died.
const slotPatience = 10 * time.Second

// startStream streams from the slot, when it is free.
func startStream(ctx context.Context, session *replication.Session, slot string) (*replication.Stream, error) {
	options := replication.LogicalOptions{
		Slot:     slot,
		PgOutput: &replication.PgOutput{Publications: []string{slot}},
	}
	for givingUp := time.Now().Add(slotPatience); ; time.Sleep(slotPatience / 50) {
		stream, err := session.StartLogical(ctx, options)
		if !errors.Is(err, replication.ErrSlotInUse) || time.Now().After(givingUp) {
			return stream, err
		}
	}
}

// run writes until ctx ends, which is no error, and leaves the output with whole transactions.
func (f *feed) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	settled := make(chan error, 1)
	go func() {
		defer stop()
		settled <- f.settleRegularly(ctx)
	}()
	err := f.copy(ctx)
	stop()
	if err := errors.Join(err, <-settled); err != nil {
		return err
	}
	return errors.Join(f.output.takeBack(), f.settle())
}

// copy writes each message.
func (f *feed) copy(ctx context.Context) error {
	for message, err := range f.stream.Messages(ctx) {
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f.write(message); err != nil {
			return err
		}
	}
	return nil
}

// settleInterval is how often what was written is made safe and acknowledged. To do so for each transaction would make
// many small ones wait for the disk.
const settleInterval = time.Second

func (f *feed) settleRegularly(ctx context.Context) error {
	ticker := time.NewTicker(settleInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := f.settle(); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// settle makes safe what was written up to the last commit, and only then tells the stream that it need not come again.
func (f *feed) settle() error {
	written := f.output.written()
	if written <= f.stream.Acknowledged().Flushed {
		return nil
	}
	if err := f.output.sync(); err != nil {
		return err
	}
	return f.stream.Acknowledge(written)
}

// write writes what a message tells.
func (f *feed) write(message replication.Message) error {
	if message.Resumed {
		// The connection was cut, and the transaction comes again from its beginning.
		f.transaction = nil
		if err := f.output.takeBack(); err != nil {
			return err
		}
	}
	if begin, ok := message.Change.(*replication.Begin); ok {
		f.transaction = &transaction{begin: begin, known: begin.FinalLSN < f.output.last}
		return nil
	}
	if f.transaction == nil {
		return fmt.Errorf("the server sent a %T outside of a transaction", message.Change)
	}
	if commit, ok := message.Change.(*replication.Commit); ok {
		return f.commit(commit)
	}
	return f.put(f.lines.ofChange(message.Change)...)
}

// put writes the lines of a change, and before the first one that of its transaction's beginning.
func (f *feed) put(lines ...any) error {
	if len(lines) == 0 || f.transaction.known {
		return nil
	}
	if !f.transaction.begun {
		f.transaction.begun = true
		if err := f.output.put(beginLine(f.transaction.begin)); err != nil {
			return err
		}
	}
	for _, line := range lines {
		if err := f.output.put(line); err != nil {
			return err
		}
	}
	return nil
}

// commit ends a transaction, whose lines can be read then.
func (f *feed) commit(change *replication.Commit) error {
	if f.transaction.begun {
		if err := f.output.put(commitLine(change)); err != nil {
			return err
		}
	}
	f.transaction = nil
	if err := f.output.commit(change.EndLSN); err != nil {
		return err
	}
	if f.watcher.committed != nil {
		f.watcher.committed(change.XID)
	}
	return nil
}
