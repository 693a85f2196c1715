package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// libPQ is the module of the driver that the suites are written for, in the version that both runs use.
const (
	libPQ        = "github.com/lib/pq"
	libPQVersion = "v1.12.3"
	ownModule    = "github.com/pgadapt/pgadapt"
)

// prepare copies a suite into a folder and lets its module require what it is tested with.
func (s suite) prepare(ctx context.Context, folder string, overPgadapt bool) error {
	if err := download(ctx, s.module, s.version, folder); err != nil {
		return err
	}
	for _, edit := range s.edits {
		if err := edit.apply(folder); err != nil {
			return err
		}
	}
	// Both runs have the same Go and the same lib/pq, newer ones than an old library asks for.
	changes := []string{"mod", "edit", "-go=1.26", "-require=" + libPQ + "@" + libPQVersion}
	for i, missing := range s.missing {
		empty := filepath.Join(folder+"-missing", fmt.Sprint(i))
		if err := writeEmptyModule(empty, missing); err != nil {
			return err
		}
		changes = append(changes, "-replace="+missing+"="+empty)
	}
	if overPgadapt {
		copied := folder + "-pq"
		root, err := handOver(ctx, copied)
		if err != nil {
			return err
		}
		changes = append(changes, "-require="+ownModule+"@v0.0.0", "-replace="+ownModule+"="+root, "-replace="+libPQ+"="+copied)
	}
	_, err := goCommand(ctx, folder, nil, changes...)
	return err
}

// handOver makes a copy of lib/pq that leaves the name "postgres" to pgadapt, in a folder, and gives that of pgadapt.
func handOver(ctx context.Context, folder string) (root string, err error) {
	if err := download(ctx, libPQ, libPQVersion, folder); err != nil {
		return "", err
	}
	leave := edit{file: "conn.go", old: `sql.Register("postgres", &Driver{})`, new: "_ = sql.Register"}
	if err := leave.apply(folder); err != nil {
		return "", err
	}
	source := "package pq\n\nimport _ \"" + ownModule + "/postgres\"\n"
	if err := os.WriteFile(filepath.Join(folder, "pgadapt.go"), []byte(source), 0o644); err != nil {
		return "", err
	}
	output, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", ownModule).Output()
	return strings.TrimSpace(string(output)), err
}

// download copies a module's source from the module cache, where files cannot be changed, into a folder.
func download(ctx context.Context, module, version, folder string) error {
	output, err := goCommand(ctx, os.TempDir(), nil, "mod", "download", "-json", module+"@"+version)
	if err != nil {
		return err
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal(output, &downloaded); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.CopyFS(folder, os.DirFS(downloaded.Dir)); err != nil {
		return err
	}
	return makeWritable(folder)
}

func makeWritable(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	})
}

// apply fails where the text is not there once, as in another version of the library.
func (e edit) apply(folder string) error {
	path := filepath.Join(folder, e.file)
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if strings.Count(string(content), e.old) != 1 {
		return fmt.Errorf("%s does not have %q once", e.file, e.old)
	}
	return os.WriteFile(path, []byte(strings.Replace(string(content), e.old, e.new, 1)), 0o644)
}

func writeEmptyModule(folder, module string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module "+module+"\n"), 0o644),
		os.WriteFile(filepath.Join(folder, "empty.go"), []byte("package "+path.Base(module)+"\n"), 0o644),
	)
}

// goCommand runs a go command outside of the workspace, where a module may take other versions than its go.mod says.
func goCommand(ctx context.Context, folder string, variables []string, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = folder
	command.Env = append(os.Environ(), append([]string{"GOWORK=off", "GOFLAGS=-mod=mod"}, variables...)...)
	output, err := command.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return output, fmt.Errorf("go %s: %w: %s", arguments[0], err, failed.Stderr)
	}
	return output, err
}
