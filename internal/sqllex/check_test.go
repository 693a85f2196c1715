package sqllex_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		query string
		want  string
	}{
		{name: "empty", query: ""},
		{name: "ASCII", query: "select 1"},
		{name: "UTF-8", query: "select 'é数😀\uFFFD'"},
		{name: "NUL", query: "a\x00b", want: "NUL byte in the SQL text at byte offset 1"},
		{name: "NUL after UTF-8", query: "é\x00", want: "NUL byte in the SQL text at byte offset 2"},
		{name: "lone continuation", query: "a\x80", want: "invalid UTF-8 in the SQL text at byte offset 1 (byte 0x80)"},
		{name: "cut short", query: "é\xc3", want: "invalid UTF-8 in the SQL text at byte offset 2 (byte 0xc3)"},
		{name: "surrogate", query: "\uFFFD\xed\xa0\x80", want: "invalid UTF-8 in the SQL text at byte offset 3 (byte 0xed)"},
		{name: "Latin-1", query: "caf\xe9 au lait", want: "invalid UTF-8 in the SQL text at byte offset 3 (byte 0xe9)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := sqllex.Check(test.query)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestCheckDoesNotAllocate(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if err := sqllex.Check("select 'é'"); err != nil {
			t.Error(err)
		}
	}))
}
