package main

import (
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/dsn"
)

// proxy stands between a feed and the server, and is the network that breaks.
type proxy struct {
	listener net.Listener
	server   string
	// left is how many bytes of the server may pass before a connection is cut, if it is positive.
	left atomic.Int64
	cuts atomic.Int64
}

// newProxy gives a proxy for the server of a connection string, and the string that leads through it.
func newProxy(t *testing.T, connString string) (*proxy, string) {
	t.Helper()
	config, err := pgadapt.ParseConfig(connString)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	p := &proxy{listener: listener, server: net.JoinHostPort(config.Host, fmt.Sprint(config.Port))}
	go p.serve()
	host, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	through, err := dsn.Make(connString, "host", host, "port", port)
	require.NoError(t, err)
	return p, through.String()
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
		}()
		go func() {
			p.forward(client, server)
			_, _ = client.Close(), server.Close()
		}()
	}
}

// forward passes on what the server sends, until that ends or is cut.
func (p *proxy) forward(client, server net.Conn) {
	buffer := make([]byte, 4<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		if left := p.left.Add(-int64(n)); left <= 0 && left+int64(n) > 0 {
			p.cuts.Add(1)
			return
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}
