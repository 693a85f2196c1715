package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// NewWithStandby starts a primary and a standby that follows it by streaming replication (PostgreSQL docs,
// chapter "High Availability, Load Balancing, and Replication"), and stops both at the test's end. It needs
// PostgreSQL programs, installed or from npm; where there are none, it does the same as Shared. Of the options
// it uses Version and Settings, for both servers.
func NewWithStandby(t testing.TB, opts Options) (primary, standby *Server) {
	t.Helper()
	var err error
	if opts.Version == 0 {
		opts.Version, err = testVersion()
	}
	if err == nil {
		primary, standby, err = startWithStandby(t.Context(), opts)
	}
	if err != nil {
		withoutServer(t, err)
	}
	t.Cleanup(func() {
		if err := errors.Join(standby.Stop(), primary.Stop()); err != nil {
			t.Errorf("stopping the servers: %v", err)
		}
		if t.Failed() {
			t.Logf("log of the primary:\n%s\nlog of the standby:\n%s",
				lastLines(primary.Log()), lastLines(standby.Log()))
		}
	})
	return primary, standby
}

// testVersion gives the version that PGADAPT_TEST_VERSION chooses, 0 when it does not.
func testVersion() (int, error) {
	text := os.Getenv("PGADAPT_TEST_VERSION")
	if text == "" {
		return 0, nil
	}
	return strconv.Atoi(text)
}

func startWithStandby(ctx context.Context, opts Options) (_, _ *Server, err error) {
	programs, err := findPrograms(ctx, opts)
	if err != nil {
		return nil, nil, err
	}
	first, err := newCluster(ctx, programs)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(first.dir)
		}
	}()
	second, err := first.copyAsStandby()
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(second.dir)
		}
	}()
	origin := "programs in " + programs.bin
	primary, err := first.serve(ctx, origin, opts.Settings)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			primary.Stop()
		}
	}()
	settings := maps.Clone(opts.Settings)
	if settings == nil {
		settings = map[string]string{}
	}
	settings["primary_conninfo"] = fmt.Sprintf("host=127.0.0.1 port=%d user=postgres sslmode=disable", first.port)
	standby, err := second.serve(ctx, origin, settings)
	return primary, standby, err
}

// findPrograms gives the installation that FromBinaries or else FromNPM would start.
func findPrograms(ctx context.Context, opts Options) (installation, error) {
	found := findInstallations(ctx)
	chosen := slices.IndexFunc(found, func(i installation) bool { return opts.Version == 0 || i.version == opts.Version })
	if chosen >= 0 {
		return found[chosen], nil
	}
	cache, err := openNPMCache()
	if err != nil {
		return installation{}, err
	}
	version, err := cache.provide(ctx, opts)
	if err != nil {
		return installation{}, err
	}
	return installation{bin: filepath.Join(cache.folder(version), "native", "bin"), version: version.major()}, nil
}

// copyAsStandby copies a cluster whose server has never run, so that no backup is needed, and marks the copy.
func (c *cluster) copyAsStandby() (_ *cluster, err error) {
	dir, err := os.MkdirTemp("", "pgadapt-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	standby := &cluster{installation: c.installation, account: c.account, dir: dir}
	if err := c.account.own(dir); err != nil {
		return nil, err
	}
	if err := copyOwned(c.account, c.dataDir(), standby.dataDir()); err != nil {
		return nil, err
	}
	signal := filepath.Join(standby.dataDir(), "standby.signal")
	return standby, errors.Join(os.WriteFile(signal, nil, 0o600), c.account.own(signal))
}

// copyOwned copies a folder with the modes that a server insists on.
func copyOwned(account account, from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		if entry.IsDir() {
			return errors.Join(os.Mkdir(target, 0o700), account.own(target))
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(target, content, 0o600), account.own(target))
	})
}
