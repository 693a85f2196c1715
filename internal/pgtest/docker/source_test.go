package docker_test

import (
	"context"
	"net"
	"os/exec"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/internal/pgtest/docker"
)

// startContainer starts a server with Docker alone; the skip says why it cannot.
func startContainer(t *testing.T, settings map[string]string) *pgtest.Server {
	t.Helper()
	server, err := docker.Source().Start(t.Context(), pgtest.Options{Settings: settings, Logf: t.Logf})
	if pgtest.IsUnavailable(err) {
		t.Skipf("Docker: %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

func TestContainerRunsUntilStop(t *testing.T) {
	server := startContainer(t, map[string]string{"cluster_name": "in a container"})

	require.Equal(t, "in a container", show(t, server.DSN(), "cluster_name"))
	require.Equal(t, "logical", show(t, server.DSN(), "wal_level"))
	require.Contains(t, server.Log(), "ready to accept connections")
	require.Contains(t, server.Origin(), "Docker image ")

	require.NoError(t, server.Stop())
	require.Contains(t, server.Log(), "ready to accept connections", "the log stays")
	_, err := net.Dial("tcp", net.JoinHostPort(server.Host(), server.Port()))
	require.Error(t, err, "the port is closed")
	require.Empty(t, runningContainers(t))
	require.NoError(t, server.Stop(), "a second Stop")
}

func TestContainerOfFailedStartIsRemoved(t *testing.T) {
	startContainer(t, nil).Stop() // skips where there is no Docker
	_, err := pgtest.Start(t.Context(), pgtest.Options{
		Settings: map[string]string{"max_connections": "many"},
		Sources:  []pgtest.Source{docker.Source()},
	})
	require.ErrorContains(t, err, `invalid value for parameter "max_connections": "many"`)
	require.Empty(t, runningContainers(t))
}

func TestSourceIsRegisteredBeforeNPM(t *testing.T) {
	var names []string
	for _, source := range pgtest.DefaultSources() {
		names = append(names, source.Name)
	}
	require.Len(t, names, 4)
	require.Equal(t, "PGADAPT_TEST_DSN", names[0])
	require.Equal(t, "Docker", names[2])
	require.Contains(t, names[3], "npm")
}

func show(t *testing.T, dsn, setting string) string {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	result := conn.ExecParams(t.Context(), "select current_setting($1)", [][]byte{[]byte(setting)}, nil, nil, nil).Read()
	require.NoError(t, result.Err)
	return string(result.Rows[0][0])
}

// runningContainers asks the docker command, which is another client than the one under test.
func runningContainers(t *testing.T) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "docker", "ps", "--all", "--quiet", "--filter", "name=pgadapt-").Output()
	if err != nil {
		t.Skipf("the container's end cannot be seen, for want of the docker command: %v", err)
	}
	return string(output)
}
