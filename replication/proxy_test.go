package replication_test

import (
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// proxy stands between a program and the server, and is the network that breaks.
type proxy struct {
	listener net.Listener
	server   string
	accepted atomic.Int64

	mu    sync.Mutex
	links []*link
}

// link is one connection through the proxy.
type link struct {
	client, server net.Conn
	silent         atomic.Bool
}

// throughProxy gives a config like the feed's that connects through a proxy.
func (f *feed) throughProxy(t *testing.T) (*proxy, *pgadapt.Config) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: listener, server: net.JoinHostPort(f.config.Host, fmt.Sprint(f.config.Port))}
	t.Cleanup(func() {
		_ = listener.Close()
		p.cut()
	})
	go p.serve()
	target := url.URL{Scheme: "postgres", User: url.User(f.config.User), Host: listener.Addr().String(), Path: f.config.Database}
	query := url.Values{"sslmode": {"disable"}, "application_name": {f.config.RuntimeParams["application_name"]}}
	target.RawQuery = query.Encode()
	config, err := pgadapt.ParseConfig(target.String())
	require.NoError(t, err)
	return p, config
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.accepted.Add(1)
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		l := &link{client: client, server: server}
		p.mu.Lock()
		p.links = append(p.links, l)
		p.mu.Unlock()
		go l.forward(client, server)
		go l.forward(server, client)
	}
}

func (l *link) forward(from, to net.Conn) {
	defer l.close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if !l.silent.Load() && n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *link) close() {
	_ = l.client.Close()
	_ = l.server.Close()
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		l.close()
	}
	p.links = nil
}

// swallow lets the connections stand and loses all that is sent over them.
func (p *proxy) swallow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		l.silent.Store(true)
	}
}
