package pgtest

import (
	"context"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// FromBinaries is the source that starts the PostgreSQL programs installed on the machine, the newest
// of the wanted version.
func FromBinaries() Source {
	return Source{
		Name:   "PostgreSQL programs on this machine",
		Advice: "install the PostgreSQL server, " + installCommand(runtime.GOOS),
		Start:  startFromBinaries,
	}
}

func installCommand(goos string) string {
	switch goos {
	case "darwin":
		return "for example with brew install postgresql"
	case "windows":
		return "for example with winget install PostgreSQL.PostgreSQL"
	default:
		return "for example with apt-get install postgresql"
	}
}

func startFromBinaries(ctx context.Context, opts Options) (*Server, error) {
	found := findInstallations(ctx)
	if len(found) == 0 {
		return nil, &UnavailableError{Reason: "initdb, pg_ctl and postgres are neither in PATH nor in the usual folders"}
	}
	chosen := slices.IndexFunc(found, func(i installation) bool {
		return opts.Version == 0 || i.version == opts.Version
	})
	if chosen < 0 {
		return nil, &UnavailableError{Reason: "found only version " + joinVersions(found)}
	}
	return startCluster(ctx, found[chosen], "programs in "+found[chosen].bin, opts)
}

func joinVersions(found []installation) string {
	versions := make([]string, len(found))
	for i, each := range found {
		versions[i] = strconv.Itoa(each.version)
	}
	return strings.Join(versions, ", ")
}
