package workload

import (
	"bytes"
	"context"
)

// largeSize is the length of a large value in bytes.
const largeSize = 1 << 20

var (
	largePattern = "0123456789abcdef"
	largeValue   = bytes.Repeat([]byte(largePattern), largeSize/len(largePattern))
)

const lengthQuery = "select length($1::bytea)::int8"

// large is values of a megabyte, both ways.
func large() []Workload {
	return []Workload{
		{Name: "large/bytea-in-1MB", SQL: sendLarge, Wire: sendLargeRaw},
		readingInto("large/bytea-out-1MB",
			table{
				name: "large", columns: "a",
				rows: "select convert_to(repeat('" + largePattern + "', 65536), 'UTF8') as a",
			},
			func() []any { return []any{new([]byte)} }),
	}
}

func sendLarge(_ context.Context, session *SQLSession) (Operation, error) {
	var length int64
	arguments := []any{largeValue}
	return func(ctx context.Context, checksum *Checksum) error {
		return scanRow(session.DB.QueryRowContext(ctx, lengthQuery, arguments...), checksum, &length)
	}, nil
}

func sendLargeRaw(ctx context.Context, session *WireSession) (Operation, error) {
	conn, err := session.connect(ctx)
	if err != nil {
		return nil, err
	}
	description, err := conn.Prepare(ctx, "bench", lengthQuery, nil)
	if err != nil {
		return nil, err
	}
	arguments := [][]byte{largeValue}
	return func(ctx context.Context, checksum *Checksum) error {
		return drop(conn.ExecStatement(ctx, description, arguments, binaryFormat, binaryFormat), checksum)
	}, nil
}
