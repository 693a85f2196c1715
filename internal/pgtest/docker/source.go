// Package docker lets pgtest start servers in Docker containers. Importing it registers the source:
//
//	import _ "github.com/pgadapt/pgadapt/internal/pgtest/docker"
//
// The Docker daemon is the one of DOCKER_HOST, of the current context of the docker command, or of the
// usual socket. The image is postgres:<major>, or what PGADAPT_TEST_IMAGE says: an image whose command
// line starts with postgres and takes the server's options, as that of the official image does.
//
// The container is removed by Server.Stop. If the process dies before, Docker stops it after an hour.
package docker

import (
	"context"
	"fmt"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func init() { pgtest.RegisterSource(Source()) }

// Source is the source that starts servers in Docker containers.
func Source() pgtest.Source {
	return pgtest.Source{Name: "Docker", Advice: "install Docker and start its daemon", Start: start}
}

func start(ctx context.Context, opts pgtest.Options) (_ *pgtest.Server, err error) {
	pool, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	image := wantedImage(opts.Version)
	if err := image.provide(ctx, pool, opts.Logf); err != nil {
		return nil, err
	}
	c, err := run(pool, image, opts.Settings)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.remove()
		}
	}()
	version, err := c.waitUntilReady(ctx)
	if err != nil {
		return nil, err
	}
	if opts.Version != 0 && opts.Version != version {
		return nil, &pgtest.UnavailableError{
			Reason: fmt.Sprintf("image %s has PostgreSQL %d, not %d", image, version, opts.Version),
		}
	}
	return pgtest.NewServer(pgtest.ServerSpec{
		DSN:     c.dsn(),
		Version: version,
		Origin:  "Docker image " + image.String(),
		Log:     c.log,
		Stop:    c.stop,
	})
}
