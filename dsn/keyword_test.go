package dsn_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/dsn"
)

func TestKeywordTableIsComplete(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	fromLibPQ := 0
	for _, keyword := range dsn.Keywords() {
		require.Regexp(t, regexp.MustCompile(`^[a-z][a-z_]*$`), keyword.Name)
		require.False(t, names[keyword.Name], "%s stands twice", keyword.Name)
		names[keyword.Name] = true
		require.Regexp(t, regexp.MustCompile(`^[A-Z].*\.$`), keyword.Effect, keyword.Name)
		require.Contains(t, []dsn.Support{dsn.SupportPgconn, dsn.SupportPGAdapt, dsn.SupportRefused}, keyword.Support, keyword.Name)
		require.Contains(t, []dsn.Origin{dsn.OriginLibPQ, dsn.OriginPGAdapt}, keyword.Origin, keyword.Name)
		if keyword.Origin == dsn.OriginLibPQ {
			fromLibPQ++
		}
	}
	require.Equal(t, 50, fromLibPQ, "number of keywords of libpq 18")
}

func TestLookup(t *testing.T) {
	t.Parallel()
	keyword, ok := dsn.Lookup("sslmode")
	require.True(t, ok)
	require.Equal(t, "PGSSLMODE", keyword.Environment)
	require.Equal(t, "prefer", keyword.Default)
	for _, unknown := range []string{"", "SSLMODE", "database", "search_path"} {
		_, ok = dsn.Lookup(unknown)
		require.False(t, ok, unknown)
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	for _, keyword := range dsn.Keywords() {
		choices := keyword.Choices()
		if keyword.Default != "" && choices != nil {
			require.Contains(t, choices, keyword.Default, keyword.Name)
		}
	}
	sslmode, _ := dsn.Lookup("sslmode")
	require.Equal(t, []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}, sslmode.Choices())
	host, _ := dsn.Lookup("host")
	require.Nil(t, host.Choices())
}

func TestKeywordsIsACopy(t *testing.T) {
	t.Parallel()
	name := dsn.Keywords()[0].Name
	dsn.Keywords()[0].Name = "changed"
	require.Equal(t, name, dsn.Keywords()[0].Name)
}
