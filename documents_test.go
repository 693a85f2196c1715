package pgadapt_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// packageFolders has the packages whose names are looked up in documents.
var packageFolders = map[string]string{
	"pgadapt": ".", "dsn": "dsn", "compose": "compose", "adapt": "adapt", "pgerr": "pgerr", "password": "password",
	"twophase": "twophase", "largeobject": "largeobject", "replication": "replication", "otel": "otel",
}

var (
	codeInDocument       = regexp.MustCompile("`[^`\n]+`")
	identifierInDocument = regexp.MustCompile(`\b([a-z]+)\.([A-Z]\w*)(?:\.([A-Z]\w*))?`)
	linkInDocument       = regexp.MustCompile(`\]\(((?:\.\./)?[\w/-]+\.\w+)?(#[\w-]*)?\)`)
	headingInDocument    = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor          = regexp.MustCompile("[^a-z0-9 _-]")
)

// documentTexts has the texts of docs/, by their names.
func documentTexts(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		texts[filepath.Base(file)] = string(text)
	}
	return texts
}

func TestNamesInDocumentsExist(t *testing.T) {
	exported := map[string]map[string]bool{}
	for name, folder := range packageFolders {
		exported[name] = exportedNames(t, folder)
	}
	checked := 0
	for file, text := range documentTexts(t) {
		for _, code := range codeInDocument.FindAllString(text, -1) {
			for _, found := range identifierInDocument.FindAllStringSubmatch(code, -1) {
				names, ours := exported[found[1]]
				if !ours {
					continue
				}
				checked++
				require.True(t, names[found[2]], "%s: %s", file, found[0])
				if found[3] != "" {
					require.True(t, names[found[2]+"."+found[3]] || isFieldOfConfig(found[0]), "%s: %s", file, found[0])
				}
			}
		}
	}
	require.Greater(t, checked, 100)
}

// isFieldOfConfig finds what pgadapt.Config has from pgconn's.
func isFieldOfConfig(identifier string) bool {
	field, ok := strings.CutPrefix(identifier, "pgadapt.Config.")
	if !ok {
		return false
	}
	_, found := reflect.TypeFor[pgadapt.Config]().FieldByName(field)
	return found
}

// exportedNames gives the exported names of a package, and those of fields and methods behind the names of their types.
func exportedNames(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range parsed.Decls {
			addNames(names, declaration)
		}
	}
	return names
}

func addNames(names map[string]bool, declaration ast.Decl) {
	switch declaration := declaration.(type) {
	case *ast.FuncDecl:
		names[receiverOf(declaration)+declaration.Name.Name] = true
	case *ast.GenDecl:
		for _, spec := range declaration.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					names[name.Name] = true
				}
			case *ast.TypeSpec:
				names[spec.Name.Name] = true
				addMembers(names, spec)
			}
		}
	}
}

// receiverOf gives the name of a method's type with a point behind, nothing for a function.
func receiverOf(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return ""
	}
	receiver := function.Recv.List[0].Type
	if pointer, ok := receiver.(*ast.StarExpr); ok {
		receiver = pointer.X
	}
	if name, ok := receiver.(*ast.Ident); ok {
		return name.Name + "."
	}
	return "?."
}

func addMembers(names map[string]bool, spec *ast.TypeSpec) {
	var members *ast.FieldList
	switch kind := spec.Type.(type) {
	case *ast.StructType:
		members = kind.Fields
	case *ast.InterfaceType:
		members = kind.Methods
	default:
		return
	}
	for _, member := range members.List {
		for _, name := range member.Names {
			names[spec.Name.Name+"."+name.Name] = true
		}
	}
}

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	texts := documentTexts(t)
	for file, text := range texts {
		for _, link := range linkInDocument.FindAllStringSubmatch(text, -1) {
			target := cmp.Or(link[1], file)
			_, err := os.Stat(filepath.Join("docs", target))
			require.NoError(t, err, "%s: %s", file, link[0])
			if link[2] != "" {
				linked, err := os.ReadFile(filepath.Join("docs", target))
				require.NoError(t, err)
				require.Contains(t, anchors(string(linked)), link[2], "%s: %s", file, link[0])
			}
		}
	}
}

