package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr/internal/errcodes"
)

func TestFilesAreUpToDate(t *testing.T) {
	t.Parallel()
	classes, err := errcodes.Classes()
	require.NoError(t, err)
	files, err := render(classes)
	require.NoError(t, err)
	require.Len(t, files, 2)
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join("..", "..", name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(have), "%s: run go generate ./pgerr", name)
	}
}

func TestRemarkOnUnknownCodeIsRefused(t *testing.T) {
	t.Parallel()
	_, err := render([]errcodes.Class{{Code: "23", Title: "Integrity", Conditions: []errcodes.Condition{
		{SQLState: "23000", Kind: errcodes.Error, Name: "integrity"},
	}}})
	require.ErrorContains(t, err, "which is not in the list")
}
