package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDocumentIsUpToDate(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../../docs/dsn.md")
	require.NoError(t, err)
	want, err := section.Replace(string(document), tables())
	require.NoError(t, err)
	require.Equal(t, want, string(document), "run go generate ./dsn")
}
