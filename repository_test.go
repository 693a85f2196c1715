package pgadapt_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each module of the workspace has requirements of its own that grow old.
func TestDependabotWatchesEveryModule(t *testing.T) {
	root, err := os.Getwd()
	require.NoError(t, err)
	listed, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	require.NoError(t, err)
	settings, err := os.ReadFile(".github/dependabot.yml")
	require.NoError(t, err)

	for _, folder := range strings.Split(strings.TrimSpace(string(listed)), "\n") {
		relative, err := filepath.Rel(root, strings.TrimSpace(folder))
		require.NoError(t, err)
		watched := "      - /" + strings.TrimPrefix(filepath.ToSlash(relative), ".") + "\n"
		require.Contains(t, string(settings), watched)
	}
}

// Whatever runs with the newest Go runs with the same release.
func TestNewestGoIsTheSameEverywhere(t *testing.T) {
	release := regexp.MustCompile(`(?i)newest_?go\s*=\s*"?(go1\.\d+\.\d+)`)
	releases := map[string][]string{}
	for _, file := range []string{".ci/lint", "internal/testrun/toolchain.go", "bench/record.go"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		found := release.FindStringSubmatch(string(text))
		require.NotNil(t, found, file)
		releases[found[1]] = append(releases[found[1]], file)
	}
	require.Len(t, releases, 1)
}
