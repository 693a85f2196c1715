package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// reportOf gives the report on a database as a program reads it, by the names of the findings.
func reportOf(t *testing.T, args ...string) map[string]readFinding {
	t.Helper()
	var read struct {
		Findings []readFinding `json:"findings"`
	}
	require.NoError(t, json.Unmarshal([]byte(maintained(t, append(args, "-json")...)), &read))
	byName := map[string]readFinding{}
	for _, found := range read.Findings {
		byName[found.Name] = found
	}
	return byName
}

type readFinding struct {
	Name     string           `json:"name"`
	Source   string           `json:"source"`
	Rows     []map[string]any `json:"rows"`
	Remedies []remedy         `json:"remedies"`
}

// names gives the names of what was found.
func (f readFinding) names() []string {
	var names []string
	for _, row := range f.Rows {
		names = append(names, row["name"].(string))
	}
	return names
}

// row gives the row with a name.
func (f readFinding) row(t *testing.T, name string) map[string]any {
	t.Helper()
	for _, row := range f.Rows {
		if row["name"] == name {
			return row
		}
	}
	require.Fail(t, "not found: "+name)
	return nil
}

func (f readFinding) statements() []string {
	var statements []string
	for _, remedy := range f.Remedies {
		statements = append(statements, remedy.Statement)
	}
	return statements
}

func TestFindings(t *testing.T) {
	made, db := defective(t)
	exec(t, db,
		`create table narrow (id int primary key)`,
		`create sequence wide as bigint owned by narrow.id`,
		`select setval('wide', 2000000000)`,
		`create sequence down increment -1 minvalue -100`,
		`select setval('down', -90)`,
		`create sequence fresh`,
		`create index on narrow (id)`)
	found := reportOf(t, "-dsn", made.dsn, "-long-transaction", "0s")

	t.Run("dead tuples", func(t *testing.T) {
		customer := found["dead_tuples"].row(t, "customer")
		require.EqualValues(t, 10000, customer["live_tuples"])
		require.EqualValues(t, 5001, customer["dead_tuples"])
		require.Equal(t, true, customer["vacuum_due"])
		require.Nil(t, customer["last_vacuum"])
		require.NotNil(t, customer["last_analyze"])
		require.Contains(t, found["dead_tuples"].statements(), `vacuum (analyze, truncate false) "public"."customer"`)
		require.NotContains(t, found["dead_tuples"].names(), "event", "it was vacuumed")
	})
	t.Run("bloat of tables", func(t *testing.T) {
		require.Equal(t, []string{"event"}, found["table_bloat"].names())
		require.InDelta(t, 90, found["table_bloat"].Rows[0]["bloat_percent"], 3)
		require.Empty(t, found["table_bloat"].Remedies, "VACUUM FULL is no remedy that keeps nobody waiting")
	})
	t.Run("bloat of indexes", func(t *testing.T) {
		require.Equal(t, []string{"event_payload"}, found["index_bloat"].names())
		require.InDelta(t, 90, found["index_bloat"].Rows[0]["bloat_percent"], 5)
		require.Equal(t, []string{`reindex index concurrently "public"."event_payload"`}, found["index_bloat"].statements())
	})
	t.Run("indexes", func(t *testing.T) {
		require.Equal(t, []string{"customer_email"}, found["invalid_indexes"].names())
		require.Equal(t, []string{`reindex index concurrently "public"."customer_email"`}, found["invalid_indexes"].statements())
		require.Equal(t, []string{"customer_name_again", "narrow_id_idx"}, found["duplicate_indexes"].names())
		require.Equal(t, "the same as narrow_pkey", found["duplicate_indexes"].Rows[1]["because"])
		require.Equal(t, "the same as customer_name", found["duplicate_indexes"].Rows[0]["because"])
		require.Contains(t, found["unused_indexes"].names(), "event_payload")
		require.NotContains(t, found["unused_indexes"].names(), "customer_pkey")
		require.NotContains(t, found["unused_indexes"].names(), "customer_email", "it is invalid")
	})
	t.Run("primary keys", func(t *testing.T) {
		require.Equal(t, []string{"import_log"}, found["missing_primary_keys"].names())
	})
	t.Run("long transactions", func(t *testing.T) {
		require.Contains(t, queries(found["long_transactions"]), "select 'and then the phone rang'")
		patient := reportOf(t, "-dsn", made.dsn, "-long-transaction", "24h")
		require.Empty(t, patient["long_transactions"].Rows)
	})
	t.Run("cache", func(t *testing.T) {
		require.Equal(t, "all of the database", found["cache_hits"].Rows[0]["name"])
		require.Positive(t, found["cache_hits"].row(t, "public.event")["hits"])
	})
	t.Run("sequences", func(t *testing.T) {
		sequences := found["sequences"]
		require.Equal(t, []string{"wide", "customer_id_seq", "down"}, sequences.names())
		require.EqualValues(t, 2147483647, sequences.Rows[0]["limit"])
		require.Equal(t, "the column's type", sequences.Rows[0]["because"])
		require.EqualValues(t, -100, sequences.Rows[2]["limit"])
	})
	t.Run("wraparound", func(t *testing.T) {
		require.Contains(t, found["wraparound"].names(), "database "+made.name)
		require.Contains(t, found["wraparound"].names(), "table public.event")
	})
	t.Run("every finding says where it is from", func(t *testing.T) {
		require.Len(t, found, len(questions))
		for name, finding := range found {
			require.NotEmpty(t, finding.Source, name)
		}
	})
}

