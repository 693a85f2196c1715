package main

// transaction is one that has been open for long.
type transaction struct {
	Where string  `json:"where"`
	Owner *string `json:"owner"`
	State *string `json:"state"`
	Open  float64 `json:"open_seconds"`
	Held  *int64  `json:"transactions_held_back"`
	Query string  `json:"query"`
}

var longTransactions = inspection[transaction]{
	name:  "long_transactions",
	title: "Long transactions",
	source: "pg_stat_activity and pg_prepared_xacts; what was deleted since they began, VACUUM cannot remove, " +
		"and REINDEX CONCURRENTLY waits for them",
	query: `
	select "where", owner, state, open, held, query from (
		select 'session ' || pid as "where", usename as owner, state,
		       extract(epoch from clock_timestamp() - xact_start)::float8 as open, age(backend_xmin)::bigint as held,
		       query
		from pg_stat_activity
		where pid <> pg_backend_pid() and backend_type = 'client backend'
		union all
		select 'prepared ' || gid, owner, 'prepared', extract(epoch from clock_timestamp() - prepared)::float8,
		       age(transaction)::bigint, ''
		from pg_prepared_xacts
	) as open
	where open >= $1 order by open desc, 1`,
	arguments: func(limits limits) []any { return []any{limits.longTransaction.Seconds()} },
	left:      []string{"owner", "state", "last statement"},
	columns: []column[transaction]{
		{"transaction", func(t transaction) string { return t.Where }},
		{"owner", func(t transaction) string { return textOr(t.Owner, "unknown") }},
		{"state", func(t transaction) string { return textOr(t.State, "hidden from this role") }},
		{"open for", func(t transaction) string { return seconds(t.Open) }},
		{"holds back", func(t transaction) string { return heldBack(t.Held) }},
		{"last statement", func(t transaction) string { return oneLine(t.Query) }},
	},
}

// textOr gives the text of a column that may be NULL.
func textOr(text *string, otherwise string) string {
	if text == nil {
		return otherwise
	}
	return *text
}

// heldBack gives how many transactions have begun since the oldest one that somebody still sees.
func heldBack(transactions *int64) string {
	if transactions == nil {
		return "nothing"
	}
	return number(*transactions) + " xids"
}

// cacheUse is where the blocks of a relation came from.
type cacheUse struct {
	Name      string   `json:"name"`
	Hits      int64    `json:"hits"`
	Reads     int64    `json:"reads"`
	TableRate *float64 `json:"hit_percent"`
	IndexRate *float64 `json:"index_hit_percent"`
}

var cacheHits = inspection[cacheUse]{
	name:   "cache_hits",
	title:  "Cache hit rates",
	source: "pg_stat_database and pg_statio_user_tables; blocks in shared_buffers, not those that the operating system had",
	query: `
	select name, hits, reads, table_rate, index_rate from (
		select 0 as rank, 'all of the database' as name, blks_hit as hits, blks_read as reads,
		       100.0 * blks_hit / nullif(blks_hit + blks_read, 0) as table_rate, null as index_rate
		from pg_stat_database where datname = current_database()
		union all
		select 1, schemaname || '.' || relname,
		       coalesce(heap_blks_hit, 0) + coalesce(idx_blks_hit, 0), coalesce(heap_blks_read, 0) + coalesce(idx_blks_read, 0),
		       100.0 * heap_blks_hit / nullif(heap_blks_hit + heap_blks_read, 0),
		       100.0 * idx_blks_hit / nullif(idx_blks_hit + idx_blks_read, 0)
		from pg_statio_user_tables where heap_blks_hit + heap_blks_read > 0
	) as use order by rank, reads desc, name`,
	columns: []column[cacheUse]{
		{"table", func(c cacheUse) string { return c.Name }},
		{"hits", func(c cacheUse) string { return number(c.Hits) }},
		{"reads", func(c cacheUse) string { return number(c.Reads) }},
		{"hit rate", func(c cacheUse) string { return percentOr(c.TableRate, "") }},
		{"of its indexes", func(c cacheUse) string { return percentOr(c.IndexRate, "") }},
	},
}

func percentOr(p *float64, otherwise string) string {
	if p == nil {
		return otherwise
	}
	return percent(*p)
}
