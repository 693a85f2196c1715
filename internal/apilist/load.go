package main

import (
	"context"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"

	"github.com/pgadapt/pgadapt/internal/golist"
)

// load gives the public packages of a module, in the order of their import paths.
func load(ctx context.Context, folder, module string) ([]*types.Package, error) {
	all, err := golist.Packages(ctx, folder, nil, "./...")
	if err != nil {
		return nil, err
	}
	public := golist.PublicOf(all, module)
	compiled, err := golist.Packages(ctx, folder, nil, append([]string{"-export"}, public...)...)
	if err != nil {
		return nil, err
	}
	exportData := func(path string) (io.ReadCloser, error) { return os.Open(compiled[path].Export) }
	reader := importer.ForCompiler(token.NewFileSet(), "gc", exportData)
	var packages []*types.Package
	for _, path := range public {
		imported, err := reader.Import(path)
		if err != nil {
			return nil, fmt.Errorf("export data of %s: %w", path, err)
		}
		packages = append(packages, imported)
	}
	return packages, nil
}
