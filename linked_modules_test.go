package pgadapt_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/golist"
)

const ownModule = "github.com/pgadapt/pgadapt"

// reasonsToLink has every module that a program may get by importing a package of this one, and what for.
var reasonsToLink = map[string]string{
	"github.com/jackc/pgx/v5":            "pgconn speaks the protocol, logs in and encrypts; pgtype has the types that the driver does not know itself",
	"github.com/jackc/pgpassfile":        "pgconn reads the passfile with it, and the driver for each of several hosts",
	"github.com/jackc/pgservicefile":     "pgconn reads the service file with it, and the driver to tell what a service says",
	"golang.org/x/text":                  "pgconn normalizes user names and passwords for SCRAM with it; password the password of a verifier",
	"github.com/hashicorp/golang-lru/v2": "the statements that a connection keeps",
	"github.com/xdg-go/stringprep":       "SASLprep, which a SCRAM verifier is computed with and which golang.org/x/text does not have",
}

// The modules that the driver needs. The other packages have fewer.
var driverModules = []string{
	"github.com/hashicorp/golang-lru/v2", "github.com/jackc/pgpassfile", "github.com/jackc/pgservicefile",
	"github.com/jackc/pgx/v5", "golang.org/x/text",
}

// linkedModules has, for each package that a program may import, the modules that come with it.
var linkedModules = map[string][]string{
	ownModule:                   driverModules,
	ownModule + "/postgres":     driverModules,
	ownModule + "/postgres/pgx": driverModules,
	ownModule + "/replication":  driverModules,
	ownModule + "/password":     {"github.com/xdg-go/stringprep", "golang.org/x/text"},
	ownModule + "/adapt":        nil,
	ownModule + "/compose":      nil,
	ownModule + "/dsn":          nil,
	ownModule + "/largeobject":  nil,
	ownModule + "/pgerr":        nil,
	ownModule + "/twophase":     nil,
}

// notForPrograms are packages of the standard library that have no place in a program that only talks to a server:
// they bring flags of their own, an HTTP client, or calls of methods by name, which keep the linker from leaving out
// methods that nobody calls.
var notForPrograms = []string{"flag", "html/template", "net/http", "plugin", "testing", "text/template"}

func TestLinkedModules(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		t.Run(system, func(t *testing.T) {
			packages, err := golist.Packages(t.Context(), ".", []string{"GOOS=" + system, "CGO_ENABLED=0", "GOFLAGS="}, "./...")
			require.NoError(t, err)
			public := golist.PublicOf(packages, ownModule)
			require.Equal(t, slices.Sorted(maps.Keys(linkedModules)), public, "each public package has its line in linkedModules")

			for _, path := range public {
				t.Run(strings.TrimPrefix(path, "github.com/pgadapt/"), func(t *testing.T) {
					modules := map[string]bool{}
					for _, dependency := range packages[path].Deps {
						require.NotContains(t, notForPrograms, dependency)
						if module := packages[dependency].Module.Path; module != "" && module != ownModule {
							require.Contains(t, reasonsToLink, module, "%s needs it", dependency)
							modules[module] = true
						}
					}
					require.ElementsMatch(t, linkedModules[path], slices.Collect(maps.Keys(modules)))
				})
			}
		})
	}
}
