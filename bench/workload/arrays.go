package workload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

// arrayLength is the number of elements of the arrays.
const arrayLength = 100

// arrays is arrays of the common types, in results and as arguments.
func arrays() []Workload {
	return []Workload{
		readingRich[[]int64]("arrays/scan-int8-1000x100", arrayTable("integer_arrays", "j * i % 1000003")),
		readingRich[[]float64]("arrays/scan-float8-1000x100", arrayTable("float_arrays", "j * i * 1.25::float8")),
		readingRich[[]string]("arrays/scan-text-1000x100", arrayTable("text_arrays", "'town ' || j * i % 1000")),
		readingRich[[]time.Time]("arrays/scan-timestamptz-1000x100",
			arrayTable("moment_arrays", "timestamptz '2024-01-01 00:00:00+00' + j * i * interval '1.000001 hours'")),
		sending("arrays/send-int8-100", "int8", func(i int) int64 { return int64(i) * 1000003 }),
		sending("arrays/send-float8-100", "float8", func(i int) float64 { return float64(i) * 1.25 }),
		sending("arrays/send-text-100", "text", func(i int) string { return fmt.Sprint("town ", i) }),
		sending("arrays/send-timestamptz-100", "timestamptz",
			func(i int) time.Time { return time.Date(2024, 1, 1, i, i, i, i*1000, time.UTC) }),
	}
}

// arrayTable has a thousand arrays, of an expression with the numbers of the row, i, and of the element, j.
func arrayTable(name, element string) table {
	return table{
		name: name, columns: "a",
		rows: fmt.Sprintf("select array(select %s from generate_series(1::int8, %d) as j) as a from generate_series(0::int8, 999) as i",
			element, arrayLength),
	}
}

// sending passes one array to the server, which answers with a number that depends on all of its elements.
func sending[T any](name, typeName string, element func(i int) T) Workload {
	values := make([]T, arrayLength)
	for i := range values {
		values[i] = element(i)
	}
	query := "select hashtextextended(format('%s', array(select to_json(v) from unnest($1::" + typeName + "[]) v)), 0)"
	return Workload{
		Name: name,
		SQL: func(_ context.Context, session *SQLSession) (Operation, error) {
			sender, ok := session.Driver.(drivers.RichSender)
			if !ok {
				return nil, errors.ErrUnsupported
			}
			arguments := []any{sender.Argument(values)}
			var answer int64
			return func(ctx context.Context, checksum *Checksum) error {
				return scanRow(session.DB.QueryRowContext(ctx, query, arguments...), checksum, &answer)
			}, nil
		},
		Wire: dropAll(query, []byte("{}")),
	}
}
