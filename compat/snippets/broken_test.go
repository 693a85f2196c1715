package snippets_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compat/snippets"
)

func broken(t *testing.T, name string) snippets.Page {
	t.Helper()
	page, err := snippets.ReadPage("testdata/broken", name, "testdata/preludes")
	require.NoError(t, err)
	return page
}

// TestBrokenSnippetsAreReported says that the compiler's complaints have the place in the page.
func TestBrokenSnippetsAreReported(t *testing.T) {
	var pages []snippets.Page
	for _, name := range []string{"unknown.md", "changed.md", "compiled.md", "unused.md"} {
		pages = append(pages, broken(t, name))
	}
	_, err := snippets.Build(t.Context(), t.TempDir(), pages)
	require.ErrorContains(t, err, "\nunknown.md:5: undefined: frobnicate")
	require.ErrorContains(t, err, "\nchanged.md:2: too many arguments in call to pgadapt.Info")
	require.ErrorContains(t, err, "\ncompiled.md:3: not enough arguments in call to password.Encrypt")
	require.ErrorContains(t, err, "\nunused.md:3: declared and not used: unused")
}

// checkReports says that what fails while it runs is reported with its place, and what is right is not.
func checkReports(t *testing.T, problems []string) {
	require.Equal(t, []string{
		"running.md:4: ERROR: division by zero (SQLSTATE 22012)",
		"running.md:8: it prints\none\ntwo\nand not\none",
		"running.md:20: panic: assignment to entry in nil map",
		"running.md:41: it prints\n*pq.Driver\nand not\npgadapt.Driver",
		"running.md:62: it prints\na program\nand not\na program of its own",
	}, problems)
}

func TestBlocksThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"no reason":         {"<!-- snippet: not run -->\n```go\nx()\n```", "page.md:1: a snippet that is not run needs a reason"},
		"an empty reason":   {"<!-- snippet: not run:  -->\n```go\nx()\n```", "page.md:1: a snippet that is not run needs a reason"},
		"an unknown word":   {"\n<!-- snippet: skip -->\n```go\nx()\n```", `page.md:2: a snippet's comment says nothing known: "skip"`},
		"a comment alone":   {"<!-- snippet: not run: why -->\n\n```go\nx()\n```", "page.md:1: a snippet's comment without a block"},
		"an indented fence": {"- text\n  ```go\n  x()\n  ```", "page.md:2: a block of Go begins with ```go alone"},
		"another word":      {"```golang\nx()\n```", "page.md:1: a block of Go begins with ```go alone"},
		"another fence":     {"~~~go\nx()\n~~~", "page.md:1: a block of Go begins with ```go alone"},
		"more words":        {"```go title\nx()\n```", "page.md:1: a block of Go begins with ```go alone"},
		"no end of a block": {"text\n```go\nx()", "page.md:2: a block without an end"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := snippets.Blocks("page.md", test.text)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// TestSourceThatIsRefused says that a block which cannot be read, or drops an error, has its place before the compiler is asked.
func TestSourceThatIsRefused(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"a syntax error":   {"x := 1\ny := {", "page.md:8: expected"},
		"a dropped error":  {"x := 1\ndb.Exec(`vacuum`)", "page.md:8: the error of this call is dropped"},
		"within a closure": {"f := func() {\n\tdb.QueryContext(ctx, `select 1`)\n}", "page.md:8: the error of this call is dropped"},
	} {
		t.Run(name, func(t *testing.T) {
			page := snippets.Page{File: "page.md", Blocks: []snippets.Block{{File: "page.md", Line: 7, Text: test.text}}}
			_, err := snippets.Build(t.Context(), t.TempDir(), []snippets.Page{page})
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestUnmarked(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"an indented call":        {"Text:\n\n    db, err := sql.Open(`pgadapt`, dsn)\n", []string{"page.md:3"}},
		"a fence without a word":  {"```\nfmt.Println(1)\n```", []string{"page.md:1"}},
		"a declaration":           {"    type user struct{ name string }", []string{"page.md:1"}},
		"behind a block of Go":    {"```go\nf()\n```\n\n    g()\n", []string{"page.md:5"}},
		"Go that says so":         {"```go\nf()\n```", nil},
		"a command":               {"    go run ./bench\n", nil},
		"a setting":               {"    wal_level = logical\n", nil},
		"a connection string":     {"    postgresql://db1,db2/app?connect_timeout=3\n", nil},
		"SQL":                     {"    create table users (id int)\n", nil},
		"a list that is indented": {"- one\n    and more (of it)\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, snippets.Unmarked("page.md", test.text))
		})
	}
}
