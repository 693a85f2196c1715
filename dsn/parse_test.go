package dsn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/dsn"
)

// parseCase is a string and the keywords and values it holds, in turn.
type parseCase struct {
	input string
	want  []string
}

var keywordValueCases = []parseCase{
	{"", nil},
	{" \t\n\v\f\r", nil},
	{"host=a port=5432", []string{"host", "a", "port", "5432"}},
	{" host = a  port =  5432 ", []string{"host", "a", "port", "5432"}},
	{"host=a\tport=1\nuser=u\vdbname=d\fpassword=p\roptions=o", []string{"host", "a", "port", "1", "user", "u", "dbname", "d", "password", "p", "options", "o"}},
	{"host=a\u00a0b", []string{"host", "a\u00a0b"}},
	{"host= port=1", []string{"host", "port=1"}},
	{"host='' port=1", []string{"host", "", "port", "1"}},
	{"port=1 host=", []string{"port", "1", "host", ""}},
	{"host= ", []string{"host", ""}},
	{"host='a'port=1", []string{"host", "a", "port", "1"}},
	{"host=a'b", []string{"host", "a'b"}},
	{"host=a;port=1", []string{"host", "a;port=1"}},
	{"host=a=b", []string{"host", "a=b"}},
	{"host==", []string{"host", "="}},
	{`password=a\ b`, []string{"password", "a b"}},
	{`password='a\'b'`, []string{"password", "a'b"}},
	{`password=\'a`, []string{"password", "'a"}},
	{`password=a\\b`, []string{"password", `a\b`}},
	{`password='a\\b c'`, []string{"password", `a\b c`}},
	{`password=a\b`, []string{"password", "ab"}},
	{`password=a\`, []string{"password", "a"}},
	{`password=\`, []string{"password", ""}},
	{"password='line\nbreak'", []string{"password", "line\nbreak"}},
	{"dbname=x dbname=y", []string{"dbname", "y"}},
	{"dbname=x host=h dbname=y", []string{"dbname", "y", "host", "h"}},
	{"dbname=x dbname=''", []string{"dbname", ""}},
	{"dbname=postgresql://h/d", []string{"dbname", "postgresql://h/d"}},
	{"user=ü password=\xff", []string{"user", "ü", "password", "\xff"}},
	{"port=abc", []string{"port", "abc"}},
	{"requiressl=1", []string{"sslmode", "require"}},
	{"requiressl=12", []string{"sslmode", "require"}},
	{"requiressl=0", []string{"sslmode", "prefer"}},
	{"requiressl=", []string{"sslmode", "prefer"}},
	{"sslmode=verify-full requiressl=1", []string{"sslmode", "require"}},
	{"Host=a", []string{"Host", "a"}},
	{"database=x foo=bar", []string{"database", "x", "foo", "bar"}},
	{"search_path=app,public auto_explain.log_min_duration=1s", []string{"search_path", "app,public", "auto_explain.log_min_duration", "1s"}},
	{"_a$1=x é=y", []string{"_a$1", "x", "é", "y"}},
}

var uriCases = []parseCase{
	{"postgresql://", nil},
	{"postgres://", nil},
	{"postgres:///", nil},
	{"postgres://h/", []string{"host", "h"}},
	{"postgres://h", []string{"host", "h"}},
	{"postgres:///db", []string{"dbname", "db"}},
	{"postgresql://u:p@h:1/d?sslmode=require", []string{"user", "u", "password", "p", "host", "h", "port", "1", "dbname", "d", "sslmode", "require"}},
	{"postgres://u@", []string{"user", "u"}},
	{"postgres://@h", []string{"host", "h"}},
	{"postgres://[::1]@h", []string{"user", "[", "password", ":1]", "host", "h"}},
	{"postgres://@", nil},
	{"postgres://:@", nil},
	{"postgres://:p@h", []string{"password", "p", "host", "h"}},
	{"postgres://u:@h", []string{"user", "u", "host", "h"}},
	{"postgres://h:", []string{"host", "h"}},
	{"postgres://:5", []string{"port", "5"}},
	{"postgres://h?user=", []string{"host", "h", "user", ""}},
	{"postgres://u:p:q@h", []string{"user", "u", "password", "p:q", "host", "h"}},
	{"postgres://u:p@q@h", []string{"user", "u", "password", "p", "host", "q@h"}},
	{"postgres://u?x@h/d", []string{"user", "u?x", "host", "h", "dbname", "d"}},
	{"postgres://u:p?q@h/d", []string{"user", "u", "password", "p?q", "host", "h", "dbname", "d"}},
	{"postgres://u:p/w@h/d", []string{"host", "u", "port", "p", "dbname", "w@h/d"}},
	{"postgres://h?application_name=a@b", []string{"user", "h?application_name=a", "host", "b"}},
	{"postgres://h/?application_name=a@b", []string{"host", "h", "application_name", "a@b"}},
	{"postgres://h1:1,h2/d", []string{"host", "h1,h2", "port", "1,", "dbname", "d"}},
	{"postgres://h1,h2/d", []string{"host", "h1,h2", "port", ",", "dbname", "d"}},
	{"postgres://u@h1,[::1]:5,h3:/d", []string{"user", "u", "host", "h1,::1,h3", "port", ",5,", "dbname", "d"}},
	{"postgres://,", []string{"host", ",", "port", ","}},
	{"postgres://:1,:2", []string{"host", ",", "port", "1,2"}},
	{"postgres://[::1]:5", []string{"host", "::1", "port", "5"}},
	{"postgres://[::1]", []string{"host", "::1"}},
	{"postgres://[::1]/d", []string{"host", "::1", "dbname", "d"}},
	{"postgres://[::1]?user=u", []string{"host", "::1", "user", "u"}},
	{"postgres://[::1],[::2]", []string{"host", "::1,::2", "port", ","}},
	{"postgres://[fe80::1%25eth0]/d", []string{"host", "fe80::1%eth0", "dbname", "d"}},
	{"postgres://[a,b]", []string{"host", "a,b"}},
	{"postgres://a[::1]", []string{"host", "a[", "port", ":1]"}},
	{"postgres://%2Fvar%2Frun/d", []string{"host", "/var/run", "dbname", "d"}},
	{"postgres://%2fa,%2fb", []string{"host", "/a,/b", "port", ","}},
	{"postgres:///d?host=/var/run", []string{"dbname", "d", "host", "/var/run"}},
	{"postgres://h/d/e", []string{"host", "h", "dbname", "d/e"}},
	{"postgres://h//", []string{"host", "h", "dbname", "/"}},
	{"postgres://h/d#f", []string{"host", "h", "dbname", "d#f"}},
	{"postgres://h#f/d", []string{"host", "h#f", "dbname", "d"}},
	{"postgres://h/d%20e", []string{"host", "h", "dbname", "d e"}},
	{"postgres://u%40x:p%3Aq@h", []string{"user", "u@x", "password", "p:q", "host", "h"}},
	{"postgres://h/d?host=x", []string{"host", "x", "dbname", "d"}},
	{"postgres://h/d?port=1&port=2", []string{"host", "h", "dbname", "d", "port", "2"}},
	{"postgres://?", nil},
	{"postgres://h/d?", []string{"host", "h", "dbname", "d"}},
	{"postgres://?user=a&", []string{"user", "a"}},
	{"postgres://?us%65r=a", []string{"user", "a"}},
	{"postgres://?user=a+b", []string{"user", "a+b"}},
	{"postgres://?user=a%3Db%26c", []string{"user", "a=b&c"}},
	{"postgres://?user=a?b/c:d", []string{"user", "a?b/c:d"}},
	{"postgres:///?user=a#b", []string{"user", "a#b"}},
	{"postgres://?password=%FF%c3%bc", []string{"password", "\xffü"}},
	{"postgres://?ssl=true", []string{"sslmode", "require"}},
	{"postgres://?sslmode=disable&ssl=true", []string{"sslmode", "require"}},
	{"postgres://?ssl=true&sslmode=disable", []string{"sslmode", "disable"}},
	{"postgres://?s%73l=tru%65", []string{"sslmode", "require"}},
	{"postgres://?requiressl=1", []string{"sslmode", "require"}},
	{"postgres://h:abc", []string{"host", "h", "port", "abc"}},
	{"postgres://h:1:2", []string{"host", "h", "port", "1:2"}},
	{"postgres://h /d", []string{"host", "h", "dbname", "d"}},
	{"postgres:// u : p @ h : 1 / d ? user = a ", []string{"user", "a", "password", "p", "host", "h", "port", "1", "dbname", "d"}},
	{"postgres:// ", []string{"host", ""}},
	{"postgres:// /", []string{"host", ""}},
	{"postgres:///d?user= a", []string{"dbname", "d", "user", "a"}},
	{"postgres:// h1,h2 ", []string{"host", "h1,h2", "port", ","}},
	{"postgres://h\t", []string{"host", "h\t"}},
	{"postgres://h/d?search_path=a&work_mem=1MB", []string{"host", "h", "dbname", "d", "search_path", "a", "work_mem", "1MB"}},
}

// parseFailure is a string that cannot be read, the byte of the mistake and words of the reason.
type parseFailure struct {
	input  string
	offset int
	reason string
}

var parseFailures = []parseFailure{
	{"host=a port", 11, `missing "="`},
	{"host=a port ", 12, `missing "="`},
	{"host", 4, `missing "="`},
	{"dbname=test 2 user=x", 14, `missing "="`},
	{"host a=b", 5, `missing "="`},
	{"=a", 0, "missing keyword"},
	{"host=a  =b", 8, "missing keyword"},
	{"host='abc", 5, "single quote"},
	{"user=u host='abc\\'", 12, "single quote"},
	{`host='\`, 5, "single quote"},
	{"host='", 5, "single quote"},
	{"host=a'b c'=d", 10, "made of letters"},
	{"my-key=1", 2, "made of letters"},
	{"1a=1", 0, "made of letters"},
	{"a.=1", 1, "made of letters"},
	{".a=1", 0, "made of letters"},
	{"a..b=1", 2, "made of letters"},
	{"a.1=1", 2, "made of letters"},
	{"$a=1", 0, "made of letters"},
	{"'host'=a", 0, "made of letters"},
	{"host=a ssl=true", 7, "write sslmode"},
	{"POSTGRES://u:p@h/d", 0, "must start"},
	{"jdbc:postgresql://h/d?user=u", 0, "must start"},
	{"mysql://h/d", 0, "must start"},
	{" postgres://h/d", 1, "must start"},
	{"host=a\x00b", 6, "NUL"},
	{"postgres://h/\x00", 13, "NUL"},
	{"postgres://[]", 11, "missing IPv6"},
	{"postgres://[::1", 11, `missing "]"`},
	{"postgres://h,[::1/d", 13, `missing "]"`},
	{"postgres://[::1]x", 16, "can follow"},
	{"postgres://?a", 13, `missing "="`},
	{"postgres://?user=a&&b=c", 19, `missing "="`},
	{"postgres://?&user=a", 12, `missing "="`},
	{"postgres://??", 13, `missing "="`},
	{"postgres://?user=a=b", 18, `second "="`},
	{"postgres://?=x", 12, "missing keyword"},
	{"postgres://?a-b=x", 12, "made of letters"},
	{"postgres://?%20=x", 12, "made of letters"},
	{"postgres://?ssl=false", 12, "write sslmode"},
	{"postgres://?ssl=1", 12, "write sslmode"},
	{"postgres://?SSL=true&ssl=", 21, "write sslmode"},
	{"postgres://%", 11, "two hexadecimal"},
	{"postgres://%4", 11, "two hexadecimal"},
	{"postgres://h/%zz", 13, "two hexadecimal"},
	{"postgres://u:100%@h", 16, "two hexadecimal"},
	{"postgres://h1,h%2,h3", 15, "two hexadecimal"},
	{"postgres://h1:1,[::1%]:2", 20, "two hexadecimal"},
	{"postgres://h1:1,h2:%2x", 19, "two hexadecimal"},
	{"postgres://?user=%g0", 17, "two hexadecimal"},
	{"postgres://h/%00", 13, "%00"},
	{"postgres://a b/d", 12, "blank"},
	{"postgres://h1 ,h2", 13, "blank"},
	{"postgres://h1:1 ,h2:2", 15, "blank"},
	{"postgres://?user=a b", 18, "blank"},
	{"postgres://?us er=a", 14, "blank"},
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range slices.Concat(keywordValueCases, uriCases) {
		t.Run(test.input, func(t *testing.T) {
			t.Parallel()
			have, err := dsn.Parse(test.input)
			require.NoError(t, err)
			require.Equal(t, params(t, test.want...), have)
		})
	}
}

func TestParseFailures(t *testing.T) {
	t.Parallel()
	for _, test := range parseFailures {
		t.Run(test.input, func(t *testing.T) {
			t.Parallel()
			have, err := dsn.Parse(test.input)
			require.Zero(t, have)
			var mistake *dsn.ParseError
			require.ErrorAs(t, err, &mistake)
			require.Contains(t, mistake.Reason, test.reason)
			require.Equal(t, test.offset, mistake.Offset)
		})
	}
}

func TestParseErrorTellsReasonAndOffset(t *testing.T) {
	t.Parallel()
	_, err := dsn.Parse("host=db user")
	require.EqualError(t, err, `dsn: missing "=" after a keyword (at byte offset 12)`)
}

// A canary at any place of a broken string must not come back in the error.
func TestParseErrorsHoldNothingOfTheInput(t *testing.T) {
	t.Parallel()
	const canary = "c4n4ry"
	for _, test := range parseFailures {
		for i := range len(test.input) + 1 {
			if _, err := dsn.Parse(test.input[:i] + canary + test.input[i:]); err != nil {
				require.NotContains(t, err.Error(), canary)
			}
		}
	}
}

func TestParseTakesLongStrings(t *testing.T) {
	t.Parallel()
	const many = 1 << 16
	for name, input := range map[string]string{
		"hosts":           "postgres://" + strings.Repeat("h:1,", many) + "h:1/d",
		"keywords":        strings.Repeat("a", many) + "=" + strings.Repeat("b", 1<<20),
		"settings":        manySettings(many),
		"same keyword":    strings.Repeat("host=a ", many),
		"quotes":          "password='" + strings.Repeat(`\'`, 1<<19) + "'",
		"percents":        "postgres://u:" + strings.Repeat("%41", 1<<18) + "@h",
		"query":           "postgres://?" + strings.Repeat("user=a&", many),
		"open quote":      "host='" + strings.Repeat("'a'b'", many),
		"blanks":          strings.Repeat(" ", 1<<20),
		"equals":          "host" + strings.Repeat("=", 1<<20),
		"missing bracket": "postgres://" + strings.Repeat("[", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := dsn.Parse(input)
			if err != nil {
				require.Less(t, len(err.Error()), 200)
				return
			}
			again, err := dsn.Parse(p.String())
			require.NoError(t, err)
			require.True(t, p.Equal(again))
		})
	}
}

