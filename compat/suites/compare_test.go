package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadEvents(t *testing.T) {
	became, printed := readEvents([]byte(`{"Action":"start","Package":"p"}
{"Action":"output","Package":"p","Test":"TestA","Output":"all well\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestC/case","Output":"wrong\n"}
{"Action":"fail","Package":"p","Test":"TestC/case"}
{"Action":"fail","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p"}
{"Action":"output","Package":"q","Output":"panic: no server\n"}
{"Action":"fail","Package":"q"}
{"Action":"pass","Package":"r"}
`))
	require.Equal(t, results{
		"p TestA": "pass", "p TestB": "skip", "p TestC/case": "fail", "p TestC": "fail", "q ": "fail",
	}, became)
	require.Equal(t, "wrong\npanic: no server\n", printed)
	require.Equal(t, "1 passed, 3 failed, 1 skipped", became.String())
}

func TestOutcomeTellsWhatDiffers(t *testing.T) {
	compared := outcome{
		suite:   suite{name: "s"},
		libPQ:   results{"p Both": "pass", "p Neither": "fail", "p Ours": "fail", "p Theirs": "pass", "p Gone": "pass"},
		pgadapt: results{"p Both": "pass", "p Neither": "fail", "p Ours": "pass", "p Theirs": "fail"},
	}
	require.Equal(t, []string{"p Gone", "p Theirs"}, compared.onlyOverPgadapt())
	require.Equal(t, []string{"p Ours"}, compared.onlyOverLibPQ())
	require.EqualError(t, unexpected([]outcome{compared}),
		"s: p Gone passes over lib/pq and not over pgadapt\ns: p Theirs passes over lib/pq and not over pgadapt")
	require.NoError(t, unexpected(nil))
}

func TestRecord(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "compat.md")
	require.NoError(t, os.WriteFile(file, []byte("Before.\n"+section.Begin+"old\n"+section.End+"After.\n"), 0o644))
	require.NoError(t, record(folder, []outcome{{
		suite:   suite{module: "example.com/s", version: "v1.0.0"},
		libPQ:   results{"p T": "pass", "p U": "pass"},
		pgadapt: results{"p T": "fail", "p U": "pass"},
	}}))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "Before.\n"+section.Begin+`
| with `+runtime.Version()+` | over lib/pq `+libPQVersion+` | over pgadapt | fails over pgadapt only | fails over lib/pq only |
|---|---|---|---|---|
| example.com/s v1.0.0 | 2 passed, 0 failed, 0 skipped | 1 passed, 1 failed, 0 skipped | `+"`T`"+` | none |

`+section.End+"After.\n", string(text))
}

func TestEdit(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "a.go")
	require.NoError(t, os.WriteFile(file, []byte("one two two"), 0o644))

	require.NoError(t, edit{file: "a.go", old: "one", new: "three"}.apply(folder))
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "three two two", string(content))
	require.ErrorContains(t, edit{file: "a.go", old: "two"}.apply(folder), `a.go does not have "two" once`)
	require.ErrorContains(t, edit{file: "a.go", old: "one"}.apply(folder), `a.go does not have "one" once`)
}

func TestSuitesAreComplete(t *testing.T) {
	for _, suite := range suites {
		require.NotEmpty(t, suite.packages, suite.name)
		require.NotEmpty(t, append(suite.variables, suite.arguments...), suite.name)
		require.Regexp(t, `^v\d+\.\d+\.\d+$`, suite.version, suite.name)
		_, err := regexp.Compile(suite.skip)
		require.NoError(t, err, suite.name)
	}
}
