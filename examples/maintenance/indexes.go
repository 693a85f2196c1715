package main

import "strings"

// index is an index that something is wrong with.
type index struct {
	relation
	Table   string `json:"table"`
	Size    int64  `json:"bytes"`
	Because string `json:"because"`
}

var indexLeft = []string{"table", "because"}

var indexColumns = []column[index]{
	{"index", func(i index) string { return i.String() }},
	{"table", func(i index) string { return i.Table }},
	{"size", func(i index) string { return byteSize(i.Size) }},
	{"because", func(i index) string { return i.Because }},
}

// Indexes that some session builds at this moment are invalid, too, and are left alone.
var invalidIndexes = inspection[index]{
	name:  "invalid_indexes",
	title: "Invalid indexes",
	source: "pg_index; they are kept up to date and never used, and are what a CREATE INDEX or REINDEX CONCURRENTLY " +
		"has left that failed",
	query: `
	select n.nspname as schema, x.relname as name, t.relname as "table", pg_relation_size(x.oid) as size,
	       case when x.relname ~ '_ccnew\d*$' then 'a REINDEX has failed: drop it'
	            when x.relname ~ '_ccold\d*$' then 'a REINDEX has not removed it: drop it'
	            else 'a CREATE INDEX or REINDEX has failed' end as because
	from pg_index i
	join pg_class x on x.oid = i.indexrelid and x.relkind = 'i'
	join pg_class t on t.oid = i.indrelid
	join pg_namespace n on n.oid = x.relnamespace
	where not i.indisvalid and n.nspname !~ '^pg_'
	  and not exists (select from pg_stat_progress_create_index p where p.relid = i.indrelid)
	order by 1, 2`,
	left:    indexLeft,
	columns: indexColumns,
	remedy: func(i index) (remedy, bool) {
		return i.reindex(), !strings.Contains(i.Because, "drop it")
	},
}

// Two indexes are the same when all that follows the name of the table in their definitions is. The one to keep is the
// one that means more: the primary key before another unique one, and that before the others.
var duplicateIndexes = inspection[index]{
	name:   "duplicate_indexes",
	title:  "Duplicate indexes",
	source: "pg_index and pg_get_indexdef; dropping them is for people to decide",
	query: `
	with definition as (
		select i.*, substring(pg_get_indexdef(i.indexrelid) from ' USING .*') as text,
		       exists (select from pg_constraint c where c.conindid = i.indexrelid) as constrains
		from pg_index i join pg_class x on x.oid = i.indexrelid and x.relkind = 'i'
		join pg_namespace n on n.oid = x.relnamespace
		where i.indisvalid and n.nspname !~ '^pg_'
	), duplicate as (
		select d.indexrelid, d.indrelid, min(k.indexrelid::regclass::text) as kept
		from definition d join definition k using (indrelid, text)
		where (d.indisprimary, d.constrains, d.indisunique, -d.indexrelid::bigint)
		    < (k.indisprimary, k.constrains, k.indisunique, -k.indexrelid::bigint)
		group by d.indexrelid, d.indrelid
	)
	select n.nspname as schema, x.relname as name, t.relname as "table", pg_relation_size(x.oid) as size,
	       'the same as ' || d.kept as because
	from duplicate d
	join pg_class x on x.oid = d.indexrelid
	join pg_class t on t.oid = d.indrelid
	join pg_namespace n on n.oid = x.relnamespace
	order by size desc, 1, 2`,
	left:    indexLeft,
	columns: indexColumns,
}

var unusedIndexes = inspection[index]{
	name:  "unused_indexes",
	title: "Unused indexes",
	source: "pg_stat_user_indexes of this server; standbys count for themselves, and an index may be there for the " +
		"end of the year",
	query: `
	select u.schemaname as schema, u.indexrelname as name, u.relname as "table", pg_relation_size(u.indexrelid) as size,
	       'not scanned since ' || coalesce(d.stats_reset::date::text, 'the statistics began') as because
	from pg_stat_user_indexes u
	join pg_index i using (indexrelid)
	join pg_stat_database d on d.datname = current_database()
	where u.idx_scan = 0 and i.indisvalid and not i.indisunique and not i.indisreplident and not i.indisclustered
	  and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
	order by size desc, 1, 2`,
	left:    indexLeft,
	columns: indexColumns,
}