func TestParseOfUsualStringsAllocatesLittle(t *testing.T) {
	for name, input := range usualStrings {
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = dsn.Parse(input) }), 10.0, name)
	}
}

var usualStrings = map[string]string{
	"URI":           "postgresql://joe:secret@db.example.com:5432/app?sslmode=verify-full&application_name=shop",
	"several hosts": "postgresql://joe:secret@db1:5432,db2:5432/app?sslmode=verify-full&target_session_attrs=primary",
	"keyword/value": "host=db.example.com port=5432 user=joe password='my secret' dbname=app sslmode=verify-full",
}

func BenchmarkParse(b *testing.B) {
	for name, input := range usualStrings {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = dsn.Parse(input)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range corpus() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := dsn.Parse(s)
		if err != nil {
			requireFixedText(t, s, err)
			return
		}
		requireRoundTrips(t, p)
	})
}

// requireFixedText fails when the error depends on anything of s but the place of the mistake.
func requireFixedText(t *testing.T, s string, err error) {
	t.Helper()
	var mistake *dsn.ParseError
	require.ErrorAs(t, err, &mistake)
	require.Contains(t, dsn.Reasons, mistake.Reason)
	require.True(t, 0 <= mistake.Offset && mistake.Offset <= len(s), "offset %d of %q", mistake.Offset, s)
}
