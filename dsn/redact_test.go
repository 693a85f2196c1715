package dsn_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/dsn"
)

const canary = "c4n4ry"

func TestRedacted(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]string{
		"":              "",
		"host=h user=u": "host=h user=u",
		"postgres://u:c4n4ry@h:1/d?sslmode=require":                               "user=u password=xxxxx host=h port=1 dbname=d sslmode=require",
		"host=h password=c4n4ry":                                                  "host=h password=xxxxx",
		"password=''":                                                             "password=xxxxx",
		"postgres://h/?password=c4n4ry":                                           "host=h password=xxxxx",
		"postgres://h/?pass%77ord=c4n4ry":                                         "host=h password=xxxxx",
		"postgres://h/?sslpassword=c4n4ry&oauth_client_secret=c4n4ry":             "host=h sslpassword=xxxxx oauth_client_secret=xxxxx",
		"scram_client_key=c4n4ry scram_server_key=c4n4ry":                         "scram_client_key=xxxxx scram_server_key=xxxxx",
		"pasword=c4n4ry PASSWORD=c4n4ry pgpassword=c4n4ry":                        "pasword=xxxxx PASSWORD=xxxxx pgpassword=xxxxx",
		"work_mem=1MB TimeZone=UTC statement_cache_capacity=1 myapp.token=c4n4ry": "work_mem=1MB TimeZone=UTC statement_cache_capacity=1 myapp.token=xxxxx",
		"dbname=postgres://u:c4n4ry@h/d host=a":                                   "dbname=xxxxx host=xxxxx",
		"dbname='user=u password=c4n4ry'":                                         "dbname=xxxxx",
		"postgres://u:p/c4n4ry@h/d":                                               "host=xxxxx port=xxxxx dbname=xxxxx",
		"postgres://u:12/c4n4ry@h/d":                                              "host=xxxxx port=xxxxx dbname=xxxxx",
		"postgres://u:c4n4ry/12@h/d":                                              "host=xxxxx port=xxxxx dbname=xxxxx",
		"postgres://u:c4n4ry/12":                                                  "host=xxxxx port=xxxxx dbname=xxxxx",
		"postgres://u:p@c4n4ry@h/d":                                               "user=u password=xxxxx host=xxxxx dbname=xxxxx",
		"postgres://u:1/c4n4ry?application_name=c4n4ry@h&work_mem=c4n4ry@h&x=1@":  "host=xxxxx port=xxxxx dbname=xxxxx application_name=xxxxx work_mem=xxxxx x=xxxxx",
		"host=@socket":                         "host=@socket",
		"user=joe@tenant application_name=a@b": "user=joe@tenant application_name=a@b",
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			p, err := dsn.Parse(input)
			require.NoError(t, err)
			before := p.String()
			require.Equal(t, want, p.Redacted())
			require.Equal(t, want, dsn.Redact(input))
			require.Equal(t, before, p.String(), "p is unchanged")
		})
	}
}

func TestRedactedHidesEverySecretKeyword(t *testing.T) {
	t.Parallel()
	var secret []string
	for _, keyword := range dsn.Keywords() {
		p := params(t, keyword.Name, "c4n4ry")
		if keyword.Secret {
			secret = append(secret, keyword.Name)
		}
		require.Equal(t, keyword.Secret || keyword.Name == "port", !strings.Contains(p.Redacted(), canary), keyword.Name)
	}
	require.ElementsMatch(t, []string{"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}, secret)
}

func TestRedactOfUnparsable(t *testing.T) {
	t.Parallel()
	for _, test := range parseFailures {
		require.Equal(t, "(unparsable connection string)", dsn.Redact(test.input))
	}
}

func TestFmtNeverPrintsASecret(t *testing.T) {
	t.Parallel()
	type settings struct {
		Params dsn.Params
		hidden dsn.Params
	}
	p := params(t, "host", "h", "password", canary)
	nested := settings{Params: p, hidden: p}
	for _, value := range []any{p, &p, nested, &nested, []dsn.Params{p}, map[string]dsn.Params{"p": p}, struct{ any }{p}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T", "%t", "%08v", "%-20s|"} {
			printed := fmt.Sprintf(verb, value)
			require.NotContains(t, printed, canary, verb)
			require.NotContains(t, strings.ToLower(printed), fmt.Sprintf("%x", canary), verb)
		}
	}
	require.Equal(t, "host=h password=xxxxx", fmt.Sprint(p))
	require.Equal(t, "host=h password=xxxxx", fmt.Sprintf("%s", p))
	require.Equal(t, `"host=h password=xxxxx"`, fmt.Sprintf("%q", p))
	require.Equal(t, "{host=h password=xxxxx}", fmt.Sprint(struct{ P dsn.Params }{p}))
	require.Equal(t, "host=h password="+canary, p.String(), "a direct call shows it")
}

func TestSlogNeverPrintsASecret(t *testing.T) {
	t.Parallel()
	p := params(t, "host", "h", "password", canary)
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var written bytes.Buffer
			logger := slog.New(handler(&written))
			logger.Info("connect", "dsn", p)
			require.Contains(t, written.String(), "host=h password=xxxxx")
			logger.Info("connect", "pointer", &p, "slice", []dsn.Params{p}, "struct", struct{ P dsn.Params }{p})
			require.NotContains(t, written.String(), canary)
		})
	}
}

func TestJSONHoldsNoSecret(t *testing.T) {
	t.Parallel()
	encoded, err := json.Marshal(map[string]any{"dsn": params(t, "password", canary)})
	require.NoError(t, err)
	require.NotContains(t, string(encoded), canary)
}

func FuzzRedact(f *testing.F) {
	f.Add("pässwörd/@?%'\\ =", "host", uint8(0))
	f.Add("x@y", "application_name", uint8(3))
	f.Fuzz(func(t *testing.T, secret, keyword string, place uint8) {
		secret = "<" + strings.ReplaceAll(secret, "x", "y") + ">" // the mark of a hidden value holds an x only
		var p dsn.Params
		_ = p.Set(keyword, "value")
		secrets := []string{"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key", "pasword"}
		if p.Set(secrets[int(place)%len(secrets)], secret) != nil {
			return
		}
		require.NotContains(t, dsn.Redact(p.String()), secret)
		require.NotContains(t, dsn.Redact(p.URL()), secret)
		require.NotContains(t, fmt.Sprintf("%v %+v %#v", p, p, p), secret)
	})
}
