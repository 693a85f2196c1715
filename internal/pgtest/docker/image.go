package docker

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/ory/dockertest/v3"
	dockerclient "github.com/ory/dockertest/v3/docker"

	"github.com/pgadapt/pgadapt/internal/pgtest"
)

// image is a Docker image that runs PostgreSQL.
type image struct {
	repository string
	tag        string
}

func (i image) String() string { return i.repository + ":" + i.tag }

// wantedImage gives the image for a major version, 0 for the newest.
func wantedImage(version int) image {
	if name := os.Getenv("PGADAPT_TEST_IMAGE"); name != "" {
		return parseImage(name)
	}
	if version == 0 {
		return image{repository: "postgres", tag: "latest"}
	}
	return image{repository: "postgres", tag: strconv.Itoa(version)}
}

// parseImage splits a name at its tag. A colon before a slash belongs to the registry's port.
func parseImage(name string) image {
	colon := strings.LastIndex(name, ":")
	if colon <= strings.LastIndex(name, "/") {
		return image{repository: name, tag: "latest"}
	}
	return image{repository: name[:colon], tag: name[colon+1:]}
}

// provide pulls the image unless the daemon has it.
func (i image) provide(ctx context.Context, pool *dockertest.Pool, logf func(string, ...any)) error {
	if _, err := pool.Client.InspectImage(i.String()); err == nil {
		return nil
	}
	if logf != nil {
		logf("pulling Docker image %s", i)
	}
	err := pool.Client.PullImage(dockerclient.PullImageOptions{
		Repository: i.repository,
		Tag:        i.tag,
		Context:    ctx,
	}, dockerclient.AuthConfiguration{})
	if err != nil {
		return &pgtest.UnavailableError{Reason: "no image " + i.String() + ", and pulling it failed", Err: err}
	}
	return nil
}
