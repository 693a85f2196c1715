package snippets

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/version"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Page is a document with snippets.
type Page struct {
	// File is its path below the root of the repository.
	File string
	// Blocks has its snippets in their order.
	Blocks []Block
	// Setup is the SQL that makes what the blocks expect of their database.
	Setup string

	prelude  string // the Go text of the prelude, perhaps empty
	declared map[string]bool
}

// common is what every page finds, in its own package.
const common = `package %s

import (
	"context"
	"database/sql"

	"github.com/pgadapt/pgadapt"
	snippetrunner "github.com/pgadapt/pgadapt/compat/snippets/runner"
)

var (
	ctx    context.Context
	stop   func()
	db     *sql.DB
	tx     *sql.Tx
	conn   *sql.Conn
	config *pgadapt.Config
	err    error
)

var SnippetPage = snippetrunner.Page{
	Name: %[1]q,
	Use: func(s snippetrunner.Session) {
		ctx, stop, db, tx, conn, config, err = s.Context, s.Stop, s.DB, s.Tx, s.Conn, s.Config, nil
	},
	Background: %s,
	Blocks: []snippetrunner.Block{%s},
}
`

// ReadPage reads a document below root, and its prelude in the folder preludes.
func ReadPage(root, file, preludes string) (Page, error) {
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return Page{}, err
	}
	page := Page{File: file, declared: map[string]bool{}}
	if page.Blocks, err = Blocks(file, string(text)); err != nil {
		return Page{}, err
	}
	prelude := filepath.Join(preludes, page.Name())
	if page.prelude, err = readIfThere(prelude + ".go"); err != nil {
		return Page{}, err
	}
	if page.Setup, err = readIfThere(prelude + ".sql"); err != nil {
		return Page{}, err
	}
	return page, page.declare()
}

func readIfThere(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

// declare notes what stands at the top of the prelude and of common.
func (p *Page) declare() error {
	for _, text := range []string{p.prelude, fmt.Sprintf(common, "p", "nil", "")} {
		if text == "" {
			continue
		}
		parsed, err := parse(text)
		if err != nil {
			return fmt.Errorf("the prelude of %s: %w", p.File, err)
		}
		for _, declaration := range parsed.Decls {
			maps.Copy(p.declared, topNames(declaration))
		}
	}
	return nil
}

func topNames(declaration ast.Decl) map[string]bool {
	if function, ok := declaration.(*ast.FuncDecl); ok {
		return map[string]bool{function.Name.Name: function.Recv == nil}
	}
	names := map[string]bool{}
	if general := declaration.(*ast.GenDecl); general.Tok != token.IMPORT {
		addDeclared(&ast.File{Name: ast.NewIdent("p"), Decls: []ast.Decl{general}}, names)
	}
	return names
}

// Name is the page's name as that of a Go package: "psycopg2values" for docs/psycopg2-values.md, "otelreadme" for
// otel/README.md.
func (p Page) Name() string {
	name := strings.ToLower(strings.TrimSuffix(p.File, ".md"))
	if name != "docs/readme" {
		name = strings.TrimPrefix(name, "docs/")
	}
	return strings.NewReplacer("-", "", "_", "", "/", "").Replace(name)
}

// with gives the page with only the blocks of the programs that link the driver.
func (p Page) with(driver string) Page {
	p.Blocks = slices.DeleteFunc(slices.Clone(p.Blocks), func(b Block) bool { return b.With != driver })
	return p
}

// write gives the files of the page's package by their names, and those of its programs. All blocks that cannot be
// written are in the error.
func (p Page) write() (files map[string]string, programs []Block, err error) {
	files = map[string]string{}
	runs := ""
	for _, block := range p.Blocks {
		written, failure := block.source(p.Name(), p.declared)
		switch {
		case failure != nil:
			err = errors.Join(err, failure)
		case written.form == wholeFile:
			programs = append(programs, block)
			continue
		case written.form == statements && block.runsHere():
			runs += fmt.Sprintf("{Line: %d, Run: %s}, ", block.Line, block.function())
		}
		files[block.function()+".go"] = written.text
	}
	background := "nil"
	if p.declared["background"] {
		background = "background"
	}
	files["common.go"] = fmt.Sprintf(common, p.Name(), background, runs)
	if p.prelude != "" {
		files["prelude.go"] = fmt.Sprintf("//line %s.go:1\n%s", p.Name(), p.prelude)
	}
	return files, programs, err
}

// runsHere reports whether a block runs, and with this version of Go.
func (b Block) runsHere() bool {
	return b.NotRun == "" && (b.FromGo == "" || version.Compare(version.Lang(runtime.Version()), b.FromGo) >= 0)
}
