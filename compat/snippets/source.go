package snippets

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// form says what a block is.
type form int

const (
	wholeFile    form = iota // a program by itself
	declarations             // stand in the page's package, for the blocks behind it too
	statements               // become a function
)

// source is a block as a Go file, in which each line is known as the line of the page that it came from.
type source struct {
	form form
	text string
}

// function gives the name of the function that the statements of a block become.
func (b Block) function() string { return fmt.Sprintf("block%d", b.Line) }

// source writes the block as a file of a package. The names that the page's prelude declares are not packages' there.
func (b Block) source(packageName string, declared map[string]bool) (source, error) {
	if isProgram(b.Text) {
		return source{wholeFile, b.marker(0) + b.Text + "\n"}, nil
	}
	shown, rest := splitImports(b.Text)
	written := source{form: declarations, text: b.compose(packageName, shown, "", rest, "")}
	if _, err := parse(written.text); err != nil {
		written = source{statements, b.compose(packageName, shown, "func "+b.function()+"() error {\n", rest, "\nreturn nil\n}\n")}
	}
	edited, err := edit(written, declared)
	if err != nil {
		return source{}, err
	}
	return edited, nil
}

// isProgram reports whether a text begins with a package clause.
func isProgram(text string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", text, parser.PackageClauseOnly)
	return err == nil
}

// compose puts the parts of a file together; the marks keep the places of the page.
func (b Block) compose(packageName, shown, opening, rest, closing string) string {
	return "package " + packageName + "\n" + b.marker(0) + shown + "\n" + opening + b.marker(strings.Count(shown, "\n")) + rest + closing + "\n"
}

// marker is the line directive for a line of the block.
func (b Block) marker(line int) string { return fmt.Sprintf("//line %s:%d\n", b.File, b.Line+line) }

func parse(text string) (*ast.File, error) {
	return parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
}

// splitImports cuts a text behind its imports.
func splitImports(text string) (imports, rest string) {
	const clause = "package p;"
	files := token.NewFileSet()
	parsed, _ := parser.ParseFile(files, "", clause+text, parser.ImportsOnly) // an error is one of what follows
	if parsed == nil || len(parsed.Decls) == 0 {
		return "", text
	}
	end := files.Position(parsed.Decls[len(parsed.Decls)-1].End()).Offset - len(clause)
	return text[:end], text[end:]
}

// edit adds to a block what it leaves to its reader: imports, looking at errors and using variables.
func edit(written source, declared map[string]bool) (source, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "", written.text, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	offset := func(pos token.Pos) int { return files.PositionFor(pos, false).Offset }
	added, led := insertions{}, false
	leadToServer(parsed, func(literal *ast.BasicLit) {
		led = true
		added.at(offset(literal.Pos()), "snippetrunner.DSN(")
		added.at(offset(literal.End()), ")")
	})
	if written.form == statements {
		if call := droppedError(parsed); call != nil {
			return source{}, fmt.Errorf("%s: the error of this call is dropped", files.Position(call.Pos()))
		}
		body := bodyOf(parsed)
		useVariables(body, func(pos token.Pos, text string) { added.at(offset(pos), text) })
		checkErrors(body, func(pos token.Pos, text string) { added.at(offset(pos), text) })
	}
	// All on the line of the package clause, so that no other line moves.
	added.at(offset(parsed.Name.End()), importsFor(parsed, declared, led))
	return source{written.form, added.into(written.text)}, nil
}

// bodyOf gives the body of the only function, which is that of the block.
func bodyOf(file *ast.File) *ast.BlockStmt {
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok {
			return function.Body
		}
	}
	return &ast.BlockStmt{}
}

// insertions are texts to be put into another, by their offsets there.
type insertions map[int]string

func (i insertions) at(offset int, text string) { i[offset] += text }

func (i insertions) into(text string) string {
	var result strings.Builder
	last := 0
	for _, offset := range slices.Sorted(maps.Keys(i)) {
		result.WriteString(text[last:offset] + i[offset])
		last = offset
	}
	return result.String() + text[last:]
}

// importsFor gives the imports that a file uses and does not have.
func importsFor(file *ast.File, declared map[string]bool, led bool) string {
	taken := maps.Clone(declared)
	for _, spec := range file.Imports {
		taken[importedName(spec)] = true
	}
	addDeclared(file, taken)
	used := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok && known[name.Name] != "" && !taken[name.Name] {
				used[name.Name] = true
			}
		}
		return true
	})
	text := ""
	for _, name := range slices.Sorted(maps.Keys(used)) {
		text += fmt.Sprintf("; import %s %q", name, known[name])
	}
	if led {
		text += `; import snippetrunner "github.com/pgadapt/pgadapt/compat/snippets/runner"`
	}
	return text
}

func importedName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path := strings.Trim(spec.Path.Value, `"`)
	for name, imported := range known {
		if imported == path {
			return name
		}
	}
	return path
}

// addDeclared adds every name that a file declares, in whatever scope.
func addDeclared(file *ast.File, names map[string]bool) {
	add := func(identifiers ...*ast.Ident) {
		for _, identifier := range identifiers {
			names[identifier.Name] = true
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.AssignStmt:
			if node.Tok == token.DEFINE {
				add(assigned(node)...)
			}
		case *ast.RangeStmt:
			add(identifiers(node.Key, node.Value)...)
		case *ast.ValueSpec:
			add(node.Names...)
		case *ast.TypeSpec:
			add(node.Name)
		case *ast.FuncDecl:
			if node.Recv == nil {
				add(node.Name)
			}
		case *ast.FuncType:
			for _, field := range node.Params.List {
				add(field.Names...)
			}
		}
		return true
	})
}
