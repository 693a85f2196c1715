package pgadapt

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/pgadapt/pgadapt/dsn"
)

// Params gives the effective settings: those of the connection string, the service file and the environment as
// [ParseConfig] has found them, with the defaults and without secrets. Of what a program has changed since then
// it shows user, host, port and dbname. It is what psycopg2 calls get_dsn_parameters.
func (c Config) Params() dsn.Params {
	if c.resolved == nil {
		return c.target()
	}
	var pairs []string
	for keyword, value := range c.resolved.settings.All() {
		if known, _ := dsn.Lookup(keyword); !known.Secret && keyword != "dbname" {
			pairs = append(pairs, keyword, value)
		}
	}
	for _, keyword := range dsn.Keywords() {
		if value := c.resolved.settings.defaultOf(keyword); value != "" && !c.resolved.settings.Has(keyword.Name) {
			pairs = append(pairs, keyword.Name, value)
		}
	}
	parameters, _ := dsn.Make("", pairs...) // all of them come from a connection string
	for keyword, value := range c.target().All() {
		_ = parameters.Set(keyword, value)
	}
	return parameters
}

// defaultOf gives what holds for an absent keyword. Some defaults depend on other keywords; those that are files are
// left out, as they may not be there.
func (s *effectiveSettings) defaultOf(keyword dsn.Keyword) string {
	switch oldest, _ := s.Get("min_protocol_version"); {
	case keyword.Name == "sslmode" && s.is("sslrootcert", "system"):
		return "verify-full"
	case keyword.Name == "sslmode" && s.is("sslnegotiation", "direct"):
		return "require"
	case keyword.Name == "max_protocol_version" && oldest != "" && oldest != "3.0":
		return "latest"
	case strings.HasPrefix(keyword.Default, "~"):
		return ""
	}
	return keyword.Default
}

func (s *effectiveSettings) is(keyword, wanted string) bool {
	value, given := s.Get(keyword)
	return given && value == wanted
}

// target gives user, host, port and dbname. It leaves out what no connection string can say: a program may have put
// any text into the fields.
func (c Config) target() dsn.Params {
	var parameters dsn.Params
	if c.Config == nil {
		return parameters
	}
	var hosts, ports []string
	for _, target := range targetsOf(c.Config) {
		hosts = append(hosts, target.host)
		ports = append(ports, strconv.Itoa(int(target.port)))
	}
	database := c.Database
	if database == "" {
		database = c.User
	}
	_ = parameters.Set("user", c.User)
	_ = parameters.Set("host", strings.Join(hosts, ","))
	_ = parameters.Set("port", strings.Join(ports, ","))
	_ = parameters.Set("dbname", database)
	return parameters
}

// String describes the target: user, host, port and database, and nothing secret.
func (c Config) String() string { return "pgadapt.Config{" + c.target().Redacted() + "}" }

// Format prints what String gives for every verb, so that no way of printing shows the password.
func (c Config) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

// LogValue gives slog what String gives.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText gives what String gives to encoding/json and others, log/slog's JSONHandler among them.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
