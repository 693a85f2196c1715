package pgtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// npmCache is the folder with the unpacked packages, one sub-folder a version.
type npmCache struct {
	dir string
}

// openNPMCache makes the folder where it is missing.
func openNPMCache() (npmCache, error) {
	base, err := cacheBase()
	if err != nil {
		return npmCache{}, &UnavailableError{Reason: "no cache folder", Err: err}
	}
	dir := filepath.Join(base, "pgadapt", "embedded-postgres")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return npmCache{}, &UnavailableError{Reason: "no cache folder", Err: err}
	}
	return npmCache{dir: dir}, openToAll(filepath.Dir(dir), dir)
}

// openToAll lets every account read folders that were made under a stricter umask.
func openToAll(folders ...string) error {
	for _, folder := range folders {
		if err := os.Chmod(folder, 0o755); err != nil {
			return &UnavailableError{Reason: "cache folder of somebody else", Err: err}
		}
	}
	return nil
}

// cacheBase gives the user's cache folder. Root's own is closed to the account that runs the server,
// so that root uses the system's.
func cacheBase() (string, error) {
	if runtime.GOOS != "windows" && os.Geteuid() == 0 {
		return "/var/cache", nil
	}
	return os.UserCacheDir()
}

func platformPrefix() string {
	return strings.TrimPrefix(npmPackage, "@embedded-postgres/") + "-"
}

func (c npmCache) folder(version npmVersion) string {
	return filepath.Join(c.dir, platformPrefix()+version.String())
}

// versions gives the versions in the cache.
func (c npmCache) versions() []npmVersion {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil // an unreadable cache is an empty one: fetch says what is wrong with it
	}
	var texts []string
	for _, entry := range entries {
		if text, ok := strings.CutPrefix(entry.Name(), platformPrefix()); ok {
			texts = append(texts, text)
		}
	}
	return parseNPMVersions(texts)
}

// fetch downloads a version and unpacks it. The package appears in the cache by one rename, so that
// other processes see all of it or nothing.
func (c npmCache) fetch(ctx context.Context, version npmVersion) error {
	staging, err := os.MkdirTemp(c.dir, "fetching-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)
	archive, err := download(ctx, version, staging)
	if err != nil {
		return err
	}
	unpacked := filepath.Join(staging, "package")
	if err := unpackNPM(archive, unpacked); err != nil {
		return fmt.Errorf("unpacking %s: %w", filepath.Base(archive), err)
	}
	return c.install(unpacked, version)
}

// install moves an unpacked package to its place. That another process was faster is no error.
func (c npmCache) install(unpacked string, version npmVersion) error {
	err := os.Rename(unpacked, c.folder(version))
	if _, statErr := os.Stat(c.folder(version)); statErr == nil {
		return nil
	}
	return err
}
