package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ownModule is the module of the driver. The other modules with public packages lie in folders of it.
const ownModule = "github.com/pgadapt/pgadapt"

// modules has the folders of the modules that programs can require.
var modules = map[string]string{ownModule: ".", ownModule + "/otel": "otel"}

// files gives the contents of the files by their names, for the repository whose folder is given.
func files(ctx context.Context, root string) (map[string]string, error) {
	contents := map[string]string{}
	for module, folder := range modules {
		packages, err := load(ctx, filepath.Join(root, folder), module)
		if err != nil {
			return nil, fmt.Errorf("module %s: %w", module, err)
		}
		for _, listed := range packages {
			contents[fileName(listed.Path())] = strings.Join(list(listed), "\n") + "\n"
		}
	}
	return contents, nil
}

// fileName gives the name of a package's file, such as postgres-pgx.txt.
func fileName(importPath string) string {
	short := strings.TrimPrefix(strings.TrimPrefix(importPath, ownModule), "/")
	if short == "" {
		short = "pgadapt"
	}
	return strings.ReplaceAll(short, "/", "-") + ".txt"
}

// write replaces what lies in a folder.
func write(ctx context.Context, root, folder string) error {
	contents, err := files(ctx, root)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	for name, content := range contents {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
