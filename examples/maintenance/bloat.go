package main

// bloat is the room that a table or an index takes beyond what its rows need.
type bloat struct {
	relation
	Size    int64   `json:"bytes"`
	Bloat   int64   `json:"bloat_bytes"`
	Percent float64 `json:"bloat_percent"`
}

func bloatArguments(limits limits) []any { return []any{limits.bloatBytes, limits.bloatPercent} }

var bloatColumns = []column[bloat]{
	{"", func(b bloat) string { return b.String() }},
	{"size", func(b bloat) string { return byteSize(b.Size) }},
	{"bloat", func(b bloat) string { return byteSize(b.Bloat) }},
	{"share", func(b bloat) string { return percent(b.Percent) }},
}

// selectBloat ends a query whose bloat has the pages too many of each relation.
const selectBloat = `
	select n.nspname as schema, c.relname as name, b.size, (b.pages * b.page)::bigint as bloat,
	       100 * b.pages * b.page / b.size as percent
	from bloat b join pg_class c using (oid) join pg_namespace n on n.oid = c.relnamespace
	where b.pages * b.page >= $1 and 100 * b.pages * b.page >= $2::int * b.size
	order by bloat desc, 1, 2`

// The widths are those of the chapter "Database Page Layout" of PostgreSQL's documentation: a page has a header of 24
// bytes and 4 bytes for each item; a tuple has a header of 23 bytes and, where there are NULLs, a bit for each column.
var tableBloat = inspection[bloat]{
	name:  "table_bloat",
	title: "Bloat of tables",
	source: "an estimate from pg_class and pg_stats as of the last ANALYZE, without TOAST; " +
		"VACUUM makes the room usable again, only VACUUM FULL gives it back",
	query: `
	with estimate as (
		select c.oid, c.relpages, current_setting('block_size')::bigint as page,
		       greatest(c.reltuples, 0) as tuples,
		       coalesce((select o.option_value from pg_options_to_table(c.reloptions) o
		                 where o.option_name = 'fillfactor'), '100')::float8 / 100 as fill,
		       8 * ceil((23 + case when bool_or(s.null_frac > 0) then ceil(count(*) / 8.0) else 0 end) / 8.0)
		         + 8 * ceil(sum((1 - s.null_frac) * s.avg_width) / 8) + 4 as width
		from pg_class c
		join pg_namespace n on n.oid = c.relnamespace
		join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		left join pg_stats s
		  on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname and not s.inherited
		where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
		group by c.oid, c.relpages, c.reltuples, c.reloptions
		having count(*) = count(s.attname)
	), bloat as (
		select oid, relpages * page as size,
		       relpages - ceil(tuples * width / ((page - 24) * fill)) as pages, page
		from estimate
	)` + selectBloat,
	arguments: bloatArguments,
	columns:   titled("table", bloatColumns),
}

// The pages of a B-tree have 16 bytes at their end besides; its tuples have a header of 8 bytes.
var indexBloat = inspection[bloat]{
	name:  "index_bloat",
	title: "Bloat of B-tree indexes",
	source: "an estimate from pg_class and pg_stats as of the last VACUUM and ANALYZE; " +
		"indexes with many equal keys are smaller than it expects, which hides bloat",
	query: `
	with estimate as (
		select i.indexrelid, x.relpages, current_setting('block_size')::bigint as page,
		       greatest(x.reltuples, 0) as tuples,
		       coalesce((select o.option_value from pg_options_to_table(x.reloptions) o
		                 where o.option_name = 'fillfactor'), '90')::float8 / 100 as fill,
		       8 + case when bool_or(s.null_frac > 0) then 8 else 0 end
		         + 8 * ceil(sum((1 - s.null_frac) * s.avg_width) / 8) + 4 as width
		from pg_index i
		join pg_class x on x.oid = i.indexrelid and x.relkind = 'i'
		join pg_am m on m.oid = x.relam and m.amname = 'btree'
		join pg_class t on t.oid = i.indrelid
		join pg_namespace n on n.oid = x.relnamespace
		join pg_attribute k on k.attrelid = x.oid
		left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[k.attnum - 1] and a.attnum > 0
		left join pg_stats s
		  on s.schemaname = n.nspname and not s.inherited
		  and s.tablename = case when a.attname is null then x.relname else t.relname end
		  and s.attname = coalesce(a.attname, k.attname)
		where i.indisvalid and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
		group by i.indexrelid, x.relpages, x.reltuples, x.reloptions
		having count(*) = count(s.attname)
	), bloat as (
		select indexrelid as oid, relpages * page as size, page,
		       relpages - 1 - ceil(1.01 * tuples * width / ((page - 40) * fill)) as pages
		from estimate
	)` + selectBloat,
	arguments: bloatArguments,
	columns:   titled("index", bloatColumns),
	remedy:    func(b bloat) (remedy, bool) { return b.reindex(), true },
}

// titled gives the columns with a title for the first one.
func titled[T any](title string, columns []column[T]) []column[T] {
	return append([]column[T]{{title, columns[0].cell}}, columns[1:]...)
}
