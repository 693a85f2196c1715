//go:build unix

package pgadapt

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tcpPair gives the two ends of a connection.
func tcpPair(t *testing.T) (client *transport, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	connection, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	server, err = listener.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = connection.Close(), server.Close() })
	return newTransport(connection), server
}

func TestIsQuiet(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		client, _ := tcpPair(t)
		quiet, known := client.isQuiet()
		require.True(t, known)
		require.True(t, quiet)
	})
	t.Run("something has arrived", func(t *testing.T) {
		client, server := tcpPair(t)
		_, err := server.Write([]byte("x"))
		require.NoError(t, err)
		require.Eventually(t, func() bool { quiet, known := client.isQuiet(); return known && !quiet },
			5*time.Second, time.Millisecond)
		var arrived [1]byte
		_, err = client.Read(arrived[:])
		require.NoError(t, err)
		require.Equal(t, "x", string(arrived[:]), "looking takes nothing away")
	})
	t.Run("the other end has closed", func(t *testing.T) {
		client, server := tcpPair(t)
		require.NoError(t, server.Close())
		require.Eventually(t, func() bool { quiet, known := client.isQuiet(); return known && !quiet },
			5*time.Second, time.Millisecond)
	})
	t.Run("closed at this end", func(t *testing.T) {
		client, _ := tcpPair(t)
		require.NoError(t, client.Close())
		quiet, _ := client.isQuiet()
		require.False(t, quiet)
	})
	t.Run("no network to ask", func(t *testing.T) {
		client, _ := net.Pipe()
		_, known := newTransport(client).isQuiet()
		require.False(t, known)
	})
}

func TestLookingAllocatesNothing(t *testing.T) {
	client, _ := tcpPair(t)
	require.Zero(t, testing.AllocsPerRun(100, func() { client.isQuiet() }))
}

// pgconn's background reader may be inside a Read of the idle connection.
func TestIsQuietWhileAnotherReads(t *testing.T) {
	client, server := tcpPair(t)
	reading := make(chan struct{})
	read := make(chan struct{})
	go func() {
		defer close(read)
		close(reading)
		_, _ = client.Read(make([]byte, 1))
	}()
	<-reading
	for range 100 {
		quiet, known := client.isQuiet()
		require.True(t, known)
		require.True(t, quiet)
	}
	require.NoError(t, server.Close())
	<-read
}
