package snippets_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/compat/snippets"
	"github.com/pgadapt/pgadapt/dsn"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

const root = "../.."

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// pages gives the pages of docs/, the README of the repository and those of folders in it, and what stands beside it.
func pages(t *testing.T) []snippets.Page {
	t.Helper()
	var files []string
	for _, pattern := range []string{"/docs/*.md", "/*.md", "/*/README.md", "/*/*/README.md"} {
		matching, err := filepath.Glob(root + pattern)
		require.NoError(t, err)
		files = append(files, matching...)
	}
	slices.Sort(files)
	var found []snippets.Page
	for _, file := range slices.Compact(files) {
		name, err := filepath.Rel(root, file)
		require.NoError(t, err)
		page, err := snippets.ReadPage(root, filepath.ToSlash(name), "testdata/preludes")
		require.NoError(t, err)
		found = append(found, page)
	}
	return found
}

var databases atomic.Int64

// database makes a database for a program of a page and gives the connection string for it.
func database(t *testing.T, server *pgtest.Server, page snippets.Page) string {
	t.Helper()
	name := fmt.Sprintf("snippets_%s_%d", page.Name(), databases.Add(1))
	execute(t, server.DSN(), "create database "+name+" template template0")
	address, err := dsn.Make(server.DSN(), "dbname", name)
	require.NoError(t, err)
	execute(t, address.URL(), page.Setup)
	return address.URL()
}

func execute(t *testing.T, address, statements string) {
	t.Helper()
	db, err := sql.Open("pgadapt", address)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.Exec(statements)
	require.NoError(t, err)
}

// ownServer starts a server for the documents alone: roles and slots have one namespace for all of a server's databases.
func ownServer(t *testing.T) *pgtest.Server {
	t.Helper()
	return pgtest.New(t, pgtest.Options{Settings: map[string]string{"max_prepared_transactions": "20"}})
}

// TestSnippets compiles every snippet of the documents, and runs all but those that say why not. A page whose snippets
// are wrong is among them, for what is reported of it.
func TestSnippets(t *testing.T) {
	documents, wrong := pages(t), broken(t, "running.md")
	gettingStarted := slices.IndexFunc(documents, func(page snippets.Page) bool { return page.File == "docs/getting-started.md" })
	documents = append(documents, inOneFunction(t, documents[gettingStarted]))
	built, err := snippets.Build(t.Context(), t.TempDir(), append(documents, wrong))
	require.NoError(t, err)
	server := ownServer(t)
	for _, page := range documents {
		if len(page.Blocks) == 0 {
			continue
		}
		t.Run(page.File, func(t *testing.T) {
			for _, problem := range problems(t, built, server, page) {
				t.Error(problem)
			}
		})
	}
	t.Run("a page that is wrong", func(t *testing.T) { checkReports(t, problems(t, built, server, wrong)) })
}

// problems runs a page.
func problems(t *testing.T, built *snippets.Programs, server *pgtest.Server, page snippets.Page) []string {
	t.Helper()
	results, err := built.Run(t.Context(), page, func() string { return database(t, server, page) })
	require.NoError(t, err)
	var found []string
	for _, result := range results {
		if problem := page.Problem(result); problem != "" {
			found = append(found, problem)
		}
	}
	return found
}

// TestGoIsMarked keeps an example from getting past the compiler.
func TestGoIsMarked(t *testing.T) {
	for _, page := range pages(t) {
		text, err := os.ReadFile(filepath.Join(root, page.File))
		require.NoError(t, err)
		require.Empty(t, snippets.Unmarked(page.File, string(text)), "write ```go before Go")
	}
}

// TestVersionsOfTheOtherDrivers says that the pages about another driver were run with the one that they name.
func TestVersionsOfTheOtherDrivers(t *testing.T) {
	requirements, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	for page, driver := range map[string]struct{ module, name string }{
		"from-libpq.md": {"github.com/lib/pq", "lib/pq"},
		"from-pgx.md":   {"github.com/jackc/pgx/v5", "pgx"},
	} {
		version := regexp.MustCompile(`(?m)^\t` + driver.module + ` (\S+)$`).FindSubmatch(requirements)
		require.NotNil(t, version, driver.module)
		text, err := os.ReadFile(filepath.Join(root, "docs", page))
		require.NoError(t, err)
		require.Contains(t, string(text), driver.name+" "+string(version[1]), page)
	}
}
