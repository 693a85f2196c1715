package sqllex_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func TestIsCopy(t *testing.T) {
	for query, want := range map[string]bool{
		"copy t from stdin": true, "COPY t to stdout": true, " \n/* c */ -- x\n;copy t from stdin": true,
		"copying": false, "create table t ()": false, "select 1": false, "": false, "--copy": false, `"copy"`: false,
	} {
		require.Equal(t, want, sqllex.IsCopy(query, true), query)
	}
}

func TestPartsOfCopyFrom(t *testing.T) {
	for _, test := range []struct{ name, query, table, columns, binary string }{
		{"table", "copy t from stdin", "t", "", "copy t from stdin (format binary)"},
		{"semicolon", "copy t from stdin ;", "t", "", "copy t from stdin (format binary) ;"},
		{"columns", `COPY s."T" ( a, "b)" )FROM STDIN`, `s."T"`, `a, "b)"`, `COPY s."T" ( a, "b)" )FROM STDIN (format binary)`},
		{"comments", "copy /* from */ s . t from stdin -- end", "s . t", "", "copy /* from */ s . t from stdin (format binary) -- end"},
		{"condition", "copy t from stdin where a > 0", "t", "", "copy t from stdin (format binary) where a > 0"},
		{"with", "copy t from stdin with", "t", "", "copy t from stdin with (format binary)"},
		{"options", "copy t from stdin with (freeze) where b", "t", "", "copy t from stdin with (format binary, freeze) where b"},
		{"format", "copy t from stdin (freeze, format 'binary')", "t", "", "copy t from stdin (freeze, format 'binary')"},
		{"old binary", "copy t from stdin with binary", "t", "", "copy t from stdin with binary"},
		{"oldest binary", "copy binary t (a) from stdin", "t", "a", "copy binary t (a) from stdin"},
		{"old format", "copy t from stdin csv", "t", "", ""},
		{"old options", "copy t from stdin with delimiter ','", "t", "", ""},
		{"cut off", "copy t (a", "", "", ""},
		{"another statement", "select 1", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			parts := sqllex.PartsOfCopyFrom(test.query, true)
			require.Equal(t, sqllex.CopyParts{Table: test.table, Columns: test.columns, BinaryQuery: test.binary}, parts)
		})
	}
}

func FuzzPartsOfCopyFrom(f *testing.F) {
	for _, query := range []string{"copy t from stdin", "copy binary s.t (a, b) from stdin with (freeze) where a", "copy"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		parts := sqllex.PartsOfCopyFrom(query, true)
		require.Contains(t, query, parts.Table)
		require.Contains(t, query, parts.Columns)
		if parts.BinaryQuery != "" {
			require.GreaterOrEqual(t, len(parts.BinaryQuery), len(query))
		}
	})
}
