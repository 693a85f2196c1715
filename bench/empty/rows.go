package empty

import (
	"database/sql/driver"
	"io"
)

// rows plays a recording.
type rows struct {
	answer  *recording
	current []driver.Value
	// index is that of the current row among those kept, and given the number of rows handed out.
	index, given int
}

func (r *rows) Columns() []string { return r.answer.columns }
func (r *rows) Close() error      { return nil }

// Next hands out the next row; before Go 1.27 database/sql converts its values.
func (r *rows) Next(dest []driver.Value) error {
	if err := r.advance(); err != nil {
		return err
	}
	copy(dest, r.current)
	return nil
}

func (r *rows) advance() error {
	if r.given == r.answer.total {
		return io.EOF
	}
	if r.index == len(r.answer.rows) {
		r.index = 0
	}
	r.current = r.answer.rows[r.index]
	r.index++
	r.given++
	return nil
}