// anchors gives the anchors of a document's headings, by GitHub's rule.
func anchors(text string) []string {
	var found []string
	for _, heading := range headingInDocument.FindAllStringSubmatch(text, -1) {
		anchor := notInAnchor.ReplaceAllString(strings.ToLower(heading[1]), "")
		found = append(found, "#"+strings.ReplaceAll(anchor, " ", "-"))
	}
	return found
}

// TestEveryPageIsInTheIndex says that whoever begins at docs/README.md finds all.
func TestEveryPageIsInTheIndex(t *testing.T) {
	texts := documentTexts(t)
	for file := range texts {
		if file != "README.md" {
			require.Contains(t, texts["README.md"], "["+file+"]("+file+")", "docs/README.md has no line for it")
		}
	}
	front, err := os.ReadFile("README.md")
	require.NoError(t, err)
	require.Contains(t, string(front), "](docs/README.md)")
}

var pathInDocument = regexp.MustCompile("`([a-z0-9_/]+(?:\\.go|/))`")

// TestFilesOfTheArchitectureExist looks up every file and folder that the page names.
func TestFilesOfTheArchitectureExist(t *testing.T) {
	text := documentTexts(t)["architecture.md"]
	paths := regexp.MustCompile(`[\w/]+\.go\b`).FindAllString(text, -1)
	for _, found := range pathInDocument.FindAllStringSubmatch(text, -1) {
		paths = append(paths, found[1])
	}
	require.Greater(t, len(paths), 50)
	for _, path := range paths {
		_, err := os.Stat(path)
		require.NoError(t, err, "docs/architecture.md names it")
	}
}

// TestFoldersAreInTheArchitecture says that the table of the floors has each folder with Go in it.
func TestFoldersAreInTheArchitecture(t *testing.T) {
	text := documentTexts(t)["architecture.md"]
	for _, pattern := range []string{"*/*.go", "*/*/*.go", "internal/*/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			folder, rest, _ := strings.Cut(filepath.ToSlash(file), "/")
			if folder == "internal" {
				name, _, _ := strings.Cut(rest, "/")
				folder += "/" + name
			}
			require.Contains(t, text, "`"+folder+"/`", "docs/architecture.md does not name the folder of %s", file)
		}
	}
}

// TestInterfacesOfTheArchitecture compares the page's table of interfaces with what the files assert, both ways.
func TestInterfacesOfTheArchitecture(t *testing.T) {
	asserted, shown := map[string]bool{}, map[string]bool{}
	assertion := regexp.MustCompile(`_ (driver\.\w+) += `)
	rows := regexp.MustCompile("(?m)^\\| (`driver\\..*) \\| `(\\w+\\.go)`.* \\|$").FindAllStringSubmatch(documentTexts(t)["architecture.md"], -1)
	for _, row := range rows {
		source, err := os.ReadFile(row[2])
		require.NoError(t, err)
		for _, found := range assertion.FindAllStringSubmatch(string(source), -1) {
			asserted[found[1]+" in "+row[2]] = true
		}
		for _, name := range codeInDocument.FindAllString(row[1], -1) {
			shown[strings.Trim(name, "`")+" in "+row[2]] = true
		}
	}
	require.NotEmpty(t, shown)
	require.Equal(t, asserted, shown)
}

// The list of what psycopg2 has is complete, and in order.
func TestParityTableHasEveryRow(t *testing.T) {
	rows := regexp.MustCompile(`(?m)^\| (\d+) \| .* \| .+ \|`).FindAllStringSubmatch(documentTexts(t)["psycopg2.md"], -1)
	require.Len(t, rows, 120)
	for i, row := range rows {
		require.Equal(t, strconv.Itoa(i+1), row[1])
	}
}
