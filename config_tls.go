package pgadapt

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// eachTLS calls use for each configuration of TLS, with the host that it is for.
func eachTLS(config *pgconn.Config, use func(host string, secured *tls.Config) error) error {
	for _, target := range targetsOf(config) {
		for _, secured := range target.security {
			if secured == nil {
				continue
			}
			if err := use(target.host, secured); err != nil {
				return err
			}
		}
	}
	return nil
}

// applyTLS completes what pgconn has made of the TLS keywords.
func (c *Config) applyTLS(settings effectiveSettings) error {
	mode, _ := settings.Get("sslmode")
	sni, _ := settings.Get("sslsni")
	return eachTLS(c.Config, func(host string, secured *tls.Config) error {
		if mode == "verify-ca" && secured.RootCAs == nil {
			return errors.New("pgadapt: sslmode=verify-ca needs sslrootcert, since any public authority would do without: " +
				"name a file with your authority's certificate, or use sslmode=verify-full")
		}
		if err := checkTLSVersions(secured); err != nil {
			return err
		}
		if err := checkRevocationList(settings, secured); err != nil {
			return err
		}
		if _, err := netip.ParseAddr(host); sni == "0" && err != nil && !secured.InsecureSkipVerify {
			verifyWithoutSNI(secured, host)
		}
		return nil
	})
}

func checkTLSVersions(secured *tls.Config) error {
	oldest, newest := secured.MinVersion, secured.MaxVersion
	if oldest == 0 {
		oldest = tls.VersionTLS12
	}
	if newest != 0 && newest < oldest {
		return fmt.Errorf("pgadapt: ssl_max_protocol_version is older than ssl_min_protocol_version, which is %s "+
			"unless given", tls.VersionName(tls.VersionTLS12))
	}
	return nil
}

// checkRevocationList refuses to check a certificate while the revocation list is there that libpq would use.
func checkRevocationList(settings effectiveSettings, secured *tls.Config) error {
	checked := !secured.InsecureSkipVerify || secured.VerifyPeerCertificate != nil
	if !checked || settings.Has("sslcrl") || settings.Has("sslcrldir") {
		return nil
	}
	path, ok := homeFile(filepath.Join(".postgresql", "root.crl"), "root.crl")
	if _, err := os.Stat(path); !ok || err != nil {
		return nil
	}
	return fmt.Errorf("pgadapt: %s: %s (sslcrl='' in the DSN ignores it)", path, reasonRevocation)
}

// verifyWithoutSNI checks the certificate for host as crypto/tls would, which does it only for the name that it
// also sends.
func verifyWithoutSNI(secured *tls.Config, host string) {
	secured.ServerName, secured.InsecureSkipVerify = "", true
	secured.VerifyConnection = func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{DNSName: host, Roots: secured.RootCAs, Intermediates: x509.NewCertPool()}
		for _, certificate := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(certificate)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
}

func applyOldestTLS(config *Config, value string) error {
	version, err := parseTLSVersion(value)
	return errors.Join(err, eachTLS(config.Config, func(_ string, secured *tls.Config) error {
		secured.MinVersion = max(version, tls.VersionTLS10)
		return nil
	}))
}

func applyNewestTLS(config *Config, value string) error {
	version, err := parseTLSVersion(value)
	return errors.Join(err, eachTLS(config.Config, func(_ string, secured *tls.Config) error {
		secured.MaxVersion = version
		return nil
	}))
}

// parseTLSVersion knows libpq's names, in any case; an empty one sets no limit and gives 0.
func parseTLSVersion(value string) (uint16, error) {
	switch strings.ToLower(value) {
	case "":
		return 0, nil
	case "tlsv1":
		return tls.VersionTLS10, nil
	case "tlsv1.1":
		return tls.VersionTLS11, nil
	case "tlsv1.2":
		return tls.VersionTLS12, nil
	case "tlsv1.3":
		return tls.VersionTLS13, nil
	}
	return 0, fmt.Errorf("%q is none of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3", value)
}

func applyKeyLogFile(config *Config, value string) error {
	if value == "" {
		return nil
	}
	return eachTLS(config.Config, func(_ string, secured *tls.Config) error {
		secured.KeyLogWriter = keyLogFile(value)
		return nil
	})
}

// keyLogFile is the path of a file that is opened for each line, of which a session has a few, so that there is
// nothing to close. A line that cannot be written makes the connection fail.
type keyLogFile string

// Write appends a line.
func (path keyLogFile) Write(line []byte) (int, error) {
	file, err := os.OpenFile(string(path), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("sslkeylogfile: %w", err)
	}
	n, err := file.Write(line)
	return n, errors.Join(err, file.Close())
}
