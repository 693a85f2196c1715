package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// run runs one of the installation's programs under the server's account and reports what it printed
// if it fails.
//
// The output goes to a file and not to a pipe: the server inherits it from pg_ctl on Windows, and the
// end of a pipe would not come before the server's.
func (c *cluster) run(ctx context.Context, program string, args ...string) error {
	output, err := os.Create(filepath.Join(c.dir, program+".out"))
	if err != nil {
		return err
	}
	defer output.Close()
	cmd := exec.CommandContext(ctx, c.installation.program(program), args...)
	cmd.Dir = c.dir
	cmd.Env = serverEnvironment(os.Environ())
	cmd.Stdout, cmd.Stderr = output, output
	c.account.apply(cmd)
	if err := cmd.Run(); err != nil {
		printed, _ := os.ReadFile(output.Name()) // what can be had: the error itself is err
		return fmt.Errorf("%s: %w\n%s", program, err, strings.TrimSpace(string(printed)))
	}
	return nil
}

// serverEnvironment leaves out the variables that would change where the programs look or in which
// language they speak: those of libpq and the server (PGDATA, PGPORT, ...) and the locale.
func serverEnvironment(environment []string) []string {
	kept := slices.DeleteFunc(slices.Clone(environment), func(variable string) bool {
		return strings.HasPrefix(variable, "PG") || strings.HasPrefix(variable, "LC_") ||
			strings.HasPrefix(variable, "LANG")
	})
	return append(kept, "LC_ALL=C")
}
