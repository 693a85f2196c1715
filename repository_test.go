package pgadapt_test

import (
	"os"
	"os/exec"
	"path/filepath"
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
