package snippets_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
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

// pages gives README.md and the pages of docs/.
func pages(t *testing.T) []snippets.Page {
	t.Helper()
	files, err := filepath.Glob(root + "/docs/*.md")
	require.NoError(t, err)
	var found []snippets.Page
	for _, file := range append(files, root+"/README.md") {
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

// TestSnippets compiles every snippet of the documents, and runs all but those that say why not.
func TestSnippets(t *testing.T) {
	all := pages(t)
	built, err := snippets.Build(t.Context(), t.TempDir(), all)
	require.NoError(t, err)
	server := ownServer(t)
	for _, page := range all {
		if len(page.Blocks) == 0 {
			continue
		}
		t.Run(page.File, func(t *testing.T) {
			results, err := built.Run(t.Context(), page, func() string { return database(t, server, page) })
			require.NoError(t, err)
			for _, result := range results {
				if problem := page.Problem(result); problem != "" {
					t.Error(problem)
				}
			}
		})
	}
}

// TestGoIsMarked keeps an example from getting past the compiler.
func TestGoIsMarked(t *testing.T) {
	for _, page := range pages(t) {
		text, err := os.ReadFile(filepath.Join(root, page.File))
		require.NoError(t, err)
		require.Empty(t, snippets.Unmarked(page.File, string(text)), "write ```go before Go")
	}
}
