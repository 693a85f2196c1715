package dsn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/dsn"
)

func TestSuggest(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"sslmod":                   "sslmode",
		"ssl_mode":                 "sslmode",
		"sslmoed":                  "sslmode",
		"SSLMODE":                  "sslmode",
		"sslMode":                  "sslmode",
		"stament_cache_capacity":   "statement_cache_capacity",
		"statement_cache_capactiy": "statement_cache_capacity",
		"statementCacheCapacity":   "statement_cache_capacity",
		"connecttimeout":           "connect_timeout",
		"connection_timeout":       "",
		"Host":                     "host",
		"hots":                     "host",
		"Port":                     "port",
		"prot":                     "port",
		"usr":                      "user",
		"pasword":                  "password",
		"passwrod":                 "password",
		"dbnmae":                   "dbname",
		"db_name":                  "dbname",
		"database":                 "dbname",
		"Username":                 "user",
		"pwd":                      "password",
		"sslrootcrt":               "sslrootcert",
		"target_session_attr":      "target_session_attrs",
		"aplication_name":          "application_name",
		"require_ath":              "require_auth",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keyword, ok := dsn.Suggest(name)
			require.Equal(t, want, keyword)
			require.Equal(t, want != "", ok)
		})
	}
}

func TestSuggestLeavesRunTimeParametersAlone(t *testing.T) {
	t.Parallel()
	for _, name := range append(dsn.RunTimeParameters(),
		"TimeZone", "timezone", "DateStyle", "IntervalStyle", "Application_Name", "CLIENT_ENCODING", "Search_Path",
		"my.sslmod", "sslmode.x", "pg_stat_statements.track", // with a dot: an extension's
		"foo", "x", "tenant", "pool_max_conns", // nothing like a keyword
		"old_snapshot_threshold", "force_parallel_mode", "operator_precedence_warning", "vacuum_cleanup_index_scale_factor", // of older servers
		"lc_collate", "lc_ctype", "db_user_namespace", "wal_keep_segments", "stats_temp_directory", "promote_trigger_file",
	) {
		if name == "port" {
			continue // a keyword as well
		}
		keyword, ok := dsn.Suggest(name)
		require.False(t, ok, "%s was taken for %s", name, keyword)
	}
}

func TestSuggestLeavesKeywordsAlone(t *testing.T) {
	t.Parallel()
	for _, keyword := range dsn.Keywords() {
		_, ok := dsn.Suggest(keyword.Name)
		require.False(t, ok, keyword.Name)
	}
}

func FuzzSuggest(f *testing.F) {
	f.Add("sslmod")
	f.Add("Ünïcode.\xff")
	f.Fuzz(func(t *testing.T, name string) {
		keyword, ok := dsn.Suggest(name)
		_, known := dsn.Lookup(keyword)
		require.Equal(t, ok, known, "a suggestion is a keyword")
	})
}
