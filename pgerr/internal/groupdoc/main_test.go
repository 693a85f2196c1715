package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDocumentIsUpToDate(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../../docs/errors.md")
	require.NoError(t, err)
	want, err := withTables(string(document))
	require.NoError(t, err)
	require.Equal(t, want, string(document), "run go generate ./pgerr")
}

func TestDocumentWithoutMarkersIsRefused(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{"none": "", "only the first": begin, "wrong order": end + begin} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := withTables(document)
			require.Error(t, err)
		})
	}
}
