package pgadapt_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// startMiddleman takes connections with a certificate of its own, and hands on to the server what it reads in clear:
// what sslmode=require does not protect from, and channel binding does.
func startMiddleman(t *testing.T, server *pgtest.Server) (port string) {
	t.Helper()
	certificate, key := newAuthority(t).issue(t, "middleman")
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var running sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); running.Wait() })
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { standBetween(client, net.JoinHostPort(server.Host(), server.Port()), pair) })
		}
	})
	_, port, err = net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

// standBetween negotiates TLS with both sides (PostgreSQL documentation, "SSL Session Encryption").
func standBetween(client net.Conn, server string, certificate tls.Certificate) {
	defer client.Close()
	request := make([]byte, 8)
	if _, err := io.ReadFull(client, request); err != nil {
		return
	}
	upstream, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer upstream.Close()
	answer := make([]byte, 1)
	if _, err := upstream.Write(request); err != nil {
		return
	}
	if _, err := io.ReadFull(upstream, answer); err != nil {
		return
	}
	if _, err := client.Write(answer); err != nil {
		return
	}
	inner := tls.Server(client, &tls.Config{Certificates: []tls.Certificate{certificate}})
	outer := tls.Client(upstream, &tls.Config{InsecureSkipVerify: true})
	var copying sync.WaitGroup
	copying.Go(func() { _, _ = io.Copy(outer, inner); _ = upstream.Close() })
	copying.Go(func() { _, _ = io.Copy(inner, outer); _ = client.Close() })
	copying.Wait()
}

func TestChannelBindingFindsTheMiddleman(t *testing.T) {
	withoutEnvironment(t)
	certificate, key := newAuthority(t).issue(t, "db.example", "db.example")
	server := pgtest.New(t, pgtest.Options{Settings: map[string]string{
		"ssl":           "on",
		"ssl_cert_file": pgtest.ServerFile(t, "server.crt", certificate),
		"ssl_key_file":  pgtest.ServerFile(t, "server.key", key),
		"hba_file":      pgtest.ServerFile(t, "pg_hba.conf", "hostnossl all postgres all trust\nhostssl all all all scram-sha-256\n"),
	}})
	_, err := openOn(t, server.DSN()).Exec("create role joe login password 'right'")
	require.NoError(t, err)
	middleman := startMiddleman(t, server)
	for binding, fails := range map[string]string{
		"require": "channel binding",
		"prefer":  "channel binding",
		"disable": "",
	} {
		t.Run(binding, func(t *testing.T) {
			settings := "host=127.0.0.1 user=joe password=right dbname=postgres sslmode=require channel_binding=" + binding
			requireTLS(t, fmt.Sprint(settings, " port=", server.Port()), "TLSv1.3", "")
			requireTLS(t, fmt.Sprint(settings, " port=", middleman), "TLSv1.3", fails)
		})
	}
}
