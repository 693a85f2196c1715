package size

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

const programFolder = "github.com/pgadapt/pgadapt/bench/size/program/"

// builder builds programs with a toolchain into a folder.
type builder struct{ toolchain, folder string }

// build is a program that was built.
type build struct {
	path           string
	file, stripped int64 // bytes
}

func (b builder) buildAll(ctx context.Context) ([]build, error) {
	var builds []build
	for _, program := range programs {
		stripped, err := b.build(ctx, program.folder, "-s")
		if err != nil {
			return nil, err
		}
		whole, err := b.build(ctx, program.folder, "")
		if err != nil {
			return nil, err
		}
		whole.stripped = stripped.file
		builds = append(builds, whole)
	}
	return builds, nil
}

func (b builder) build(ctx context.Context, program, linkerFlags string) (build, error) {
	path := filepath.Join(b.folder, program)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := b.output(ctx, "build", "-trimpath", "-ldflags="+linkerFlags, "-o", path, programFolder+program); err != nil {
		return build{}, err
	}
	file, err := os.Stat(path)
	if err != nil {
		return build{}, err
	}
	return build{path: path, file: file.Size()}, nil
}

// output gives what a go command prints. Without VCS stamps programs of one commit are the same everywhere.
func (b builder) output(ctx context.Context, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Env = append(os.Environ(), "GOTOOLCHAIN="+b.toolchain, "GOFLAGS=-buildvcs=false")
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", arguments[0], err)
	}
	return string(output), nil
}
