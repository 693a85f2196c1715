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
	content, err := tables()
	require.NoError(t, err)
	want, err := section.Replace(string(document), content)
	require.NoError(t, err)
	require.Equal(t, want, string(document), "run go generate ./pgerr")
}
