package workload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

// copyRows is the number of rows that COPY moves, copyPeriod after how many they repeat.
const (
	copyRows   = 100_000
	copyPeriod = 1_000
)

const (
	copyColumns  = "(id int8, name text, score float8)"
	copiedTable  = "create unlogged table " + Schema + ".copied " + copyColumns
	copiedReset  = "truncate " + Schema + ".copied"
	copiedCheck  = "select concat(count(*), ' ', sum(id), ' ', sum(length(name)), ' ', sum(score)) from " + Schema + ".copied"
	copyInQuery  = "copy " + Schema + ".copied from stdin (format binary)"
	copyOutQuery = "copy " + Schema + ".copy_source to stdout"
)

// sourceTable has the rows of source.
var sourceTable = fmt.Sprintf(`create unlogged table %s.copy_source as
	select i %% %d as id, 'product number ' || i %% %[2]d as name, (i %% %[2]d) * 1.5::float8 as score
	from generate_series(0::int8, %d) as i`, Schema, copyPeriod, copyRows-1)

// copying is COPY in both directions.
func copying() []Workload {
	return []Workload{
		{
			Name:   "copy/in-100000",
			Tables: []string{copiedTable, sourceTable}, Reset: copiedReset, Verify: copiedCheck,
			SQL: copyIn, Wire: copyInRaw,
		},
		{
			Name:   "copy/out-100000",
			Tables: []string{sourceTable},
			SQL:    copyOut, Wire: copyOutRaw,
		},
	}
}

// newSource gives rows whose values are boxed once, so that what a driver allocates is its own.
func newSource() drivers.CopySource {
	rows := make([][]any, copyPeriod)
	for i := range rows {
		rows[i] = []any{int64(i), fmt.Sprint("product number ", i), float64(i) * 1.5}
	}
	return drivers.CopySource{
		Statement: "copy " + Schema + ".copied (id, name, score) from stdin",
		Schema:    Schema, Table: "copied", Columns: []string{"id", "name", "score"},
		Rows: copyRows,
		Row:  func(i int) []any { return rows[i%copyPeriod] },
	}
}

func copyIn(_ context.Context, session *SQLSession) (Operation, error) {
	copier, ok := session.Driver.(drivers.CopierIn)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	source := newSource()
	return func(ctx context.Context, _ *Checksum) error {
		return copier.CopyIn(ctx, session.DB, source)
	}, nil
}

// copyInRaw sends what the server itself made of the same rows.
func copyInRaw(ctx context.Context, session *WireSession) (Operation, error) {
	conn, err := session.connect(ctx)
	if err != nil {
		return nil, err
	}
	var rows bytes.Buffer
	if _, err := conn.CopyTo(ctx, &rows, "copy "+Schema+".copy_source to stdout (format binary)"); err != nil {
		return nil, err
	}
	return func(ctx context.Context, _ *Checksum) error {
		_, err := conn.CopyFrom(ctx, bytes.NewReader(rows.Bytes()), copyInQuery)
		return err
	}, nil
}

func copyOut(_ context.Context, session *SQLSession) (Operation, error) {
	copier, ok := session.Driver.(drivers.CopierOut)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return func(ctx context.Context, checksum *Checksum) error {
		return receive(checksum, func(w io.Writer) error {
			return copier.CopyOut(ctx, session.DB, w, copyOutQuery)
		})
	}, nil
}

func copyOutRaw(ctx context.Context, session *WireSession) (Operation, error) {
	conn, err := session.connect(ctx)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, checksum *Checksum) error {
		return receive(checksum, func(w io.Writer) error {
			_, err := conn.CopyTo(ctx, w, copyOutQuery)
			return err
		})
	}, nil
}

// receive drops what is written, unless a checksum of it is wanted.
func receive(checksum *Checksum, copyTo func(io.Writer) error) error {
	if checksum == nil {
		return copyTo(io.Discard)
	}
	var text bytes.Buffer
	if err := copyTo(&text); err != nil {
		return err
	}
	received := text.Bytes()
	return checksum.addRow(&received)
}
