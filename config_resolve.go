package pgadapt

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/pgadapt/pgadapt/dsn"
)

// effectiveSettings are the values that apply to a connection, whoever gave them.
type effectiveSettings struct {
	dsn.Params
	origins map[string]string // keyword: who gave the value, for those that the DSN does not give
}

// resolveSettings adds to what the DSN gives what the service file and, behind it, the environment give, as libpq ranks
// them (conninfo_add_defaults in fe-connect.c). An environment variable that is empty counts as absent, as in
// pgconn; in libpq it is a value.
func resolveSettings(given dsn.Params) (effectiveSettings, error) {
	resolved := effectiveSettings{Params: given, origins: map[string]string{}}
	if err := resolved.addService(); err != nil {
		return effectiveSettings{}, err
	}
	for _, keyword := range dsn.Keywords() {
		if err := resolved.addVariable(keyword.Name, keyword.Environment, os.Getenv(keyword.Environment)); err != nil {
			return effectiveSettings{}, err
		}
	}
	return resolved, resolved.addOtherVariables()
}

// addOtherVariables reads the variables without a keyword of their own. PGDATESTYLE is not among them: the driver
// reads dates as DateStyle ISO prints them.
func (s *effectiveSettings) addOtherVariables() error {
	if strings.HasPrefix(os.Getenv("PGREQUIRESSL"), "1") {
		if err := s.addVariable("sslmode", "PGREQUIRESSL", "require"); err != nil {
			return err
		}
	}
	given := s.Unknown()
	for name, variable := range map[string]string{"timezone": "PGTZ", "geqo": "PGGEQO"} {
		if slices.ContainsFunc(given, func(other string) bool { return strings.EqualFold(other, name) }) {
			continue
		}
		if err := s.addVariable(name, variable, os.Getenv(variable)); err != nil {
			return err
		}
	}
	return nil
}

func (s *effectiveSettings) addVariable(keyword, variable, value string) error {
	if value == "" {
		return nil
	}
	return s.add(keyword, value, "environment variable "+variable)
}

// add sets a keyword that nobody before has given.
func (s *effectiveSettings) add(keyword, value, origin string) error {
	if s.Has(keyword) {
		return nil
	}
	if err := s.Set(keyword, value); err != nil {
		return fmt.Errorf("pgadapt: %s: %w", origin, err)
	}
	s.origins[keyword] = origin
	return nil
}

// describe names a setting in an error: the keyword and who gave it.
func (s *effectiveSettings) describe(keyword string) string {
	if origin, elsewhere := s.origins[keyword]; elsewhere {
		return fmt.Sprintf("%s (from the %s)", keyword, origin)
	}
	return "DSN parameter " + keyword
}

// nonEmpty gives the value of a keyword, and whether there is one that says something.
func (s *effectiveSettings) nonEmpty(keyword string) (string, bool) {
	value, _ := s.Get(keyword)
	return value, value != ""
}

var errTwoDatabases = errors.New("pgadapt: both dbname and its other name database are given: give one of them")

// parseDSN reads the connection string and translates pgx's name for dbname.
func parseDSN(connString string) (dsn.Params, error) {
	given, err := dsn.Parse(connString)
	if err != nil {
		return dsn.Params{}, fmt.Errorf("pgadapt: %w", err)
	}
	if err := checkMisplacedPassword(connString, given); err != nil {
		return dsn.Params{}, err
	}
	return given, renameDatabase(&given)
}

func renameDatabase(parameters *dsn.Params) error {
	database, found := parameters.Get("database")
	if !found {
		return nil
	}
	if parameters.Has("dbname") {
		return errTwoDatabases
	}
	parameters.Delete("database")
	return parameters.Set("dbname", database)
}

var errMisplacedPassword = errors.New("pgadapt: the DSN has an @ in a host or in the database name (values not shown, " +
	"they may be a part of the password): in a user name, password or database name of a URI " +
	"write @ as %40, / as %2F, : as %3A and ? as %3F")

// checkMisplacedPassword refuses a URI in whose password a "/" or "@" was not encoded, so that a part of it would
// be taken for the host or the database and be shown by errors.
func checkMisplacedPassword(connString string, given dsn.Params) error {
	hosts, _ := given.Get("host")
	for host := range strings.SplitSeq(hosts, ",") {
		if strings.LastIndexByte(host, '@') > 0 {
			return errMisplacedPassword
		}
	}
	_, rest, isURI := strings.Cut(connString, "://")
	if !isURI || !strings.HasPrefix(connString, "postgres") {
		return nil
	}
	beforeQuery, _, _ := strings.Cut(rest, "?")
	if _, path, found := strings.Cut(beforeQuery, "/"); found && strings.Contains(path, "@") {
		return errMisplacedPassword
	}
	return nil
}
