//go:build unix

package pgtest_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// TestServerEndsWithItsProcess runs this test again in a process that dies without calling Stop.
func TestServerEndsWithItsProcess(t *testing.T) {
	if os.Getenv("PGTEST_DIES") != "" {
		server := pgtest.New(t, pgtest.Options{Sources: localSources()})
		fmt.Printf("started %s %s\n", net.JoinHostPort(server.Host(), server.Port()), server.SocketDir())
		time.Sleep(time.Hour)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	child.Env = append(os.Environ(), "PGTEST_DIES=1")
	output, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	address, dir := startedServer(t, bufio.NewScanner(output))

	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())
	require.Eventually(t, func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err) && refusesConnections(address)
	}, 30*time.Second, 20*time.Millisecond)
}

func refusesConnections(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return true
	}
	conn.Close()
	return false
}

func startedServer(t *testing.T, lines *bufio.Scanner) (address, dir string) {
	t.Helper()
	for lines.Scan() {
		if n, _ := fmt.Sscanf(lines.Text(), "started %s %s", &address, &dir); n == 2 {
			return address, dir
		}
		if strings.Contains(lines.Text(), "SKIP") || strings.Contains(lines.Text(), "PASS") {
			t.Skip("no server in the child process, see the other tests")
		}
	}
	t.Fatal("the child process ended before its server had started")
	return "", ""
}
