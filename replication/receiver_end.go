package replication

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// closeTimeout is how long an orderly end may take. The server does not listen to a wish to end while it decodes a
// large transaction.
const closeTimeout = 5 * time.Second

// EndOfTimelineError says that all WAL of a timeline was streamed which the server has left for another one. The
// stream is closed and its session takes commands: TimelineHistory, and StartPhysical on the next timeline.
type EndOfTimelineError struct {
	// NextTimeline is the timeline to go on with.
	NextTimeline uint32
	// NextLSN is where it begins.
	NextLSN LSN
}

// Error says where to go on.
func (e *EndOfTimelineError) Error() string {
	return fmt.Sprintf("replication: the timeline has ended: stream timeline %d from %v on", e.NextTimeline, e.NextLSN)
}

// halt ends the reports to the server.
func (r *receiver) halt() {
	close(r.stopReporting)
	r.reporting.Wait()
}

// abandon ends a connection that is of no more use.
func (r *receiver) abandon() {
	_ = r.wire.Conn.Close() // first, so that a report that is being sent is not waited for
	r.halt()
}

// end tells the server the last positions and ends the stream in order. What the server had sent already is dropped.
func (r *receiver) end() error {
	ctx, stop := context.WithTimeout(context.Background(), closeTimeout)
	defer stop()
	defer r.watch(ctx)()
	r.halt()
	if err := r.sendStatus(false); err != nil {
		return err
	}
	if err := r.send(&pgproto3.CopyDone{}); err != nil {
		return err
	}
	_, err := r.drain(ctx)
	return err
}

// drain reads until the server is ready for another command, and gives the last row that comes.
func (r *receiver) drain(ctx context.Context) (row [][]byte, err error) {
	for {
		message, err := r.read(ctx, nil)
		if err != nil {
			return nil, err
		}
		switch message := message.(type) {
		case *pgproto3.DataRow:
			row = nil
			for _, value := range message.Values {
				row = append(row, append([]byte(nil), value...))
			}
		case *pgproto3.ReadyForQuery:
			return row, nil
		}
	}
}

// endOfTimeline answers the server, which has sent all WAL of a timeline, and reads which one follows.
func (r *receiver) endOfTimeline(ctx context.Context) error {
	if err := r.send(&pgproto3.CopyDone{}); err != nil {
		return err
	}
	row, err := r.drain(ctx)
	if err != nil {
		return err
	}
	if len(row) < 2 {
		return errServerEnded
	}
	timeline, err := strconv.ParseUint(string(row[0]), 10, 32)
	if err != nil {
		return &brokenStreamError{fmt.Errorf("replication: the server names %.20q as the next timeline", row[0])}
	}
	from, err := ParseLSN(string(row[1]))
	if err != nil {
		return &brokenStreamError{err}
	}
	return &EndOfTimelineError{NextTimeline: uint32(timeline), NextLSN: from}
}
