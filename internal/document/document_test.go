package document_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/document"
)

var section = document.Section{Begin: "<!-- table -->\n", End: "<!-- end -->\n"}

func TestReplaceKeepsWhatPeopleWrote(t *testing.T) {
	replaced, err := section.Replace("before\n<!-- table -->\nold\n<!-- end -->\nafter\n", "new\n")
	require.NoError(t, err)
	require.Equal(t, "before\n<!-- table -->\nnew\n<!-- end -->\nafter\n", replaced)
}

func TestDocumentWithoutMarkersIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"none": "", "only the first": section.Begin, "wrong order": section.End + section.Begin,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := section.Replace(text, "new\n")
			require.ErrorContains(t, err, "missing marker")
		})
	}
}

func TestRewrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "document.md")
	require.Error(t, section.Rewrite(file, "new\n"), "no such file")
	require.NoError(t, os.WriteFile(file, []byte("no markers"), 0o644))
	require.ErrorContains(t, section.Rewrite(file, "new\n"), "document.md")
	require.NoError(t, os.WriteFile(file, []byte(section.Begin+section.End), 0o644))
	require.NoError(t, section.Rewrite(file, "new\n"))
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, section.Begin+"new\n"+section.End, string(written))
}
