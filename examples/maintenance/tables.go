package main

import (
	"strings"
	"time"
)

// tableActivity is what has happened to a table since it was last vacuumed and analyzed.
type tableActivity struct {
	relation
	LiveTuples int64      `json:"live_tuples"`
	DeadTuples int64      `json:"dead_tuples"`
	Modified   int64      `json:"modified_since_analyze"`
	Vacuumed   *time.Time `json:"last_vacuum"`
	Analyzed   *time.Time `json:"last_analyze"`
	VacuumDue  bool       `json:"vacuum_due"`
	AnalyzeDue bool       `json:"analyze_due"`
}

func (t tableActivity) due() string {
	var due []string
	if t.VacuumDue {
		due = append(due, "vacuum")
	}
	if t.AnalyzeDue {
		due = append(due, "analyze")
	}
	return strings.Join(due, ", ")
}

var deadTuples = inspection[tableActivity]{
	name:   "dead_tuples",
	title:  "Dead tuples, and when tables were last vacuumed and analyzed, by autovacuum or by hand",
	source: "pg_stat_user_tables; due is what the settings of autovacuum say, also where it is off",
	query: `
	with setting as (
		select c.oid, c.reltuples, s.name,
		       coalesce((select o.option_value from pg_options_to_table(c.reloptions) o where o.option_name = s.name),
		                s.setting)::float8 as value
		from pg_class c cross join pg_settings s
		where c.relkind in ('r', 'm') and s.name in (
			'autovacuum_vacuum_threshold', 'autovacuum_vacuum_scale_factor', 'autovacuum_vacuum_max_threshold', -- from 18 on
			'autovacuum_analyze_threshold', 'autovacuum_analyze_scale_factor')
	), threshold as (
		select oid,
		       least(sum(case name when 'autovacuum_vacuum_threshold' then value
		                           when 'autovacuum_vacuum_scale_factor' then value * greatest(reltuples, 0) end),
		             min(value) filter (where name = 'autovacuum_vacuum_max_threshold' and value >= 0)) as vacuum,
		       sum(case name when 'autovacuum_analyze_threshold' then value
		                     when 'autovacuum_analyze_scale_factor' then value * greatest(reltuples, 0) end) as analyze
		from setting group by oid
	)
	select t.schemaname as schema, t.relname as name,
	       t.n_live_tup as live_tuples, t.n_dead_tup as dead_tuples, t.n_mod_since_analyze as modified,
	       greatest(t.last_vacuum, t.last_autovacuum) as vacuumed,
	       greatest(t.last_analyze, t.last_autoanalyze) as analyzed,
	       t.n_dead_tup > h.vacuum as vacuum_due,
	       t.n_mod_since_analyze > h.analyze as analyze_due
	from pg_stat_user_tables t join threshold h on h.oid = t.relid
	where t.n_dead_tup > 0 or t.n_mod_since_analyze > 0
	order by t.n_dead_tup desc, t.n_mod_since_analyze desc, 1, 2`,
	left: []string{"due"},
	columns: []column[tableActivity]{
		{"table", func(t tableActivity) string { return t.String() }},
		{"live", func(t tableActivity) string { return number(t.LiveTuples) }},
		{"dead", func(t tableActivity) string { return number(t.DeadTuples) }},
		{"modified", func(t tableActivity) string { return number(t.Modified) }},
		{"last vacuum", func(t tableActivity) string { return ago(t.Vacuumed) }},
		{"last analyze", func(t tableActivity) string { return ago(t.Analyzed) }},
		{"due", tableActivity.due},
	},
	remedy: func(t tableActivity) (remedy, bool) {
		if t.VacuumDue {
			return t.vacuum(), true
		}
		return t.analyze(), t.AnalyzeDue
	},
}

// unkeyedTable is a table without a primary key.
type unkeyedTable struct {
	relation
	Tuples int64 `json:"tuples"`
	Size   int64 `json:"bytes"`
}

var missingPrimaryKeys = inspection[unkeyedTable]{
	name:   "missing_primary_keys",
	title:  "Tables without a primary key",
	source: "pg_index; without one, logical replication cannot tell rows apart",
	query: `
	select n.nspname as schema, c.relname as name,
	       greatest(c.reltuples, 0)::bigint as tuples, pg_table_size(c.oid) as size
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
	  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
	  and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
	order by size desc, 1, 2`,
	columns: []column[unkeyedTable]{
		{"table", func(t unkeyedTable) string { return t.String() }},
		{"rows", func(t unkeyedTable) string { return number(t.Tuples) }},
		{"size", func(t unkeyedTable) string { return byteSize(t.Size) }},
	},
}
