package golist_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/golist"
)

const (
	ownModule = "github.com/pgadapt/pgadapt"
	thisOne   = ownModule + "/internal/golist"
)

func TestPackages(t *testing.T) {
	packages, err := golist.Packages(t.Context(), "../..", nil, "-export", "./internal/golist")
	require.NoError(t, err)

	require.Equal(t, "golist", packages[thisOne].Name)
	require.Equal(t, ownModule, packages[thisOne].Module.Path)
	require.Contains(t, packages[thisOne].Deps, "os/exec")
	require.FileExists(t, packages[thisOne].Export)
	require.Empty(t, packages["os/exec"].Module.Path)
}

func TestPackagesOfAnotherSystem(t *testing.T) {
	packages, err := golist.Packages(t.Context(), ".", []string{"GOOS=windows", "CGO_ENABLED=0", "GOFLAGS="}, ".")
	require.NoError(t, err)
	require.Contains(t, packages, "internal/syscall/windows")
}

func TestPackagesTellWhatGoListSays(t *testing.T) {
	_, err := golist.Packages(t.Context(), ".", nil, "./missing")
	require.ErrorContains(t, err, "missing: directory not found")
}

func TestPublicOf(t *testing.T) {
	packages := map[string]golist.Package{}
	add := func(path, name, module string) {
		listed := golist.Package{ImportPath: path, Name: name}
		listed.Module.Path = module
		packages[path] = listed
	}
	add("m", "m", "m")
	add("m/b", "b", "m")
	add("m/a", "a", "m")
	add("m/cmd", "main", "m")
	add("m/internal", "internal", "m")
	add("m/a/internal/x", "x", "m")
	add("other", "other", "other")
	add("fmt", "fmt", "")

	require.Equal(t, []string{"m", "m/a", "m/b"}, golist.PublicOf(packages, "m"))
}
