package pgadapt_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// authority is a certificate authority for one test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         string
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := newTemplate(pkix.Name{CommonName: "authority of a test"})
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &authority{certificate, key, encodePEM("CERTIFICATE", der)}
}

func newTemplate(subject pkix.Name) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: subject,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
}

func encodePEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// issue gives a certificate, for a server with names and for a client without, and its key.
func (a *authority) issue(t testing.TB, commonName string, names ...string) (certificate, key string) {
	t.Helper()
	return a.sign(t, newLeaf(commonName, names...))
}

// newLeaf is what a certificate says that no authority is about.
func newLeaf(commonName string, names ...string) *x509.Certificate {
	template := newTemplate(pkix.Name{CommonName: commonName})
	template.DNSNames = names
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	return template
}

// sign makes a certificate of a template, and its key. Without an authority the certificate signs itself.
func (a *authority) sign(t testing.TB, template *x509.Certificate) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	issuer, issuerKey := template, private
	if a != nil {
		issuer, issuerKey = a.certificate, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &private.PublicKey, issuerKey)
	require.NoError(t, err)
	keyDER, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	return encodePEM("CERTIFICATE", der), encodePEM("EC PRIVATE KEY", keyDER)
}

func TestTLS(t *testing.T) {
	withoutEnvironment(t)
	ours, other := newAuthority(t), newAuthority(t)
	certificate, key := ours.issue(t, "db.example", "db.example")
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{
		"ssl":           "on",
		"ssl_cert_file": pgtest.ServerFile(t, "server.crt", certificate),
		"ssl_key_file":  pgtest.ServerFile(t, "server.key", key),
		"ssl_ca_file":   pgtest.ServerFile(t, "root.crt", ours.pem),
		"hba_file": pgtest.ServerFile(t, "pg_hba.conf",
			"local all all trust\nhostssl all secured all trust\nhostnossl all plain all trust\nhostssl all certified all cert\n"+
				"host all scram all scram-sha-256\nhost all postgres all trust\n"),
	}})
	admin := openOn(t, server.DSN())
	for _, role := range []string{"secured", "plain", "certified", "scram password 'right'"} {
		_, err := admin.Exec("create role " + role + " login")
		require.NoError(t, err)
	}
	folder := t.TempDir()
	roots := writeFile(t, folder, "root.crt", ours.pem)
	foreign := writeFile(t, folder, "foreign.crt", other.pem)
	clientCertificate, clientKey := ours.issue(t, "certified")
	client := " sslcert=" + writeFile(t, folder, "client.crt", clientCertificate) + " sslkey=" + writeFile(t, folder, "client.key", clientKey)
	keys := filepath.Join(folder, "keys")
	base := fmt.Sprintf("hostaddr=127.0.0.1 port=%s dbname=postgres ", server.Port())

	const plain = "plain"
	for name, test := range map[string]struct{ connString, version, fails string }{
		"disable":                      {connString: "user=postgres host=db.example sslmode=disable", version: plain},
		"allow":                        {connString: "user=postgres host=db.example sslmode=allow", version: plain},
		"allow where TLS is demanded":  {connString: "user=secured host=db.example sslmode=allow", version: "TLSv1.3"},
		"prefer":                       {connString: "user=postgres host=db.example sslmode=prefer", version: "TLSv1.3"},
		"prefer where TLS is refused":  {connString: "user=plain host=db.example sslmode=prefer", version: plain},
		"default":                      {connString: "user=postgres host=db.example", version: "TLSv1.3"},
		"require":                      {connString: "user=postgres host=other.example sslmode=require", version: "TLSv1.3"},
		"require where TLS is refused": {connString: "user=plain host=db.example sslmode=require", fails: "pg_hba.conf"},
		"require checks with a root":   {connString: "user=postgres host=db.example sslmode=require sslrootcert=" + foreign, fails: "x509"},
		"verify-ca":                    {connString: "user=postgres host=other.example sslmode=verify-ca sslrootcert=" + roots, version: "TLSv1.3"},
		"verify-ca, foreign":           {connString: "user=postgres host=db.example sslmode=verify-ca sslrootcert=" + foreign, fails: "x509"},
		"verify-full":                  {connString: "user=postgres host=db.example sslmode=verify-full sslrootcert=" + roots, version: "TLSv1.3"},
		"verify-full, wrong name":      {connString: "user=postgres host=other.example sslmode=verify-full sslrootcert=" + roots, fails: "other.example"},
		"verify-full, foreign":         {connString: "user=postgres host=db.example sslmode=verify-full sslrootcert=" + foreign, fails: "x509"},
		"verify-full, system":          {connString: "user=postgres host=db.example sslrootcert=system", fails: "x509"},
		"no SNI":                       {connString: "user=postgres host=db.example sslsni=0 sslmode=verify-full sslrootcert=" + roots, version: "TLSv1.3"},
		"no SNI, wrong name":           {connString: "user=postgres host=other.example sslsni=0 sslmode=verify-full sslrootcert=" + roots, fails: "other.example"},
		"no SNI, foreign":              {connString: "user=postgres host=db.example sslsni=0 sslmode=verify-full sslrootcert=" + foreign, fails: "x509"},
		"newest version":               {connString: "user=postgres host=db.example ssl_max_protocol_version=TLSv1.2 sslmode=require", version: "TLSv1.2"},
		"oldest version":               {connString: "user=postgres host=db.example ssl_min_protocol_version=TLSv1.3 sslmode=require", version: "TLSv1.3"},
		"key log":                      {connString: "user=postgres host=db.example sslmode=require sslkeylogfile=" + keys, version: "TLSv1.3"},
		"key log that cannot be":       {connString: "user=postgres host=db.example sslmode=require sslkeylogfile=/nonexistent/keys", fails: "sslkeylogfile"},
		"client certificate":           {connString: "user=certified host=db.example sslmode=require" + client, version: "TLSv1.3"},
		"client certificate missing":   {connString: "user=certified host=db.example sslmode=require", fails: "certificate"},
		"client certificate withheld":  {connString: "user=certified host=db.example sslmode=require sslcertmode=disable" + client, fails: "certificate"},
		"client certificate demanded":  {connString: "user=postgres host=db.example sslmode=require sslcertmode=require", fails: "certificate"},
		"channel binding":              {connString: "user=scram password=right host=db.example sslmode=require channel_binding=require", version: "TLSv1.3"},
		"channel binding preferred":    {connString: "user=scram password=right host=db.example sslmode=require channel_binding=prefer", version: "TLSv1.3"},
		"channel binding disabled":     {connString: "user=scram password=right host=db.example sslmode=require channel_binding=disable", version: "TLSv1.3"},
		"channel binding, TLS 1.2":     {connString: "user=scram password=right host=db.example sslmode=require channel_binding=require ssl_max_protocol_version=TLSv1.2", version: "TLSv1.2"},
		"channel binding, no password": {connString: "user=postgres host=db.example sslmode=require channel_binding=require", fails: "channel binding"},
		"channel binding without TLS":  {connString: "user=scram password=right host=db.example sslmode=disable channel_binding=require", fails: "channel binding"},
		"authentication of a kind":     {connString: "user=scram password=right host=db.example require_auth=scram-sha-256", version: "TLSv1.3"},
		"authentication of none":       {connString: "user=postgres host=db.example require_auth=scram-sha-256", fails: "require_auth"},
	} {
		t.Run(name, func(t *testing.T) {
			requireTLS(t, base+test.connString, test.version, test.fails)
		})
	}
	t.Run("direct negotiation", func(t *testing.T) {
		if server.Version() < 17 {
			t.Skip("PostgreSQL 17 brought it")
		}
		requireTLS(t, base+"user=postgres host=db.example sslnegotiation=direct", "TLSv1.3", "")
	})
	logged, err := os.ReadFile(keys)
	require.NoError(t, err)
	require.True(t, bytes.Contains(logged, []byte("CLIENT_TRAFFIC_SECRET_0")), "%s", logged)
}

