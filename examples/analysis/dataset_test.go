package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// archiveOf makes a package with files, and gives its checksum.
func archiveOf(t *testing.T, names ...string) (archive []byte, integrity string) {
	t.Helper()
	var content bytes.Buffer
	zipped := gzip.NewWriter(&content)
	entries := tar.NewWriter(zipped)
	for _, name := range names {
		require.NoError(t, entries.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(name))}))
		_, err := entries.Write([]byte(name))
		require.NoError(t, err)
	}
	require.NoError(t, entries.Close())
	require.NoError(t, zipped.Close())
	sum := sha512.Sum512(content.Bytes())
	return content.Bytes(), "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

func TestUnpack(t *testing.T) {
	t.Run("takes the two files", func(t *testing.T) {
		archive, integrity := archiveOf(t, "package/data/airports.csv", "package/../evil", "package/data/flights-3m.parquet")
		dir := filepath.Join(t.TempDir(), "data")
		require.NoError(t, unpack(archive, integrity, dir))
		content, err := os.ReadFile(filepath.Join(dir, flightsFile))
		require.NoError(t, err)
		require.Equal(t, "package/data/flights-3m.parquet", string(content))
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, files, 2)
	})
	t.Run("refuses an archive that was changed", func(t *testing.T) {
		archive, integrity := archiveOf(t, "package/data/airports.csv", "package/data/flights-3m.parquet")
		archive[len(archive)/2] ^= 1
		dir := filepath.Join(t.TempDir(), "data")
		require.ErrorContains(t, unpack(archive, integrity, dir), "its checksum is sha512-")
		require.NoDirExists(t, dir)
	})
	t.Run("misses a file", func(t *testing.T) {
		archive, integrity := archiveOf(t, "package/data/airports.csv")
		require.ErrorContains(t, unpack(archive, integrity, filepath.Join(t.TempDir(), "data")), "it lacks 1 of the two files")
	})
}

func TestDataThatWereFetchedBefore(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("PATH", "") // there is no npm
	if have, err := os.UserCacheDir(); err != nil || have != cache {
		t.Skip("this system has its caches where no test can put them")
	}
	var diagnostics bytes.Buffer
	_, err := fetchData(t.Context(), &diagnostics)
	require.ErrorContains(t, err, "npm is not installed: install it, or name a folder with the data with -data")

	want := filepath.Join(cache, "pgadapt", dataPackage)
	require.NoError(t, os.MkdirAll(want, 0o777))
	have, err := fetchData(t.Context(), &diagnostics)
	require.NoError(t, err)
	require.Equal(t, want, have)
}

func TestBar(t *testing.T) {
	for _, test := range []struct {
		name        string
		done, total int64
		want        string
	}{
		{"begun", 0, 100, "\r  [........................................]   0 %  0 flights"},
		{"half", 50, 100, "\r  [####################....................]  50 %  50 flights"},
		{"more than there were", 120, 100, "\r  [########################################] 100 %  120 flights"},
		{"nothing at all", 0, 0, "\r  [........................................]   0 %  0 flights"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			newBar(&out, "flights", test.total).show(test.done)
			require.Equal(t, test.want, out.String())
		})
	}
	t.Run("not into a log", func(t *testing.T) {
		log, err := os.Create(filepath.Join(t.TempDir(), "log"))
		require.NoError(t, err)
		defer log.Close()
		newBar(log, "flights", 1).show(1)
		info, err := log.Stat()
		require.NoError(t, err)
		require.Zero(t, info.Size())
	})
}
