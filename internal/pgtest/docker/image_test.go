package docker

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWantedImage(t *testing.T) {
	for _, test := range []struct {
		name    string
		setting string
		version int
		want    string
	}{
		{"official, any version", "", 0, "postgres:latest"},
		{"official, one version", "", 16, "postgres:16"},
		{"own, with a tag", "mine:1.2", 16, "mine:1.2"},
		{"own, without a tag", "mine", 0, "mine:latest"},
		{"registry with a port", "localhost:5000/mine", 0, "localhost:5000/mine:latest"},
		{"registry with a port and a tag", "localhost:5000/mine:x", 0, "localhost:5000/mine:x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("PGADAPT_TEST_IMAGE", test.setting)
			require.Equal(t, test.want, wantedImage(test.version).String())
		})
	}
}

func TestPublishedHost(t *testing.T) {
	for endpoint, want := range map[string]string{
		"unix:///var/run/docker.sock":    "127.0.0.1",
		"npipe:////./pipe/docker_engine": "127.0.0.1",
		"tcp://10.1.2.3:2376":            "10.1.2.3",
		"http://localhost:2375":          "localhost",
	} {
		t.Run(endpoint, func(t *testing.T) {
			require.Equal(t, want, publishedHost(endpoint))
		})
	}
}
