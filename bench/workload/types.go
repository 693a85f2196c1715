package workload

// otherTypes is results of types whose values are not simply copied.
func otherTypes() []Workload {
	return []Workload{
		readingInto("types/numeric-10000",
			table{
				name: "numerics", columns: "a",
				rows: "select (i % 1000 * 1234.5678)::numeric(20, 4) as a from generate_series(0, 9999) as i",
			},
			func() []any { return []any{new(string)} }),
		readingInto("types/jsonb-1000",
			table{
				name: "documents", columns: "a",
				rows: `select jsonb_build_object('id', i, 'name', 'product ' || i, 'tags', jsonb_build_array('a', 'b', i)) as a
					from generate_series(0, 999) as i`,
			},
			func() []any { return []any{new([]byte)} }),
		readingInto("types/uuid-10000",
			table{
				name: "keys", columns: "a",
				rows: "select md5((i % 1000)::text)::uuid as a from generate_series(0, 9999) as i",
			},
			func() []any { return []any{new(string)} }),
	}
}
