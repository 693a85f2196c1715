package dsn_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/dsn"
)

func TestParamsZeroValueIsReady(t *testing.T) {
	t.Parallel()
	var p dsn.Params
	require.Zero(t, p.Len())
	require.Empty(t, p.String())
	require.Equal(t, "postgresql://", p.URL())
	require.Empty(t, p.Redacted())
	p.Delete("host")
	require.NoError(t, p.Set("host", "a"))
	require.Equal(t, "host=a", p.String())
}

func TestParamsTellsAbsentFromEmpty(t *testing.T) {
	t.Parallel()
	p := params(t, "host", "")
	value, ok := p.Get("host")
	require.Empty(t, value)
	require.True(t, ok)
	require.True(t, p.Has("host"))
	value, ok = p.Get("port")
	require.Empty(t, value)
	require.False(t, ok)
	require.False(t, p.Has("port"))
}

func TestParamsSetKeepsTheOrder(t *testing.T) {
	t.Parallel()
	p := params(t, "host", "a", "port", "1")
	require.NoError(t, p.Set("host", "b"))
	require.NoError(t, p.Set("user", "u"))
	require.NoError(t, p.Set("requiressl", "1"))
	require.Equal(t, "host=b port=1 user=u sslmode=require", p.String())
	require.Equal(t, 4, p.Len())
}

func TestParamsDelete(t *testing.T) {
	t.Parallel()
	p := params(t, "host", "a", "port", "1")
	p.Delete("host")
	require.Equal(t, params(t, "port", "1"), p)
	p.Delete("port")
	require.Equal(t, dsn.Params{}, p)
}

func TestParamsSetRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ keyword, value, message string }{
		"no keyword":       {"", "x", "needs a keyword"},
		"blank in keyword": {"a b", "x", "made of letters"},
		"URI as keyword":   {"postgres://u:c4n4ry@h/d?x", "x", "made of letters"},
		"NUL in keyword":   {"a\x00", "x", "made of letters"},
		"NUL in value":     {"password", "c4n4ry\x00", "value of password"},
		"ssl":              {"ssl", "true", "write sslmode"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := params(t, "host", "a")
			err := p.Set(test.keyword, test.value)
			require.ErrorContains(t, err, test.message)
			require.NotContains(t, err.Error(), "c4n4ry")
			require.Equal(t, params(t, "host", "a"), p)
		})
	}
}

func TestParamsCopiesAreIndependent(t *testing.T) {
	t.Parallel()
	original := params(t, "host", "a", "port", "1")
	assigned, cloned := original, original.Clone()
	require.NoError(t, assigned.Set("host", "b"))
	require.NoError(t, assigned.Set("user", "u"))
	cloned.Delete("host")
	require.Equal(t, "host=a port=1", original.String())
	require.Equal(t, "host=b port=1 user=u", assigned.String())
	require.Equal(t, "port=1", cloned.String())
}

func TestParamsEqual(t *testing.T) {
	t.Parallel()
	p := params(t, "host", "a", "port", "1")
	require.True(t, p.Equal(params(t, "port", "1", "host", "a")), "the order does not count")
	require.True(t, dsn.Params{}.Equal(dsn.Params{}))
	require.False(t, p.Equal(params(t, "host", "a")))
	require.False(t, p.Equal(params(t, "host", "a", "port", "2")))
	require.False(t, p.Equal(params(t, "host", "a", "user", "1")))
	require.False(t, params(t, "host", "").Equal(params(t, "port", "")))
}

func TestParamsAll(t *testing.T) {
	t.Parallel()
	p := params(t, "host", "a", "port", "1")
	require.Equal(t, map[string]string{"host": "a", "port": "1"}, maps.Collect(p.All()))
	for keyword := range p.All() {
		require.Equal(t, "host", keyword)
		break
	}
}

func TestParamsUnknown(t *testing.T) {
	t.Parallel()
	p, err := dsn.Parse("host=a foo=1 sslmode=disable search_path=x Host=b cancel_timeout=1s")
	require.NoError(t, err)
	require.Equal(t, []string{"foo", "search_path", "Host"}, p.Unknown())
	require.Empty(t, params(t, "host", "a").Unknown())
}

