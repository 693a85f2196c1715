package docker

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ory/dockertest/v3"
	dockerclient "github.com/ory/dockertest/v3/docker"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// serverPort is the port of the server inside the container.
const serverPort = "5432/tcp"

// longestLife is when Docker itself ends a container that nobody has stopped.
const longestLife = time.Hour

// container is a running container.
type container struct {
	pool     *dockertest.Pool
	resource *dockertest.Resource

	mu       sync.Mutex
	finalLog string // the log, once the container is gone
}

// run starts a container of the image.
func run(pool *dockertest.Pool, image image, settings map[string]string) (*container, error) {
	name := "pgadapt-" + strings.ToLower(rand.Text()[:12])
	resource, err := pool.RunWithOptions(&dockertest.RunOptions{
		Name:         name,
		Repository:   image.repository,
		Tag:          image.tag,
		Env:          []string{"POSTGRES_HOST_AUTH_METHOD=trust", "POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C --no-sync"},
		Cmd:          commandLine(settings),
		ExposedPorts: []string{serverPort},
		PortBindings: publish(pool.Client.Endpoint()),
	})
	if err != nil {
		pool.RemoveContainerByName(name) // it may have been created but not started; err says the cause
		return nil, err
	}
	resource.Expire(uint(longestLife.Seconds())) // never fails: it starts a request in the background
	return &container{pool: pool, resource: resource}, nil
}

// publish publishes the server's port on a free port of the host: only for this machine where that is
// the daemon's, since the server asks for no password.
func publish(endpoint string) map[dockerclient.Port][]dockerclient.PortBinding {
	binding := dockerclient.PortBinding{HostPort: "0"}
	if publishedHost(endpoint) == loopback {
		binding.HostIP = loopback
	}
	return map[dockerclient.Port][]dockerclient.PortBinding{serverPort: {binding}}
}

// commandLine gives the command that runs the server with its settings.
func commandLine(wanted map[string]string) []string {
	settings := pgtest.DefaultSettings()
	settings["listen_addresses"] = "*"
	maps.Copy(settings, wanted)
	command := []string{"postgres"}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		command = append(command, "-c", name+"="+settings[name])
	}
	return command
}

func (c *container) dsn() string {
	address := net.JoinHostPort(publishedHost(c.pool.Client.Endpoint()), c.resource.GetPort(serverPort))
	return fmt.Sprintf("postgres://postgres@%s/postgres?sslmode=disable", address)
}

// readyTimeout is how long the server may take from the container's start, initdb included.
const readyTimeout = 2 * time.Minute

// waitUntilReady waits for the server to accept connections and gives its version.
func (c *container) waitUntilReady(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		version, err := pgtest.ServerVersion(ctx, c.dsn())
		if err == nil {
			return version, nil
		}
		if state, stateErr := c.state(); stateErr != nil || !state.Running {
			return 0, fmt.Errorf("the container ended: %w\ncontainer log:\n%s", errors.Join(err, stateErr), c.log())
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("the server does not answer: %w\ncontainer log:\n%s", err, c.log())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *container) state() (dockerclient.State, error) {
	found, err := c.pool.Client.InspectContainer(c.resource.Container.ID)
	if err != nil {
		return dockerclient.State{}, err
	}
	return found.State, nil
}

// stop removes the container and keeps its log.
func (c *container) stop() error {
	log := c.log()
	c.mu.Lock()
	c.finalLog = log
	c.mu.Unlock()
	return c.remove()
}

func (c *container) remove() error { return c.pool.Purge(c.resource) }

// log gives what the container has printed.
func (c *container) log() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.finalLog != "" {
		return c.finalLog
	}
	var printed bytes.Buffer
	err := c.pool.Client.Logs(dockerclient.LogsOptions{
		Container:    c.resource.Container.ID,
		OutputStream: &printed,
		ErrorStream:  &printed,
		Stdout:       true,
		Stderr:       true,
		Tail:         "all",
	})
	if err != nil {
		return err.Error()
	}
	return printed.String()
}