func requireTLS(t *testing.T, connString, version, fails string) {
	t.Helper()
	db := openOn(t, connString)
	var got string
	err := db.QueryRow("select coalesce(version, 'plain') from pg_stat_ssl where pid = pg_backend_pid()").Scan(&got)
	if fails != "" {
		require.ErrorContains(t, err, fails)
		return
	}
	require.NoError(t, err)
	require.Equal(t, version, got)
}

func TestServerNameIsSentUnlessForbidden(t *testing.T) {
	withoutEnvironment(t)
	ours := newAuthority(t)
	certificate, key := ours.issue(t, "db.example", "db.example")
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	require.NoError(t, err)
	roots := writeFile(t, t.TempDir(), "root.crt", ours.pem)
	for name, test := range map[string]struct{ sslsni, want string }{"sslsni=1": {"1", "db.example"}, "sslsni=0": {"0", ""}} {
		t.Run(name, func(t *testing.T) {
			names := make(chan string, 1)
			listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
				NextProtos: []string{"postgresql"},
				GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
					names <- hello.ServerName
					return &pair, nil
				},
			})
			require.NoError(t, err)
			defer listener.Close()
			go func() {
				if connection, err := listener.Accept(); err == nil {
					_ = connection.(*tls.Conn).Handshake()
					_ = connection.Close()
				}
			}()
			_, port, _ := net.SplitHostPort(listener.Addr().String())
			db := openOn(t, "host=db.example hostaddr=127.0.0.1 user=joe sslmode=verify-full sslnegotiation=direct port="+port+
				" sslsni="+test.sslsni+" sslrootcert="+roots)
			require.Error(t, db.Ping(), "the listener is no PostgreSQL")
			require.Equal(t, test.want, <-names)
		})
	}
}