func TestString(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"":              "''",
		"a":             "a",
		"hello world":   "'hello world'",
		"quo'te":        `quo\'te`,
		`\every thing'`: `'\\every thing\''`,
		"'":             `\'`,
		`\`:             `\\`,
		"a=b":           "a=b",
		"tab\t":         "'tab\t'",
		"ü\xff":         "ü\xff",
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, "password="+want, params(t, "password", value).String())
		})
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	for want, pairs := range map[string][]string{
		"postgresql://u:p@h:1/d?sslmode=require":                          {"dbname", "d", "host", "h", "sslmode", "require", "port", "1", "password", "p", "user", "u"},
		"postgresql://u%40x:p%3Aq%2F%20%25@h":                             {"user", "u@x", "password", "p:q/ %", "host", "h"},
		"postgresql://:p@":                                                {"password", "p"},
		"postgresql:///?user=&password=&dbname=":                          {"user", "", "password", "", "dbname", ""},
		"postgresql:///?host=":                                            {"host", ""},
		"postgresql:///?host=&port=1":                                     {"host", "", "port", "1"},
		"postgresql:///?host=h&port=":                                     {"host", "h", "port", ""},
		"postgresql:///?port=1":                                           {"port", "1"},
		"postgresql://h1:1,h2":                                            {"host", "h1,h2", "port", "1,"},
		"postgresql://h1,h2/d":                                            {"host", "h1,h2", "port", ",", "dbname", "d"},
		"postgresql:///d?host=h1,h2":                                      {"host", "h1,h2", "dbname", "d"},
		"postgresql:///?host=h1,h2&port=1":                                {"host", "h1,h2", "port", "1"},
		"postgresql://[::1]:5":                                            {"host", "::1", "port", "5"},
		"postgresql://[fe80::1%25eth0],h":                                 {"host", "fe80::1%eth0,h", "port", ","},
		"postgresql:///d?host=/var/run/postgresql":                        {"host", "/var/run/postgresql", "dbname", "d"},
		"postgresql:///?host=h&port=abc":                                  {"host", "h", "port", "abc"},
		"postgresql:///?host=%40abstract":                                 {"host", "@abstract"},
		"postgresql://h/a%2Fb%3Fc":                                        {"host", "h", "dbname", "a/b?c"},
		"postgresql:///?options=-c%20a%3Db%26c%2Bd&search_path=x,%22y%22": {"options", "-c a=b&c+d", "search_path", `x,"y"`},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, params(t, pairs...).URL())
			requireRoundTrips(t, params(t, pairs...))
		})
	}
}

// Programs hand the URI to other readers; Go's own must take it apart as libpq does.
func TestURLIsReadByNetURL(t *testing.T) {
	t.Parallel()
	parsed, err := url.Parse(params(t, "user", "ü b", "password", "a+b@c/%", "host", "h", "port", "5", "dbname", "#/?", "options", "a+b c").URL())
	require.NoError(t, err)
	password, _ := parsed.User.Password()
	require.Equal(t, []string{"ü b", "a+b@c/%", "h:5", "/#/?", "a+b c"},
		[]string{parsed.User.Username(), password, parsed.Host, parsed.Path, parsed.Query().Get("options")})
}

func FuzzRoundTrips(f *testing.F) {
	f.Add("host=h1,h2\nport=1,\nuser=\npassword=a b")
	f.Add("host=::1\nsslmode=require\ndbname=x=y")
	f.Add("requiressl=1\npassword='\\\nport=")
	f.Fuzz(func(t *testing.T, lines string) {
		var p dsn.Params
		for line := range strings.Lines(lines) {
			keyword, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			_ = p.Set(keyword, value) // what Set refuses is not in p
		}
		requireRoundTrips(t, p)
	})
}

func requireRoundTrips(t *testing.T, p dsn.Params) {
	t.Helper()
	fromString, err := dsn.Parse(p.String())
	require.NoError(t, err, "%q", p.String())
	require.Equal(t, p, fromString)
	fromURL, err := dsn.Parse(p.URL())
	require.NoError(t, err, "%q", p.URL())
	require.True(t, p.Equal(fromURL), "%q gave %q", p.String(), p.URL())
}
