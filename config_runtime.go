package pgadapt

import (
	"strings"

	"github.com/pgadapt/pgadapt/dsn"
)

// forPgconn gives the settings that pgconn is to understand: its own keywords and the run-time parameters. What
// it finds in the environment and the service file, which it reads again, is among them.
func (s *effectiveSettings) forPgconn() (dsn.Params, error) {
	chosen := s.Clone()
	for keyword := range s.All() {
		if known, found := dsn.Lookup(keyword); found && known.Support != dsn.SupportPgconn {
			chosen.Delete(keyword)
		}
	}
	if err := chosen.Set("connect_timeout", "0"); err != nil {
		return dsn.Params{}, err
	}
	if !chosen.Has("sslcertmode") { // pgconn refuses an empty PGSSLCERTMODE
		if err := chosen.Set("sslcertmode", "allow"); err != nil {
			return dsn.Params{}, err
		}
	}
	return chosen, s.fillHosts(&chosen)
}

// keepRunTimeParameters leaves as run-time parameters what the server is to know. Of names that differ in upper and
// lower case only, which are the same to the server, the last one counts.
func (c *Config) keepRunTimeParameters(settings effectiveSettings) error {
	names := map[string]string{} // by their lower case
	c.RuntimeParams = map[string]string{}
	for keyword, value := range settings.All() {
		if !travels(keyword, value) {
			continue
		}
		lower := strings.ToLower(keyword)
		delete(c.RuntimeParams, names[lower])
		c.RuntimeParams[keyword] = value
		names[lower] = keyword
	}
	return nil
}

// travels reports whether a setting is for the server. An empty one of libpq's keywords is as good as none.
func travels(keyword, value string) bool {
	switch keyword {
	case "application_name":
		return true
	case "client_encoding", "options", "replication":
		return value != ""
	}
	_, known := dsn.Lookup(keyword)
	return !known
}
