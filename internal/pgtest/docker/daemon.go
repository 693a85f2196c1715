package docker

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"github.com/ory/dockertest/v3"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// connect gives a pool whose daemon has answered.
func connect(ctx context.Context) (*dockertest.Pool, error) {
	pool, err := dockertest.NewPool(endpoint(ctx))
	if err != nil {
		return nil, err
	}
	if err := pool.Client.PingWithContext(ctx); err != nil {
		return nil, &pgtest.UnavailableError{Reason: "no daemon answers at " + pool.Client.Endpoint(), Err: err}
	}
	return pool, nil
}

// endpoint gives the address of the daemon of the docker command's context, because Docker Desktop and
// rootless Docker do not listen on the usual socket. It is empty, which leaves the choice to dockertest,
// where the environment names a daemon or there is no such command.
func endpoint(ctx context.Context) string {
	if os.Getenv("DOCKER_HOST") != "" {
		return ""
	}
	output, err := exec.CommandContext(ctx, "docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(output))
}

// publishedHost gives the address on which the daemon of an endpoint publishes ports: its own host if
// it is a remote one.
func publishedHost(endpoint string) string {
	parsed, err := url.Parse(endpoint)
	if err != nil || parsed.Hostname() == "" || parsed.Scheme == "unix" || parsed.Scheme == "npipe" {
		return loopback
	}
	return parsed.Hostname()
}

const loopback = "127.0.0.1"
