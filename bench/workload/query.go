package workload

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

// fields is where a row goes: what Rows.Scan is given, and where the values are then. The two differ where a
// driver needs a wrapper.
type fields struct{ scanned, read []any }

// fill scans each row into the same destinations.
func fill(destinations ...any) fields { return fields{scanned: destinations, read: destinations} }

// table is what a workload reads.
type table struct {
	name string
	// rows is the query that makes the rows, and columns what is selected of them.
	rows, columns string
}

// reading makes a workload that reads all rows of a table. newFields is called for each driver, so that none
// finds the values that another has read.
func reading(name string, table table, newFields func(drivers.SQL) (fields, error)) Workload {
	query := "select " + table.columns + " from " + Schema + "." + table.name
	return Workload{
		Name:   name,
		Tables: []string{"create unlogged table " + Schema + "." + table.name + " as " + table.rows},
		SQL: func(_ context.Context, session *SQLSession) (Operation, error) {
			row, err := newFields(session.Driver)
			if err != nil {
				return nil, err
			}
			return scanAll(session.DB, query, row), nil
		},
		Wire: dropAll(query),
	}
}

// readingInto is reading for destinations that every driver can fill.
func readingInto(name string, table table, newDestinations func() []any) Workload {
	return reading(name, table, func(drivers.SQL) (fields, error) { return fill(newDestinations()...), nil })
}

// scanAll runs a query and scans each row.
func scanAll(db *sql.DB, query string, row fields) Operation {
	return func(ctx context.Context, checksum *Checksum) error {
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(row.scanned...); err != nil {
				return err
			}
			if checksum == nil {
				continue
			}
			if err := checksum.addRow(row.read...); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}

// scanRow checks the answer of a query for one row.
func scanRow(row *sql.Row, checksum *Checksum, destinations ...any) error {
	if err := row.Scan(destinations...); err != nil {
		return err
	}
	if checksum == nil {
		return nil
	}
	return checksum.addRow(destinations...)
}

// dropAll is the floor of a query: prepared once, its rows read in binary format and dropped.
func dropAll(query string, arguments ...[]byte) func(context.Context, *WireSession) (Operation, error) {
	return func(ctx context.Context, session *WireSession) (Operation, error) {
		conn, err := session.connect(ctx)
		if err != nil {
			return nil, err
		}
		return dropRows(ctx, conn, query, arguments)
	}
}

// binaryFormat asks for the binary format of all columns.
var binaryFormat = []int16{1}

func dropRows(ctx context.Context, conn *pgconn.PgConn, query string, arguments [][]byte) (Operation, error) {
	description, err := conn.Prepare(ctx, "bench", query, nil)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, checksum *Checksum) error {
		return drop(conn.ExecStatement(ctx, description, arguments, nil, binaryFormat), checksum)
	}, nil
}

// drop reads an answer to its end.
func drop(reader *pgconn.ResultReader, checksum *Checksum) error {
	for reader.NextRow() {
		reader.Values()
		if checksum != nil {
			checksum.addUnread()
		}
	}
	_, err := reader.Close()
	return err
}
