package pgadapt

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgadapt/pgadapt/dsn"
)

// check refuses what could not have the effect that it is meant to have.
func (s *effectiveSettings) check() error {
	for _, check := range []func() error{
		s.checkKeywords, s.checkValues, s.checkRefused, s.checkPorts, s.checkFileNames, s.checkTLS,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkKeywords refuses the near miss of a known keyword, which the server would refuse or, worse, ignore.
func (s *effectiveSettings) checkKeywords() error {
	for _, keyword := range s.Unknown() {
		if meant, ok := dsn.Suggest(keyword); ok {
			return fmt.Errorf("pgadapt: unknown %s: did you mean %q?", s.describeUnknown(keyword), meant)
		}
	}
	return nil
}

func (s *effectiveSettings) describeUnknown(keyword string) string {
	if origin, elsewhere := s.origins[keyword]; elsewhere {
		return fmt.Sprintf("parameter %q (from the %s)", keyword, origin)
	}
	return fmt.Sprintf("DSN parameter %q", keyword)
}

// checkValues compares the values of those keywords that have a fixed set of them.
func (s *effectiveSettings) checkValues() error {
	for keyword, value := range s.All() {
		known, _ := dsn.Lookup(keyword)
		choices := known.Choices()
		if choices != nil && !slices.Contains(choices, value) {
			return fmt.Errorf("pgadapt: %s: %q is none of %s", s.describe(keyword), value, strings.Join(choices, ", "))
		}
	}
	return nil
}

// refusal says why pgadapt cannot honour a keyword and what to do instead.
type refusal struct {
	harmless []string // values that ask for nothing
	reason   string
}

const (
	reasonRevocation = "certificates are not checked against revocation lists: " +
		"leave it out, or check them in the VerifyConnection of a TLSConfig of your own"
	reasonScramKey = "SCRAM keys cannot take the place of the password: give the password"
	reasonOAuth    = "the device flow of OAuth is not available: set OAuthTokenProvider of the Config, which gives a token"
)

// refusals has the keywords that dsn's table marks as refused. An empty value is harmless for all of them.
var refusals = map[string]refusal{
	"gssencmode": {harmless: []string{"disable", "prefer"},
		reason: "connections are not encrypted by GSSAPI: use sslmode"},
	"sslcompression":      {harmless: []string{"0"}, reason: "TLS does not compress"},
	"sslcrl":              {reason: reasonRevocation},
	"sslcrldir":           {reason: reasonRevocation},
	"gsslib":              {reason: "there is no GSSAPI library to choose: register one with pgconn.RegisterGSSProvider"},
	"gssdelegation":       {harmless: []string{"0"}, reason: "GSSAPI credentials are not handed on"},
	"scram_client_key":    {reason: reasonScramKey},
	"scram_server_key":    {reason: reasonScramKey},
	"oauth_issuer":        {reason: reasonOAuth},
	"oauth_client_id":     {reason: reasonOAuth},
	"oauth_client_secret": {reason: reasonOAuth},
	"oauth_scope":         {reason: reasonOAuth},
	"sslinline": {harmless: []string{"false"},
		reason: "sslcert, sslkey and sslrootcert name files: write the certificates to files, or set TLSConfig of the Config"},
}

func (s *effectiveSettings) checkRefused() error {
	for keyword, value := range s.All() {
		refused, found := refusals[keyword]
		if found && value != "" && !slices.Contains(refused.harmless, value) {
			return fmt.Errorf("pgadapt: %s is not supported with this value: %s", s.describe(keyword), refused.reason)
		}
	}
	return nil
}

// checkPorts does not show the value: where a password with a ":" or "/" was not encoded, a part of it is taken for
// the port.
func (s *effectiveSettings) checkPorts() error {
	ports, _ := s.Get("port")
	for port := range strings.SplitSeq(ports, ",") {
		if number, err := strconv.Atoi(port); port != "" && (err != nil || number < 1 || number > 65535) {
			return fmt.Errorf("pgadapt: %s: not a number from 1 to 65535, or a list of them (value not shown, it may be "+
				"a part of the password: in that of a URI write : as %%3A, / as %%2F and @ as %%40)", s.describe("port"))
		}
	}
	return nil
}

// checkFileNames catches a key or certificate in the place of its file's name, which an error would show.
func (s *effectiveSettings) checkFileNames() error {
	for _, keyword := range []string{"sslcert", "sslkey", "sslrootcert", "passfile", "servicefile", "sslkeylogfile"} {
		value, _ := s.Get(keyword)
		if strings.Contains(value, "-----BEGIN") || strings.ContainsAny(value, "\r\n") {
			return fmt.Errorf("pgadapt: %s names a file, and the value is no file name (not shown)", s.describe(keyword))
		}
	}
	return nil
}

// checkTLS follows libpq in refusing what would make a secure setting weak (pqConnectOptions2 in fe-connect.c).
func (s *effectiveSettings) checkTLS() error {
	mode, _ := s.Get("sslmode")
	if roots, _ := s.Get("sslrootcert"); roots == "system" && mode != "" && mode != "verify-full" {
		return fmt.Errorf("pgadapt: sslmode=%s is too weak for sslrootcert=system: use verify-full", mode)
	}
	negotiation, _ := s.Get("sslnegotiation")
	if weak := []string{"disable", "allow", "prefer"}; negotiation == "direct" && slices.Contains(weak, mode) {
		return fmt.Errorf("pgadapt: sslmode=%s is too weak for sslnegotiation=direct: use require, verify-ca or verify-full", mode)
	}
	return nil
}

// checkInfinities looks at the two that only make sense together.
func (c *Config) checkInfinities(effectiveSettings) error {
	if c.NegativeInfinity.IsZero() != c.PositiveInfinity.IsZero() {
		return errors.New("pgadapt: negative_infinity and positive_infinity must be given together")
	}
	if !c.NegativeInfinity.IsZero() && !c.NegativeInfinity.Before(c.PositiveInfinity) {
		return errors.New("pgadapt: negative_infinity must be before positive_infinity")
	}
	return nil
}
