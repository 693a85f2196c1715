// Package golist asks the go command about packages.
package golist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// Package is what go list tells about a package.
type Package struct {
	// ImportPath is the path by which it is imported.
	ImportPath string
	// Name is the name in its package clause, main for a command.
	Name string
	// Module is where it comes from; its Path is empty for the standard library.
	Module struct{ Path string }
	// Deps are the import paths of all packages that are linked with it, the standard library's among them.
	Deps []string
	// Export is the file with the compiler's export data, if the flag -export asked for it.
	Export string
}

// Public tells whether packages of other modules can import it.
func (p Package) Public() bool {
	return p.Name != "main" && !slices.Contains(strings.Split(p.ImportPath, "/"), "internal")
}

// Packages gives what go list -deps tells in a folder: the packages that the arguments name, and all that these need,
// by their import paths. Flags may stand before the names. The variables are added to the environment, in the form
// NAME=value.
func Packages(ctx context.Context, folder string, variables []string, arguments ...string) (map[string]Package, error) {
	flags := []string{"list", "-deps", "-json=ImportPath,Name,Module,Deps,Export"}
	command := exec.CommandContext(ctx, "go", append(flags, arguments...)...)
	command.Dir = folder
	command.Env = append(command.Environ(), variables...)
	output, err := command.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("go list: %w: %s", err, failed.Stderr)
	}
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return decode(string(output))
}

func decode(output string) (map[string]Package, error) {
	packages := map[string]Package{}
	for decoder := json.NewDecoder(strings.NewReader(output)); ; {
		var listed Package
		switch err := decoder.Decode(&listed); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages[listed.ImportPath] = listed
	}
}

// PublicOf gives the import paths of the packages of a module that others can import, in order.
func PublicOf(packages map[string]Package, module string) []string {
	var public []string
	for path, listed := range packages {
		if listed.Module.Path == module && listed.Public() {
			public = append(public, path)
		}
	}
	slices.Sort(public)
	return public
}
