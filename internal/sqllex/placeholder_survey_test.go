package sqllex_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func TestPlaceholders(t *testing.T) {
	for _, test := range []struct {
		name, query string
		style       sqllex.Style
		positional  int
		named       bool
	}{
		{"left to the server", "select $1, $2", sqllex.Numeric, 0, false},
		{"at", "select @a", sqllex.Numeric, 0, true},
		{"at in quotes", "select 'joe@example.com', \"@a\" -- @a", sqllex.Numeric, 0, false},
		{"absolute value", "select @ -3, @(1)", sqllex.Numeric, 0, false},
		{"text search", "select v @@to_tsquery('x'), a<@b", sqllex.Numeric, 0, false},
		{"at beside a number", "select @a, $1", sqllex.Numeric, 0, false},
		{"question marks", "select ?, a ?? 'b', '?', ?", sqllex.Qmark, 2, false},
		{"at without question marks", "select @a, a ?? 'b'", sqllex.Qmark, 0, true},
		{"at beside question marks", "select ?, @a", sqllex.Qmark, 1, false},
		{"percent", "select %s, '%%', %s", sqllex.Pyformat, 2, false},
		{"percent with names", "select %(a)s, %(b)s", sqllex.Pyformat, 0, true},
		{"colon", "select :a", sqllex.Named, 0, true},
		{"slice", "select v[:n]", sqllex.Named, 0, true},
		{"cast", "select '1'::int, f(x := 2)", sqllex.Named, 0, false},
		{"none", "select 1", sqllex.Named, 0, false},
	} {
		t.Run(test.style.String()+" "+test.name, func(t *testing.T) {
			positional, named, err := sqllex.Placeholders(test.query, test.style, true)
			require.NoError(t, err)
			require.Equal(t, test.positional, positional)
			require.Equal(t, test.named, named)
		})
	}
}

func TestPlaceholdersThatCannotBeRead(t *testing.T) {
	for query, style := range map[string]sqllex.Style{
		"select 7 % 4": sqllex.Pyformat, "select '%s'": sqllex.Pyformat, "select $1": sqllex.Qmark,
	} {
		_, _, err := sqllex.Placeholders(query, style, true)
		var placeholderError *sqllex.PlaceholderError
		require.ErrorAs(t, err, &placeholderError, query)
	}
}
