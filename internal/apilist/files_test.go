package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecordedAPIIsThatOfThePackages(t *testing.T) {
	exported, err := files(t.Context(), "../..")
	require.NoError(t, err)
	recorded := recordedFiles(t)

	for name, content := range exported {
		gone := without(recorded[name], content)
		added := without(content, recorded[name])
		require.Empty(t, gone, "%s: gone or changed; if that is meant, say it in CHANGELOG.md and run make api", name)
		require.Empty(t, added, "%s: new; run make api", name)
		delete(recorded, name)
	}
	require.Empty(t, recorded, "files without a package; run make api")
}

// recordedFiles gives the contents of api/ by file names.
func recordedFiles(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../api/*.txt")
	require.NoError(t, err)
	recorded := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		recorded[filepath.Base(path)] = strings.ReplaceAll(string(content), "\r\n", "\n")
	}
	return recorded
}

// without gives the lines of a text that another one does not have.
func without(text, other string) []string {
	has := map[string]bool{}
	for line := range strings.Lines(other) {
		has[line] = true
	}
	var lines []string
	for line := range strings.Lines(text) {
		if !has[line] {
			lines = append(lines, line)
		}
	}
	return lines
}
