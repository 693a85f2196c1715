package snippets_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compat/snippets"
)

// inOneFunction does what docs/getting-started.md says: it puts the page's pieces into the function run of the first,
// one below the other, and adds the imports.
func inOneFunction(t *testing.T, page snippets.Page) snippets.Page {
	t.Helper()
	program, output := cutOutput(page.Blocks[0].Text)
	var pieces strings.Builder
	for _, block := range page.Blocks[1:] {
		piece, more := cutOutput(block.Text)
		pieces.WriteString(piece + "\n")
		output += more
	}
	end := strings.LastIndex(program, "\treturn nil\n")
	require.Positive(t, end)
	text := strings.NewReplacer(
		`"log"`, `"errors"; "log"; "time"`,
		`_ "github.com/pgadapt/pgadapt"`, `"github.com/pgadapt/pgadapt"; "github.com/pgadapt/pgadapt/pgerr"`,
	).Replace(program[:end]) + pieces.String() + program[end:]
	block := snippets.Block{File: "in-one-function.md", Line: 1, Text: text + "\n// Output:" + output}
	return snippets.Page{File: block.File, Blocks: []snippets.Block{block}}
}

// cutOutput parts a block from the comment about its output.
func cutOutput(text string) (block, output string) {
	block, comment, _ := strings.Cut(text, "// Output:")
	for line := range strings.Lines(comment) {
		if words := strings.TrimSpace(strings.TrimPrefix(line, "//")); words != "" {
			output += "\n// " + words
		}
	}
	return block, output
}
