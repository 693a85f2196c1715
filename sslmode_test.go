package pgadapt_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// Every sslmode against servers whose certificates are right, or wrong in one way (PostgreSQL documentation, "SSL
// Support", table "SSL Mode Descriptions").
func TestSSLModes(t *testing.T) {
	withoutEnvironment(t)
	ours, foreign := newAuthority(t), newAuthority(t)
	expired := newLeaf("db.example", "db.example")
	expired.NotBefore, expired.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	future := newLeaf("db.example", "db.example")
	future.NotBefore, future.NotAfter = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
	var nobody *authority
	selfSigned, selfSignedKey := nobody.sign(t, newLeaf("db.example", "db.example"))

	certificate, key := ours.issue(t, "db.example", "db.example")
	certificateFile, keyFile := pgtest.ServerFile(t, "server.crt", certificate), pgtest.ServerFile(t, "server.key", key)
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{
		"ssl": "on", "ssl_cert_file": certificateFile, "ssl_key_file": keyFile,
	}})

	const ok = ""
	type want struct{ verifyCA, verifyFull string } // what the error says, ok for none
	for name, test := range map[string]struct {
		make  func() (certificate, key string)
		roots string
		want  want
	}{
		"right": {func() (string, string) { return ours.issue(t, "db.example", "db.example") }, ours.pem, want{ok, ok}},
		"another host's": {func() (string, string) { return ours.issue(t, "other.example", "other.example") }, ours.pem,
			want{ok, "db.example"}},
		"common name only": {func() (string, string) { return ours.issue(t, "db.example") }, ours.pem, want{ok, "Common Name"}},
		"expired":          {func() (string, string) { return ours.sign(t, expired) }, ours.pem, want{"expired", "expired"}},
		"not valid yet":    {func() (string, string) { return ours.sign(t, future) }, ours.pem, want{"not yet valid", "not yet valid"}},
		"another authority's": {func() (string, string) { return foreign.issue(t, "db.example", "db.example") }, ours.pem,
			want{"unknown authority", "unknown authority"}},
		"self-signed": {func() (string, string) { return selfSigned, selfSignedKey }, ours.pem,
			want{"unknown authority", "unknown authority"}},
		"self-signed and trusted": {func() (string, string) { return selfSigned, selfSignedKey }, selfSigned, want{ok, ok}},
	} {
		t.Run(name, func(t *testing.T) {
			certificate, key := test.make()
			require.NoError(t, os.WriteFile(certificateFile, []byte(certificate), 0o600))
			require.NoError(t, os.WriteFile(keyFile, []byte(key), 0o600))
			require.NoError(t, server.Restart(t.Context()))
			roots := writeFile(t, t.TempDir(), "root.crt", test.roots)
			base := fmt.Sprintf("host=db.example hostaddr=127.0.0.1 port=%s user=postgres dbname=postgres ", server.Port())
			requireTLS(t, base+"sslmode=disable", "plain", ok)
			requireTLS(t, base+"sslmode=allow", "plain", ok)
			requireTLS(t, base+"sslmode=prefer", "TLSv1.3", ok)
			requireTLS(t, base+"sslmode=require", "TLSv1.3", ok)
			requireTLS(t, base+"sslmode=require sslrootcert="+roots, "TLSv1.3", test.want.verifyCA)
			requireTLS(t, base+"sslmode=verify-ca sslrootcert="+roots, "TLSv1.3", test.want.verifyCA)
			requireTLS(t, base+"sslmode=verify-full sslrootcert="+roots, "TLSv1.3", test.want.verifyFull)
			requireTLS(t, base+"sslmode=verify-full sslsni=0 sslrootcert="+roots, "TLSv1.3", test.want.verifyFull)
		})
	}
}

// A server that asks for certificates lets in the user whom one of its authority's names, and nobody else.
func TestClientCertificates(t *testing.T) {
	withoutEnvironment(t)
	ours, foreign := newAuthority(t), newAuthority(t)
	certificate, key := ours.issue(t, "db.example", "db.example")
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{
		"ssl":           "on",
		"ssl_cert_file": pgtest.ServerFile(t, "server.crt", certificate),
		"ssl_key_file":  pgtest.ServerFile(t, "server.key", key),
		"ssl_ca_file":   pgtest.ServerFile(t, "root.crt", ours.pem),
		"hba_file":      pgtest.ServerFile(t, "pg_hba.conf", "local all all trust\nhostnossl all postgres all trust\nhostssl all all all cert\n"),
	}})
	_, err := openOn(t, server.DSN()).Exec("create role joe login")
	require.NoError(t, err)
	expired := newLeaf("joe")
	expired.NotBefore, expired.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	for name, test := range map[string]struct {
		make  func() (certificate, key string)
		fails string
	}{
		"right":               {func() (string, string) { return ours.issue(t, "joe") }, ""},
		"another user's":      {func() (string, string) { return ours.issue(t, "ann") }, "certificate authentication failed"},
		"expired":             {func() (string, string) { return ours.sign(t, expired) }, "certificate"},
		"another authority's": {func() (string, string) { return foreign.issue(t, "joe") }, "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			certificate, key := test.make()
			folder := t.TempDir()
			// With TLS 1.3 the handshake is over for the client before the server looks at the certificate, so that a
			// refusal may reset the connection before it is read.
			requireTLS(t, fmt.Sprintf("host=127.0.0.1 port=%s user=joe dbname=postgres sslmode=require "+
				"ssl_max_protocol_version=TLSv1.2 sslcert=%s sslkey=%s",
				server.Port(), writeFile(t, folder, "client.crt", certificate), writeFile(t, folder, "client.key", key)),
				"TLSv1.2", test.fails)
		})
	}
}
