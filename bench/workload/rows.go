package workload

import (
	"context"
	"database/sql"
	"time"
)

// manyRows is results of the common types: what a value costs. The data repeat after 1,000 rows, as the
// driver empty needs.
func manyRows() []Workload {
	return []Workload{
		thousandMixed("rows/ten-columns-1000", scanMixed),
		readingInto("rows/int8-100000",
			table{
				name: "integers", columns: "a",
				rows: "select i % 1000 * 1000003 as a from generate_series(0::int8, 99999) as i",
			},
			func() []any { return []any{new(int64)} }),
		readingInto("rows/texts-10000x3",
			table{
				name: "texts", columns: "a, b, c",
				rows: `select 'surname ' || i % 1000 as a, 'first name ' || i % 1000 as b, 'town ' || i % 1000 as c
					from generate_series(0, 9999) as i`,
			},
			func() []any { return []any{new(string), new(string), new(string)} }),
		readingInto("rows/timestamps-10000x2",
			table{
				name: "moments", columns: "a, b",
				rows: `select timestamptz '2024-01-01 00:00:00+00' + i % 1000 * interval '1.000001 hours' as a,
					timestamp '2024-01-01 00:00:00' + i % 1000 * interval '1.000001 hours' as b
					from generate_series(0, 9999) as i`,
			},
			func() []any { return []any{new(time.Time), new(time.Time)} }),
		readingInto("rows/floats-10000x3",
			table{
				name: "floats", columns: "a, b, c",
				rows: `select sqrt(i % 1000) as a, i % 1000 * 1.5::float8 as b, (i % 1000)::float8 as c
					from generate_series(0, 9999) as i`,
			},
			func() []any { return []any{new(float64), new(float64), new(float64)} }),
		readingInto("rows/nulls-10000x4",
			table{
				name: "nulls", columns: "a, b, c, d",
				rows: nullRows,
			},
			func() []any {
				return []any{new(sql.NullInt64), new(sql.NullString), new(sql.NullTime), new(sql.NullFloat64)}
			}),
	}
}

// nullRows has a value in one field of ten.
const nullRows = `
	select case when i % 10 = 0 then i % 1000 end as a,
		case when i % 10 = 3 then 'text ' || i % 1000 end as b,
		case when i % 10 = 6 then timestamptz '2024-01-01 00:00:00+00' + i % 1000 * interval '1 hour' end as c,
		case when i % 10 = 9 then i % 1000 * 1.5::float8 end as d
	from generate_series(0::int8, 9999) as i`

// thousandMixed reads the table of mixed as a whole.
func thousandMixed(name string, prepare func(context.Context, *SQLSession) (Operation, error)) Workload {
	return Workload{Name: name, Tables: []string{mixedTable}, SQL: prepare, Wire: dropAll(selectMixed)}
}

func scanMixed(_ context.Context, session *SQLSession) (Operation, error) {
	row := &mixed{}
	return scanAll(session.DB, selectMixed, fill(row.destinations()...)), nil
}
