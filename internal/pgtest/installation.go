package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// installation is a folder with the programs of one PostgreSQL version.
type installation struct {
	bin     string // the folder with postgres, initdb and pg_ctl
	version int    // the major version
}

func (i installation) program(name string) string {
	return filepath.Join(i.bin, executableName(name))
}

func executableName(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// binPatterns are the folders, as patterns of filepath.Glob, where the packagers of PostgreSQL put the
// server's programs outside of PATH.
var binPatterns = map[string][]string{
	"linux": {
		"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
		"/usr/pgsql-*/bin",          // Red Hat, with the packages of postgresql.org
		"/usr/libexec/postgresql*",  // Alpine
		"/usr/lib/postgresql*/bin",  // openSUSE
		"/usr/local/pgsql/bin",      // built from source
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	},
	"darwin": {
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		"/Library/PostgreSQL/*/bin",
		"/usr/local/pgsql/bin",
	},
	"windows": {
		`C:\Program Files\PostgreSQL\*\bin`,
	},
}

// findInstallations gives the installations on this machine, the newest first.
func findInstallations(ctx context.Context) []installation {
	return installationsIn(ctx, candidateFolders())
}

func candidateFolders() []string {
	var folders []string
	if path, err := exec.LookPath("pg_ctl"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, pattern := range binPatterns[runtime.GOOS] {
		matches, _ := filepath.Glob(pattern) // the patterns are constants, so that they are well formed
		folders = append(folders, matches...)
	}
	return folders
}

func installationsIn(ctx context.Context, folders []string) []installation {
	var found []installation
	for _, folder := range folders {
		bin, ok := serverFolder(folder)
		if !ok || slices.ContainsFunc(found, func(i installation) bool { return i.bin == bin }) {
			continue
		}
		version, err := programVersion(ctx, filepath.Join(bin, executableName("postgres")))
		if err != nil {
			continue
		}
		found = append(found, installation{bin: bin, version: version})
	}
	slices.SortStableFunc(found, func(a, b installation) int { return b.version - a.version })
	return found
}

// serverFolder follows links to the folder where pg_ctl really is, because pg_ctl looks for the other
// programs beside itself, and tells whether those are there.
func serverFolder(folder string) (string, bool) {
	control, err := filepath.EvalSymlinks(filepath.Join(folder, executableName("pg_ctl")))
	if err != nil {
		return "", false
	}
	bin := filepath.Dir(control)
	for _, name := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(filepath.Join(bin, executableName(name))); err != nil {
			return "", false
		}
	}
	return bin, true
}

func programVersion(ctx context.Context, postgres string) (int, error) {
	output, err := exec.CommandContext(ctx, postgres, "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("%s --version: %w", postgres, err)
	}
	return majorVersion(string(output))
}

// versionNumber finds the number in texts such as "postgres (PostgreSQL) 15.18 (Debian 15.18-1)",
// "18.4", "19beta1" and "17devel".
var versionNumber = regexp.MustCompile(`(?:^|\s)(\d{1,3})(?:[.\sa-z]|$)`)

// majorVersion reads the major version out of what the programs and the server call their version.
func majorVersion(text string) (int, error) {
	match := versionNumber.FindStringSubmatch(text)
	if match == nil {
		return 0, fmt.Errorf("pgtest: %q has no PostgreSQL version", text)
	}
	return strconv.Atoi(match[1])
}
