package dsn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/dsn"
)

func TestMake(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base      string
		overrides []string
		want      string
	}{
		"nothing":                                {"", nil, ""},
		"base only":                              {"host=h port=1", nil, "host=h port=1"},
		"URI base":                               {"postgres://u@h/d", []string{"port", "5432"}, "user=u host=h dbname=d port=5432"},
		"override wins in place":                 {"host=h port=1", []string{"host", "i", "user", "u"}, "host=i port=1 user=u"},
		"last override wins":                     {"", []string{"host", "a", "host", "b"}, "host=b"},
		"empty value is set":                     {"host=h", []string{"host", ""}, "host=''"},
		"any character":                          {"", []string{"password", `p'q\r @/?`}, `password='p\'q\\r @/?'`},
		"unknown keyword":                        {"", []string{"search_path", "a,b"}, "search_path=a,b"},
		"requiressl":                             {"sslmode=disable", []string{"requiressl", "1"}, "sslmode=require"},
		"database is dbname":                     {"dbname=a", []string{"database", "b"}, "dbname=b"},
		"database in base is not":                {"database=a", []string{"dbname", "b"}, "database=a dbname=b"},
		"dbname in base is not expanded":         {"dbname=postgres://h/d", []string{"user", "u"}, "dbname=postgres://h/d user=u"},
		"dbname is expanded":                     {"", []string{"dbname", "postgres://u@h/d"}, "user=u host=h dbname=d"},
		"database is expanded":                   {"", []string{"database", "host=h dbname=d"}, "host=h dbname=d"},
		"expansion over base":                    {"host=a port=1", []string{"dbname", "host=h"}, "host=h port=1"},
		"expansion without dbname keeps base's":  {"dbname=a", []string{"dbname", "host=h"}, "dbname=a host=h"},
		"expansion over earlier, under later":    {"", []string{"host", "a", "user", "a", "dbname", "host=h user=h port=1", "user", "b"}, "host=h user=b port=1"},
		"second dbname is not expanded":          {"", []string{"dbname", "host=h dbname=d", "dbname", "host=i"}, "host=h dbname=host=i"},
		"dbname after a plain one likewise":      {"", []string{"dbname", "d", "dbname", "host=i"}, "dbname=host=i"},
		"dbname in an expansion is not expanded": {"", []string{"dbname", `dbname='host=h'`}, "dbname=host=h"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := dsn.Make(test.base, test.overrides...)
			require.NoError(t, err)
			require.Equal(t, test.want, p.String())
		})
	}
}

func TestMakeFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base      string
		overrides []string
		message   string
	}{
		"base":                {"host=h c4n4ry", nil, `dsn: missing "=" after a keyword (at byte offset 13)`},
		"odd overrides":       {"", []string{"host", "h", "c4n4ry"}, "in pairs"},
		"dbname and database": {"", []string{"dbname", "a", "database", "c4n4ry"}, "both dbname and its other name"},
		"keyword":             {"", []string{"a b", "c4n4ry"}, "made of letters"},
		"NUL":                 {"", []string{"password", "c4n4ry\x00"}, "the value of password holds a NUL"},
		"ssl":                 {"", []string{"ssl", "true"}, "write sslmode"},
		"expansion":           {"", []string{"dbname", "postgres://u:c4n4ry@[/?a=b"}, `cannot be read: dsn: missing "]"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := dsn.Make(test.base, test.overrides...)
			require.ErrorContains(t, err, test.message)
			require.NotContains(t, err.Error(), canary)
			require.Zero(t, p)
		})
	}
}

func TestMakeErrorsAreParseErrors(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{"base": {"a"}, "expansion": {"", "dbname", "a=b c"}} {
		_, err := dsn.Make(arguments[0], arguments[1:]...)
		var mistake *dsn.ParseError
		require.ErrorAs(t, err, &mistake, name)
	}
}

// What is given to Make is found again, in what it gives and in the text of it.
func FuzzMake(f *testing.F) {
	f.Add("postgres://u:p@h/d", "password", "a b'c\\d", "dbname", "postgres://i/e")
	f.Add("host=h", "requiressl", "1", "sslmode", "")
	f.Add("dbname=x", "database", "y", "dbname", "z")
	f.Fuzz(func(t *testing.T, base, keyword1, value1, keyword2, value2 string) {
		p, err := dsn.Make(base, keyword1, value1, keyword2, value2)
		if err != nil {
			return
		}
		requireRoundTrips(t, p)
		have, ok := p.Get(keyword2)
		if keyword2 == "requiressl" || keyword2 == "database" || keyword2 == "dbname" {
			return
		}
		require.True(t, ok)
		require.Equal(t, value2, have)
	})
}
