package workload

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// destinations is the same data as elsewhere, in destinations that say less of what they want.
func destinations() []Workload {
	return []Workload{
		readingInto("destinations/any-1000x5",
			table{
				name: "untyped", columns: "a, b, c, d, e",
				rows: `select i as a, 'name ' || i as b, i * 1.5::float8 as c, i % 2 = 0 as d,
					timestamptz '2024-01-01 00:00:00+00' + i * interval '1 hour' as e
					from generate_series(0::int8, 999) as i`,
			},
			func() []any { return []any{new(any), new(any), new(any), new(any), new(any)} }),
		thousandMixed("destinations/sqlx-select-1000", selectStructs),
	}
}

// selectStructs has sqlx find the fields by their tags and append to a slice that begins empty.
func selectStructs(_ context.Context, session *SQLSession) (Operation, error) {
	db := sqlx.NewDb(session.DB, "postgres")
	return func(ctx context.Context, checksum *Checksum) error {
		var all []mixed
		if err := db.SelectContext(ctx, &all, selectMixed); err != nil {
			return err
		}
		if checksum == nil {
			return nil
		}
		for i := range all {
			if err := checksum.addRow(all[i].destinations()...); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
