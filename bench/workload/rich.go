package workload

import (
	"errors"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

// richTypes is results of types that database/sql leaves to the drivers or to wrappers: documents, hstore and ranges.
func richTypes() []Workload {
	pairs := readingPairs("rich/hstore-1000",
		table{
			name: "pairs", columns: "a",
			rows: `select ` + Schema + `.hstore(array['name', 'colour', 'size', 'town'], array['product ' || i, 'red', i::text, 'town ' || i % 10]) as a
				from generate_series(0, 999) as i`,
		})
	pairs.Extension = "hstore"
	return []Workload{
		readingRich[drivers.Document]("rich/jsonb-struct-1000",
			table{
				name: "documents", columns: "a",
				rows: `select jsonb_build_object('id', i, 'name', 'product ' || i, 'tags', jsonb_build_array('a', 'b', i::text)) as a
					from generate_series(0, 999) as i`,
			}),
		pairs,
		readingRich[pgtype.Range[int64]]("rich/int8range-1000",
			table{
				name: "ranges", columns: "a",
				rows: "select int8range(i, i + 10) as a from generate_series(0::int8, 999) as i",
			}),
	}
}

// readingRich reads one column into a T.
func readingRich[T any](name string, table table) Workload {
	return reading(name, table, func(driver drivers.SQL) (fields, error) {
		scanner, ok := driver.(drivers.RichScanner)
		if !ok {
			return fields{}, errors.ErrUnsupported
		}
		target := new(T)
		destination := scanner.Destination(target)
		if destination == nil {
			return fields{}, errors.ErrUnsupported
		}
		return fields{scanned: []any{destination}, read: []any{target}}, nil
	})
}

// readingPairs reads one hstore column.
func readingPairs(name string, table table) Workload {
	return reading(name, table, func(driver drivers.SQL) (fields, error) {
		scanner, ok := driver.(drivers.RichScanner)
		if !ok {
			return fields{}, errors.ErrUnsupported
		}
		destination, pairs := scanner.HstoreDestination()
		if destination == nil {
			return fields{}, errors.ErrUnsupported
		}
		return fields{scanned: []any{destination}, read: []any{pairs}}, nil
	})
}
