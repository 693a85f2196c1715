package main

// sequence is one of which much is used.
type sequence struct {
	relation
	Last    int64   `json:"last_value"`
	Limit   int64   `json:"limit"`
	Used    float64 `json:"used_percent"`
	Because string  `json:"because"`
}

var sequencesNearTheirEnd = inspection[sequence]{
	name:   "sequences",
	title:  "Sequences near their end",
	source: "pg_sequences; the end is that of the sequence or of its column, whichever comes first",
	query: `
	with bounded as (
		select s.schemaname, s.sequencename, s.last_value, s.increment_by, s.min_value, s.max_value,
		       case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 end::bigint as column_max
		from pg_sequences s
		join pg_namespace n on n.nspname = s.schemaname
		join pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename and c.relkind = 'S'
		left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid
		  and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
		left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
		where not s.cycle and s.last_value is not null
	), used as (
		select *, case when increment_by > 0 then least(max_value, column_max) else min_value end as stop,
		       case when increment_by > 0 then min_value else max_value end as origin
		from bounded
	)
	select schemaname as schema, sequencename as name, last_value as last, stop as "limit",
	       (100 * abs(last_value::numeric - origin) / nullif(abs(stop::numeric - origin), 0))::float8 as used,
	       case when increment_by > 0 and column_max < max_value then 'the column''s type' else 'the sequence' end as because
	from used
	where 100 * abs(last_value::numeric - origin) >= $1::int * abs(stop::numeric - origin)
	order by used desc, 1, 2`,
	arguments: func(limits limits) []any { return []any{limits.sequencePercent} },
	left:      []string{"limited by"},
	columns: []column[sequence]{
		{"sequence", func(s sequence) string { return s.String() }},
		{"last value", func(s sequence) string { return number(s.Last) }},
		{"limit", func(s sequence) string { return number(s.Limit) }},
		{"used", func(s sequence) string { return percent(s.Used) }},
		{"limited by", func(s sequence) string { return s.Because }},
	},
}

// transactionAge is how many transactions ago the oldest unfrozen one was.
type transactionAge struct {
	Name       string  `json:"name"`
	Xids       int64   `json:"xid_age"`
	Multixacts int64   `json:"multixact_age"`
	Forced     int64   `json:"autovacuum_forced_at"`
	Used       float64 `json:"used_percent"`
}

// The server stops assigning transaction IDs when three million of the 2^31 are left (PostgreSQL documentation,
// "Preventing Transaction ID Wraparound Failures").
var wraparound = inspection[transactionAge]{
	name:   "wraparound",
	title:  "Distance to wraparound: the databases, and the oldest tables of this one",
	source: "pg_database.datfrozenxid and pg_class.relfrozenxid; at 100 % the server refuses to write",
	query: `
	with aged as (
		select 0 as rank, 'database ' || datname as name, age(datfrozenxid)::bigint as xids,
		       mxid_age(datminmxid)::bigint as multixacts
		from pg_database where datallowconn
		union all
		(select 1, 'table ' || n.nspname || '.' || c.relname, age(c.relfrozenxid), mxid_age(c.relminmxid)
		 from pg_class c join pg_namespace n on n.oid = c.relnamespace
		 where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
		 order by 3 desc, 2 limit 5)
	)
	select name, xids, multixacts, current_setting('autovacuum_freeze_max_age')::bigint as forced,
	       (100.0 * greatest(xids, multixacts) / (2147483648 - 3000000))::float8 as used
	from aged order by rank, xids desc, name`,
	columns: []column[transactionAge]{
		{"of", func(a transactionAge) string { return a.Name }},
		{"xids", func(a transactionAge) string { return number(a.Xids) }},
		{"multixacts", func(a transactionAge) string { return number(a.Multixacts) }},
		{"autovacuum forced at", func(a transactionAge) string { return number(a.Forced) }},
		{"used", func(a transactionAge) string { return percent(a.Used) }},
	},
}
