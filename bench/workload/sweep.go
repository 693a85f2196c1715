package workload

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Sweep is the same work in growing sizes.
type Sweep struct {
	// Name is one word, such as rows.
	Name string
	// Axis says what grows, and Unit of what the costs are given.
	Axis, Unit string
	// Points has the sizes, smallest first.
	Points []Point
}

// Point is one size of a sweep.
type Point struct {
	// Size is the size, at least 1.
	Size int
	// Units is how many units an operation has.
	Units int
	// Workload is the work.
	Workload Workload
}

// Sweeps gives all sweeps.
func Sweeps() []Sweep {
	return []Sweep{sweepRows(), sweepColumns(), sweepConcurrency(), sweepMessages()}
}

func newSweep(name, axis, unit string, sizes []int, point func(size int) Point) Sweep {
	sweep := Sweep{Name: name, Axis: axis, Unit: unit}
	for _, size := range sizes {
		point := point(size)
		point.Size = size
		sweep.Points = append(sweep.Points, point)
	}
	return sweep
}

// sweepRows streams results of fixed-size columns: no memory is needed for what the program keeps.
func sweepRows() Sweep {
	sizes := []int{1, 10, 100, 1_000, 10_000, 100_000, 1_000_000}
	return newSweep("rows", "rows of int8, timestamptz", "row", sizes, func(rows int) Point {
		return Point{Units: rows, Workload: readingInto(fmt.Sprint("sweep/rows-", rows),
			table{
				name: "sweep_rows", columns: "a, b",
				rows: fmt.Sprintf("select i * 1000003 as a, timestamptz '2024-01-01 00:00:00+00' + i * interval '1 minute' as b from generate_series(1::int8, %d) as i", rows),
			},
			func() []any { return []any{new(int64), new(time.Time)} })}
	})
}

// sweepColumns has a thousand rows of int8.
func sweepColumns() Sweep {
	const rows = 1_000
	sizes := []int{1, 2, 5, 10, 20, 50, 100}
	return newSweep("columns", "int8 columns of 1,000 rows", "row", sizes, func(columns int) Point {
		names, values := make([]string, columns), make([]string, columns)
		for i := range columns {
			names[i] = fmt.Sprint("c", i)
			values[i] = fmt.Sprint("i * 1000003 + ", i, " as c", i)
		}
		return Point{Units: rows, Workload: readingInto(fmt.Sprint("sweep/columns-", columns),
			table{
				name: "sweep_columns", columns: strings.Join(names, ", "),
				rows: fmt.Sprintf("select %s from generate_series(1::int8, %d) as i", strings.Join(values, ", "), rows),
			},
			func() []any {
				destinations := make([]any, columns)
				for i := range destinations {
					destinations[i] = new(int64)
				}
				return destinations
			})}
	})
}

// sweepConcurrency has goroutines wait for connections.
func sweepConcurrency() Sweep {
	axis := fmt.Sprintf("goroutines on %d connections", connectionsOpen)
	sizes := []int{1, 2, 4, 8, 16, 32, 64, 128, 256}
	return newSweep("concurrency", axis, "query", sizes, func(goroutines int) Point {
		return Point{Units: goroutines * queriesOfRoutine, Workload: Workload{
			Name: fmt.Sprint("sweep/concurrency-", goroutines),
			SQL: func(ctx context.Context, session *SQLSession) (Operation, error) {
				return shareConnections(ctx, session, goroutines)
			},
			Wire: func(ctx context.Context, session *WireSession) (Operation, error) {
				return shareRawConnections(ctx, session, goroutines)
			},
		}}
	})
}

// sweepMessages reads one value of bytea.
func sweepMessages() Sweep {
	sizes := []int{1, 64, 1 << 10, 16 << 10, 256 << 10, 4 << 20, 64 << 20}
	return newSweep("message", "bytes of one bytea", "value", sizes, func(size int) Point {
		return Point{Units: 1, Workload: readingInto(fmt.Sprint("sweep/message-", size),
			table{
				name: "sweep_messages", columns: "a",
				rows: fmt.Sprintf("select convert_to(repeat('x', %d), 'UTF8') as a", size),
			},
			func() []any { return []any{new([]byte)} })}
	})
}
