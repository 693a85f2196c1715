package pgadapt

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"time"
)

// CopyProgress is an argument of Exec that is told how far a COPY is, beside the reader, writer or CopyRows:
//
//	db.ExecContext(ctx, "copy users from stdin (format csv)", file, pgadapt.CopyProgress(func(done pgadapt.Copied) {
//		fmt.Println(done.Bytes, "of", size)
//	}))
//
// It is called soon after the first data, then at most ten times a second, and at the end of a COPY that has succeeded.
// The calls may come from another goroutine, but one at a time, and none after Exec has returned; the COPY waits for
// them. To stop the COPY, end its context.
type CopyProgress func(Copied)

// Copied is how far a COPY is.
type Copied struct {
	// Bytes is the size of the data in the format of the COPY: what was read and handed to the connection, or what was
	// received and written.
	Bytes int64
	// Rows is the number of rows. While the COPY runs, it is known from CopyRows; from a writer it counts the header and
	// trailer of the format, too; from a reader it is 0. At the end it is the number that the server tells.
	Rows int64
}

var _ instruction = CopyProgress(nil)

func (p CopyProgress) exec(ctx context.Context, c *conn, query string, args []driver.NamedValue) (driver.Result, error) {
	if p == nil {
		return nil, errors.New("pgadapt: CopyProgress has no function: it is nil")
	}
	if !c.isCopy(query, args) {
		return nil, errors.New("pgadapt: CopyProgress is for a COPY with an io.Reader, an io.Writer or CopyRows beside it")
	}
	meter := &copyMeter{report: p}
	defer meter.stop()
	copied, err := c.execCopy(ctx, query, args, meter)
	if err != nil {
		return nil, err
	}
	meter.finish(int64(copied))
	return copied, nil
}

func (CopyProgress) query(context.Context, *conn, string, []driver.NamedValue) (driver.Rows, error) {
	return nil, errors.New("pgadapt: CopyProgress is for Exec: a COPY gives no rows")
}

// copyMeter counts what a COPY moves. A nil one counts nothing.
type copyMeter struct {
	report CopyProgress

	mutex   sync.Mutex
	done    Copied
	told    time.Time
	stopped bool
}

// progressPause is the time between two reports at least.
const progressPause = 100 * time.Millisecond

// add counts what was moved.
func (m *copyMeter) add(bytes, rows int) {
	if m == nil {
		return
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.stopped {
		return
	}
	m.done.Bytes += int64(bytes)
	m.done.Rows += int64(rows)
	if now := time.Now(); now.Sub(m.told) >= progressPause {
		m.told = now
		m.report(m.done)
	}
}

// finish makes the last report.
func (m *copyMeter) finish(rows int64) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.done.Rows = rows
	m.report(m.done)
}

// stop waits for a report that is being made. There is none after it.
func (m *copyMeter) stop() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.stopped = true
}
