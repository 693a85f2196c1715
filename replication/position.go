package replication

import (
	"fmt"
	"sync"
)

// Positions are what a program tells the server of its progress (PostgreSQL documentation, "Standby status update").
type Positions struct {
	// Written is the end of what was written somewhere; synchronous_commit = remote_write waits for it.
	Written LSN
	// Flushed is the end of what will survive a crash of the program. The server may forget it, and the stream begins
	// there after a cut.
	Flushed LSN
	// Applied is the end of what can be seen by the program's own users; synchronous_commit = remote_apply waits for it.
	Applied LSN
}

// position is how far a stream has come. It is used from several goroutines.
type position struct {
	mu       sync.Mutex
	reported Positions
	// delivered is the end of what the program was given.
	delivered LSN
}

func (p *position) begin(from LSN) {
	p.reported = Positions{Written: from, Flushed: from, Applied: from}
}

// report records what the program says. Positions never go back.
func (p *position) report(positions Positions) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := max(p.delivered, p.reported.Written, p.reported.Flushed, p.reported.Applied)
	if furthest := max(positions.Written, positions.Flushed, positions.Applied); furthest > known {
		return fmt.Errorf("replication: %v was acknowledged, but the stream has come to %v only", furthest, known)
	}
	p.advance(positions)
	return nil
}

func (p *position) advance(positions Positions) {
	p.reported.Written = max(p.reported.Written, positions.Written)
	p.reported.Flushed = max(p.reported.Flushed, positions.Flushed)
	p.reported.Applied = max(p.reported.Applied, positions.Applied)
}

// deliver records that the program is given everything before end.
func (p *position) deliver(end LSN) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delivered = max(p.delivered, end)
}

// keepAlive moves on to where the server is, if the program is done with all that it was given: in between there was
// nothing for it. Without this the server would keep the WAL of what a quiet stream does not tell of, for ever.
func (p *position) keepAlive(end LSN) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var idle Positions
	if p.reported.Written >= p.delivered {
		idle.Written = end
	}
	if p.reported.Flushed >= p.delivered {
		idle.Flushed = end
	}
	if p.reported.Applied >= p.delivered {
		idle.Applied = end
	}
	p.advance(idle)
}

func (p *position) current() Positions {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reported
}
