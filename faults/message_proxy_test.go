package faults_test

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// side is one of the two ends whose messages a proxy counts.
type side int

const (
	fromClient side = iota
	fromServer
)

func (s side) String() string { return [...]string{"client", "server"}[s] }

// cutting says how a connection is ended.
type cutting int

const (
	// closing is an orderly end, as of a server that shuts down.
	closing cutting = iota
	// resetting is the end with a reset, as of a firewall.
	resetting
)

func (c cutting) String() string { return [...]string{"closed", "reset"}[c] }

// messageProxy stands between the driver and the server, and hands on whole messages of the protocol (PostgreSQL
// documentation, "Message Formats"), so that it can end the connection between any two of them.
type messageProxy struct {
	listener net.Listener
	server   string
	running  sync.WaitGroup

	mu    sync.Mutex
	seen  [2]int // the messages of each side since arm
	armed bool
	place cut // its messages are those that are still handed on
	open  map[net.Conn]bool
}

func startMessageProxy(t testing.TB) *messageProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	proxy := &messageProxy{listener: listener, server: address(t), open: map[net.Conn]bool{}}
	proxy.running.Go(proxy.accept)
	t.Cleanup(proxy.stop)
	return proxy
}

func (p *messageProxy) address() string { return p.listener.Addr().String() }

// arm makes the proxy end a connection, once, when that many messages have come through from now on.
func (p *messageProxy) arm(place cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen, p.armed, p.place = [2]int{}, true, place
}

// disarm gives the number of messages that each side has sent since arm.
func (p *messageProxy) disarm() (seen [2]int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = false
	return p.seen
}

func (p *messageProxy) accept() {
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
		p.mu.Lock()
		p.open[client], p.open[server] = true, true
		p.mu.Unlock()
		p.running.Go(func() { p.relay(fromClient, client, server) })
		p.running.Go(func() { p.relay(fromServer, server, client) })
	}
}

// relay hands on the messages of one side until one of the ends closes or the connection is to be cut.
func (p *messageProxy) relay(side side, from, to net.Conn) {
	how := closing
	defer func() { p.end(how, from, to) }()
	header := 4 // the first message of a client has no type
	if side == fromServer {
		header = 5
	}
	for {
		message, err := readMessage(from, header)
		if err != nil {
			return
		}
		if p.cuts(side) {
			how = p.place.how
			return
		}
		if _, err := to.Write(message); err != nil {
			return
		}
		header = 5
	}
}

// readMessage reads one message whose length follows the other bytes of its header.
func readMessage(from io.Reader, header int) ([]byte, error) {
	message := make([]byte, header)
	if _, err := io.ReadFull(from, message); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint32(message[header-4:])) - 4
	message = append(message, make([]byte, length)...)
	_, err := io.ReadFull(from, message[header:])
	return message, err
}

// cuts counts a message and reports whether it is the one that does not come through.
func (p *messageProxy) cuts(side side) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[side]++
	if !p.armed || side != p.place.side {
		return false
	}
	if p.place.messages > 0 {
		p.place.messages--
		return false
	}
	p.armed = false
	return true
}

func (p *messageProxy) end(how cutting, ends ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range ends {
		if how == resetting {
			_ = end.(*net.TCPConn).SetLinger(0)
		}
		_ = end.Close()
		delete(p.open, end)
	}
}

func (p *messageProxy) stop() {
	_ = p.listener.Close()
	p.mu.Lock()
	for end := range p.open {
		_ = end.Close()
	}
	p.mu.Unlock()
	p.running.Wait()
}