// queries gives the statements of the transactions.
func queries(f readFinding) []string {
	var texts []string
	for _, row := range f.Rows {
		texts = append(texts, row["query"].(string))
	}
	return texts
}

func TestSettingsOfATable(t *testing.T) {
	plain := defects{dsn: pgtest.DSN(t)} // a database without any
	db := openTest(t, plain.dsn)
	settings := map[string]string{
		"patient": "autovacuum_vacuum_threshold = 1000000, autovacuum_analyze_threshold = 1000000",
		"hasty":   "autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0.001, autovacuum_analyze_threshold = 0",
	}
	want := map[string]bool{"patient": false, "hasty": true}
	if pgtest.Shared(t).Version() >= 18 {
		settings["capped"] = "autovacuum_vacuum_threshold = 1000000, autovacuum_vacuum_max_threshold = 10"
		want["capped"] = true
	}
	for name, with := range settings {
		exec(t, db, "drop table if exists "+name, "create table "+name+" (id int primary key) with (autovacuum_enabled = off, "+with+")",
			"insert into "+name+" select generate_series(1, 5000)", "delete from "+name+" where id <= 20")
	}
	require.NoError(t, db.Close()) // the server counts what a session has done at its end
	for name := range settings {
		require.NoError(t, plain.awaitDeadTuples(t.Context(), name, 20))
	}
	found := reportOf(t, "-dsn", plain.dsn)["dead_tuples"]
	for name, due := range want {
		require.Equal(t, due, found.row(t, name)["vacuum_due"], name)
	}
	require.Equal(t, false, found.row(t, "patient")["analyze_due"])
	require.Equal(t, true, found.row(t, "hasty")["analyze_due"])
}

func TestTablesOfReport(t *testing.T) {
	made, db := defective(t)
	t.Run("with defects", func(t *testing.T) {
		out := maintained(t, "-dsn", made.dsn)
		require.Regexp(t, `(?m)^Database pgadapt_maintenance_\w+, PostgreSQL \d+.*\.$`, out)
		require.Regexp(t, `(?m)^  public\.customer +10000 +5001 +\d+ +never +\d+ s ago  vacuum`, out)
		require.Regexp(t, `(?m)^  public\.event +\d+\.\d MB +\d+\.\d MB +\d\d\.\d %$`, out)
		require.Contains(t, out, `  reindex index concurrently "public"."customer_email";`)
		require.NotContains(t, out, "Repairs")
	})
	t.Run("shortened", func(t *testing.T) {
		require.Regexp(t, `  … and \d+ more\n`, maintained(t, "-dsn", made.dsn, "-rows", "1"))
	})
	t.Run("nothing to do", func(t *testing.T) {
		exec(t, db, `drop table event, customer, import_log`)
		out := maintained(t, "-dsn", made.dsn, "-fix")
		require.Contains(t, out, "\n  none\n")
		require.NotContains(t, out, "Remedies")
		require.NotContains(t, out, "Repair")
	})
}
