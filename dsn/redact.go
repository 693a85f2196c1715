package dsn

import (
	"fmt"
	"log/slog"
	"strings"
)

const (
	hiddenValue = "xxxxx"
	unparsable  = "(unparsable connection string)"
)

// Redact returns a connection string for people to see: [Params.Redacted] of s, or, when s cannot be
// parsed, the text "(unparsable connection string)" with nothing of s in it.
func Redact(s string) string {
	p, err := Parse(s)
	if err != nil {
		return unparsable
	}
	return p.Redacted()
}

// Redacted returns the settings in keyword/value form, in order, with "xxxxx" in the place of every
// value that is or may hold a secret:
//
//   - those of the keywords marked Secret in the table: password, sslpassword, oauth_client_secret,
//     scram_client_key and scram_server_key;
//   - those of keywords that neither the table nor PostgreSQL 18 knows, such as a mistyped "pasword";
//   - a dbname that is itself a connection string;
//   - host, port, dbname and all values with "@", when they look like the remains of a URI in whose
//     password a "/", "@" or "?" was not percent-encoded.
func (p Params) Redacted() string {
	misread := p.looksMisread()
	shown := p.Clone()
	for i, s := range shown.list() {
		if hides(s, misread) {
			shown.list()[i].value = hiddenValue
		}
	}
	return shown.String()
}

func hides(s setting, misread bool) bool {
	keyword, known := Lookup(s.keyword)
	switch {
	case keyword.Secret, !known && !isRunTimeParameter(s.keyword):
		return true
	case s.keyword == "dbname" && isConnectionString(s.value):
		return true
	case misread:
		return s.keyword == "host" || s.keyword == "port" || s.keyword == "dbname" || strings.Contains(s.value, "@")
	}
	return false
}

// looksMisread reports whether a piece of a password may have become something else:
// "postgres://joe:se/cret@db/app" has the host "joe", the port "se" and the dbname "cret@db/app".
func (p Params) looksMisread() bool {
	host, _ := p.Get("host")
	port, _ := p.Get("port")
	if strings.LastIndexByte(host, '@') > 0 || strings.Trim(port, "0123456789, ") != "" {
		return true // an "@" in front only is an abstract socket
	}
	for keyword, value := range p.All() {
		if _, known := Lookup(keyword); (keyword == "dbname" || !known) && strings.Contains(value, "@") {
			return true
		}
	}
	return false
}

// isConnectionString is libpq's recognized_connection_string: what a dbname must look like to be expanded.
func isConnectionString(s string) bool {
	for _, scheme := range uriSchemes {
		if strings.HasPrefix(s, scheme) {
			return true
		}
	}
	return strings.Contains(s, "=")
}

// Format prints [Params.Redacted] for every verb, so that no use of fmt shows a password. To get the
// true connection string call [Params.String] or [Params.URL].
func (p Params) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), p.Redacted())
}

// LogValue gives log/slog the text of [Params.Redacted].
func (p Params) LogValue() slog.Value { return slog.StringValue(p.Redacted()) }
