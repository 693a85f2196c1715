package snippets

import (
	"fmt"
	"go/ast"
	"strings"
)

// Unmarked finds blocks of a page that are Go and do not say so, with their places: they are indented, or fenced
// without the word, and would not be compiled.
func Unmarked(file, text string) []string {
	lines := strings.Split(text, "\n")
	var places []string
	for i := 0; i < len(lines); i++ {
		start, block := i, []string(nil)
		switch {
		case strings.HasPrefix(lines[i], closing):
			end := max(endOfFence(lines, i+1), i+1)
			if lines[i] == closing {
				block = lines[i+1 : end]
			}
			i = end
		case isIndented(lines[i]):
			for i < len(lines) && (isIndented(lines[i]) || lines[i] == "") {
				block = append(block, lines[i])
				i++
			}
		}
		if looksLikeGo(strings.Join(block, "\n")) {
			places = append(places, fmt.Sprintf("%s:%d", file, start+1))
		}
	}
	return places
}

func isIndented(line string) bool {
	return strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t")
}

// looksLikeGo reports whether a text can be read as Go and calls or declares something: "work_mem = 4" can be read, too.
func looksLikeGo(text string) bool {
	if _, err := parse("package p\n" + text); err == nil && strings.TrimSpace(text) != "" {
		return true
	}
	parsed, err := parse("package p\nfunc f() {\n" + text + "\n}")
	if err != nil {
		return false
	}
	found := false
	ast.Inspect(bodyOf(parsed), func(node ast.Node) bool {
		switch node.(type) {
		case *ast.CallExpr, *ast.FuncLit, *ast.CompositeLit, *ast.DeclStmt:
			found = true
		}
		return true
	})
	return found
}
