package pgadapt

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgproto3"
)

// pipelineChunk is the size of the pieces in which the messages of a pipeline are sent.
const pipelineChunk = 16 << 10

// abortPortal names a portal that does not exist. Executing it is how a client makes the server give up what it has
// done since the last Sync; the server's log then shows the name.
const abortPortal = "pgadapt: the client has given up its batch"

// pipeline executes statements one after the other without waiting for the answers, with one Sync at the end: outside a
// transaction all of them are one (PostgreSQL documentation, "Pipelining"). A goroutine reads the answers meanwhile, so
// that a server that cannot get rid of its answers never keeps the client from sending, however many there are.
type pipeline struct {
	conn    *conn
	ctx     context.Context
	mark    uint64
	buffer  []byte
	bind    pgproto3.Bind
	answers *answers
	watcher *ctxwatch.ContextWatcher
	// parsed is the text of the unnamed statement, and oids the types of its parameters.
	parsed string
	oids   []uint32
	// executions counts those that were added.
	executions int
	// broken is the error of sending.
	broken error
}

// errPipelineRunning says that the driver needs something from the server in the middle of a batch.
var errPipelineRunning = errors.New("pgadapt: a batch is running on this connection")

// startPipeline begins a pipeline; collect says that it is to keep the rows of the answers. It must be ended.
func (c *conn) startPipeline(ctx context.Context, collect bool) *pipeline {
	c.inPipeline, c.conformingInPipeline = true, c.standardConformingStrings()
	p := &pipeline{
		conn: c, ctx: ctx, mark: c.transport.written(), buffer: c.pipelineBuffer[:0],
		answers: newAnswers(c, collect),
		watcher: ctxwatch.NewContextWatcher(c.canceller),
	}
	p.watcher.Watch(ctx)
	go p.answers.read()
	return p
}

// add executes text with the arguments that are encoded in the connection's parameters.
func (p *pipeline) add(text string, resultFormats []int16) error {
	if err := p.stopped(); err != nil {
		return err
	}
	values := &p.conn.parameters
	if p.executions == 0 || p.parsed != text || !slices.Equal(p.oids, values.oids) {
		if err := p.parse(text, values.oids); err != nil {
			return err
		}
	}
	p.bind.ParameterFormatCodes, p.bind.Parameters = values.formats, values.values
	p.bind.ResultFormatCodes = resultFormats
	buffer, err := p.bind.Encode(p.buffer)
	if err != nil {
		return err
	}
	if p.answers.wantsShape {
		buffer = append(buffer, describePortal...)
	}
	p.buffer = append(buffer, executePortal...)
	p.executions++
	if len(p.buffer) >= pipelineChunk {
		p.send()
	}
	return nil
}

// The messages Describe and Execute of the unnamed portal.
const (
	describePortal = "D\x00\x00\x00\x06P\x00"
	executePortal  = "E\x00\x00\x00\x09\x00\x00\x00\x00\x00"
)

// parse makes text the unnamed statement, which costs no round trip, leaves nothing behind, and is there whatever has
// become of the prepared ones.
func (p *pipeline) parse(text string, oids []uint32) error {
	buffer, err := (&pgproto3.Parse{Query: text, ParameterOIDs: oids}).Encode(p.buffer)
	if err != nil {
		return err
	}
	p.buffer, p.parsed, p.oids = buffer, text, append(p.oids[:0], oids...)
	return nil
}

// errPipelineFailed says that the answers have an error already.
var errPipelineFailed = errors.New("the batch has failed")

// stopped gives the reason why no more executions are wanted, nil if they are.
func (p *pipeline) stopped() error {
	if p.answers.failed.Load() {
		return errPipelineFailed
	}
	return p.ctx.Err()
}

// send sends what was added. An error of the network is also met by the goroutine that reads the answers.
func (p *pipeline) send() {
	if p.broken == nil {
		_, p.broken = p.conn.pg.Conn().Write(p.buffer)
	}
	if p.broken != nil {
		p.answers.failed.Store(true)
		_ = p.conn.pg.Conn().Close()
	}
	p.buffer = p.buffer[:0]
}

// end waits for the rest of the answers. If abandoned is not nil, or anything has failed, nothing of the pipeline is
// stored. The error is that of the server or the network, from failure.
func (p *pipeline) end(abandoned error) error {
	if p.answers.wantsShape && abandoned == nil {
		p.awaitRows()
	}
	if abandoned != nil || p.answers.failed.Load() {
		p.buffer, _ = (&pgproto3.Execute{Portal: abortPortal}).Encode(p.buffer)
	}
	p.buffer, _ = (&pgproto3.Sync{}).Encode(p.buffer)
	p.send()
	<-p.answers.finished
	p.watcher.Unwatch()
	p.release()
	if err := p.answers.err; err != nil {
		return p.conn.failure(p.ctx, p.mark, err)
	}
	if tag := string(p.answers.tag); tag != "" {
		p.conn.tag = pgconn.NewCommandTag(tag)
	}
	return nil
}

// awaitRows waits until all rows are there, before the Sync that would store what has been done: it must be known
// whether they fit into the memory that there is for them.
func (p *pipeline) awaitRows() {
	p.buffer, _ = (&pgproto3.Flush{}).Encode(p.buffer)
	p.send()
	for !p.answers.failed.Load() && p.answers.arrived.Load() < int64(p.executions) {
		select {
		case <-p.answers.progressed:
		case <-p.answers.finished:
			return
		}
	}
}

// release gives the connection back its memory, unless it has grown out of proportion.
func (p *pipeline) release() {
	p.conn.inPipeline = false
	if cap(p.buffer) <= keptBuffer {
		p.conn.pipelineBuffer = p.buffer[:0]
	}
}

// abandon gives up the pipeline and its connection, since the program has left a sequence by a panic.
func (p *pipeline) abandon() {
	_ = p.conn.pg.Conn().Close()
	<-p.answers.finished
	p.watcher.Unwatch()
	p.release()
}
