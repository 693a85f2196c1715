package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is a Go module of the repository.
type module struct {
	path string // the import path
	dir  string
}

func (m module) String() string { return m.path }

// workspaceModules gives the modules of go.work, or the one at hand where there is no workspace.
func workspaceModules(ctx context.Context) ([]module, error) {
	output, err := goOutput(exec.CommandContext(ctx, "go", "list", "-m", "-json=Path,Dir"))
	if err != nil {
		return nil, err
	}
	var modules []module
	decoder := json.NewDecoder(strings.NewReader(output))
	for decoder.More() {
		var listed struct{ Path, Dir string }
		if err := decoder.Decode(&listed); err != nil {
			return nil, fmt.Errorf("go list -m: %w", err)
		}
		modules = append(modules, module{path: listed.Path, dir: listed.Dir})
	}
	return modules, nil
}

// testedPackages are the packages of a module that have tests.
type testedPackages struct {
	serverless []string
	onServer   []string
}

// serverPackage is the package by which tests get a server.
const serverPackage = "github.com/pgadapt/pgadapt/internal/pgtest"

// listPackages sorts a module's packages by whether their tests import serverPackage, directly or not.
func listPackages(ctx context.Context, t toolchain, m module, patterns []string) (testedPackages, error) {
	args := append([]string{"list", "-test", "-json=ImportPath,Deps"}, patterns...)
	output, err := goOutput(t.command(ctx, m.dir, args...))
	if err != nil {
		return testedPackages{}, err
	}
	return sortPackages(output)
}

// sortPackages reads the output of go list -test, in which the test program of package p is called
// p.test and a package that was compiled for it has its name in brackets behind its own.
func sortPackages(listing string) (testedPackages, error) {
	var packages testedPackages
	decoder := json.NewDecoder(strings.NewReader(listing))
	for decoder.More() {
		var listed struct {
			ImportPath string
			Deps       []string
		}
		if err := decoder.Decode(&listed); err != nil {
			return testedPackages{}, fmt.Errorf("go list -test: %w", err)
		}
		name, isTest := strings.CutSuffix(listed.ImportPath, ".test")
		if !isTest {
			continue
		}
		if slices.ContainsFunc(listed.Deps, isServerPackage) {
			packages.onServer = append(packages.onServer, name)
			continue
		}
		packages.serverless = append(packages.serverless, name)
	}
	return packages, nil
}

func isServerPackage(dependency string) bool {
	name, _, _ := strings.Cut(dependency, " ")
	return name == serverPackage
}

// goOutput runs a go command; its error has what the command printed about it.
func goOutput(cmd *exec.Cmd) (string, error) {
	var complaint strings.Builder
	cmd.Stderr = &complaint
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", filepath.Base(cmd.Path), strings.Join(cmd.Args[1:], " "), err, complaint.String())
	}
	return string(output), nil
}
