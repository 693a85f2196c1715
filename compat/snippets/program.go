package snippets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pgadapt/pgadapt/compat/snippets/runner"
)

// drivers has the programs that blocks run in: what they link besides, and the driver's name there.
var drivers = []struct{ with, program, imported, name string }{
	{"", "pgadapt", "github.com/pgadapt/pgadapt", "pgadapt"},
	{"lib/pq", "libpq", "github.com/lib/pq", "postgres"},
	{"pgx/stdlib", "pgxstdlib", "github.com/jackc/pgx/v5/stdlib", "pgx"},
}

// The folder of the generated packages, which exists for the go command only.
const generated = "generated"

// Programs are the built snippets of pages.
type Programs struct {
	folder string
	own    map[string][]Block // the blocks that are programs by themselves, by their pages
}

// overlay collects files for the go command's flag of that name.
type overlay struct {
	folder  string // where the files are
	Replace map[string]string
}

func (o *overlay) add(packageFolder, name, text string) error {
	path, err := filepath.Abs(filepath.Join(generated, packageFolder, name))
	if err != nil {
		return err
	}
	stored := filepath.Join(o.folder, fmt.Sprintf("%d.go", len(o.Replace)))
	o.Replace[path] = stored
	return os.WriteFile(stored, []byte(text), 0o600)
}

// Build compiles all blocks of all pages by one call of the go command, into a folder of the caller's. It has to be
// called in the folder of this package. The error has a line for each thing that is wrong, with its place in a page.
func Build(ctx context.Context, folder string, pages []Page) (*Programs, error) {
	files := &overlay{folder: folder, Replace: map[string]string{}}
	built := &Programs{folder: folder, own: map[string][]Block{}}
	packages, err := built.write(files, pages)
	if err != nil {
		return nil, err
	}
	description, err := json.Marshal(files)
	if err != nil {
		return nil, err
	}
	overlayFile := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(overlayFile, description, 0o600); err != nil {
		return nil, err
	}
	arguments := append([]string{"build", "-ldflags=-s -w", "-overlay", overlayFile, "-o", folder + string(filepath.Separator)}, packages...)
	output, err := exec.CommandContext(ctx, "go", arguments...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w:\n%s", err, placesInPages(string(output)))
	}
	return built, nil
}

// write writes the packages of all pages and programs, and gives what is to be built.
func (p *Programs) write(files *overlay, pages []Page) (packages []string, err error) {
	for _, driver := range drivers {
		var imports, names strings.Builder
		for _, page := range pages {
			page = page.with(driver.with)
			if len(page.Blocks) == 0 {
				continue
			}
			folder := driver.program + "/" + page.Name()
			err = errors.Join(err, p.writePage(files, folder, page))
			fmt.Fprintf(&imports, "import %s \"github.com/pgadapt/pgadapt/compat/snippets/generated/%s\"\n", page.Name(), folder)
			fmt.Fprintf(&names, ", %s.SnippetPage", page.Name())
		}
		if names.Len() == 0 {
			continue
		}
		main := fmt.Sprintf("package main\n\nimport snippetrunner \"github.com/pgadapt/pgadapt/compat/snippets/runner\"\n"+
			"import _ %q\n%s\nfunc main() { snippetrunner.Main(%q%s) }\n", driver.imported, &imports, driver.name, &names)
		err = errors.Join(err, files.add(driver.program, "main.go", main))
		packages = append(packages, "./"+generated+"/"+driver.program)
	}
	for _, blocks := range p.own {
		for _, block := range blocks {
			packages = append(packages, "./"+generated+"/"+block.program())
		}
	}
	return packages, err
}

func (p *Programs) writePage(files *overlay, folder string, page Page) error {
	texts, programs, err := page.write()
	if err != nil {
		return err
	}
	for name, text := range texts {
		err = errors.Join(err, files.add(folder, name, text))
	}
	for _, block := range programs {
		err = errors.Join(err, files.add(block.program(), "main.go", block.marker(0)+block.Text+"\n"))
		p.own[page.Name()] = append(p.own[page.Name()], block)
	}
	return err
}

// program is the name of a block that is a program by itself.
func (b Block) program() string { return Page{File: b.File}.Name() + b.function() }

var (
	linePlace   = regexp.MustCompile(`^\S*?((?:docs/)?[\w-]+\.md:\d+:)(?:\d+:)?`)
	packageLine = regexp.MustCompile(`(?m)^#.*\n`)
)

// placesInPages cuts from the compiler's messages the folders that only it knows.
func placesInPages(output string) string {
	lines := strings.Split(packageLine.ReplaceAllString(output, ""), "\n")
	for i, line := range lines {
		lines[i] = linePlace.ReplaceAllString(line, "$1")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Run runs the blocks of a page and gives what each did. Each of the page's programs gets a database of its own from
// newDatabase, which gives a connection string. The version of Go and the comments of the page decide which blocks run.
func (p *Programs) Run(ctx context.Context, page Page, newDatabase func() string) ([]runner.Result, error) {
	var results []runner.Result
	for _, driver := range drivers {
		if len(page.with(driver.with).Blocks) == 0 {
			continue
		}
		output, err := p.execute(ctx, driver.program, newDatabase(), page.Name())
		if err != nil {
			return nil, err
		}
		for decoder := json.NewDecoder(bytes.NewReader(output)); decoder.More(); {
			var result runner.Result
			if err := decoder.Decode(&result); err != nil {
				return nil, err
			}
			results = append(results, result)
		}
	}
	for _, block := range p.own[page.Name()] {
		if block.runsHere() {
			output, err := p.execute(ctx, block.program(), newDatabase())
			result := runner.Result{Line: block.Line, Output: string(output)}
			if err != nil {
				result.Error = err.Error()
			}
			results = append(results, result)
		}
	}
	return results, nil
}

func (p *Programs) execute(ctx context.Context, name, dsn string, arguments ...string) ([]byte, error) {
	var output, complaints bytes.Buffer
	command := exec.CommandContext(ctx, filepath.Join(p.folder, name), arguments...)
	command.Env = append(os.Environ(), "DATABASE_URL="+dsn)
	command.Dir = p.folder // where a snippet may write a file
	command.Stdout, command.Stderr = &output, &complaints
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%w\n%s%s", err, &output, &complaints)
	}
	return output.Bytes(), nil
}
