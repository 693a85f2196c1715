package snippets

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pgadapt/pgadapt/compat/snippets/runner"
)

// Problem says what is wrong with what a block of the page did, with its place; nothing if all is well.
func (p Page) Problem(result runner.Result) string {
	for _, block := range p.Blocks {
		if block.Line != result.Line {
			continue
		}
		if result.Error != "" {
			return fmt.Sprintf("%s: %s", block.Place(), result.Error)
		}
		if want, ok := block.wanted(); ok && want != strings.TrimSpace(result.Output) {
			return fmt.Sprintf("%s: it prints\n%s\nand not\n%s", block.Place(), strings.TrimSpace(result.Output), want)
		}
	}
	return ""
}

var outputComment = regexp.MustCompile(`(?s)// Output:(.*)$`)

// wanted gives what the comment at the end of a block says that it prints; ok is false without one.
func (b Block) wanted() (output string, ok bool) {
	found := outputComment.FindStringSubmatch(b.Text)
	if found == nil {
		return "", false
	}
	lines := strings.Split(found[1], "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "//"))
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), true
}
