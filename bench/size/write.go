package size

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/pgadapt/pgadapt/internal/document"
)

var columns = []string{
	"driver", "file grows by", "without symbols", "packages start in", "allocating", "of it the driver's module", "allocating",
}

// cells gives a row of the table.
func (a Addition) cells() []string {
	megabytes := func(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
	allocated := func(i Initialization) string {
		return fmt.Sprintf("%d in %.0f kB", i.Allocations, float64(i.Bytes)/1e3)
	}
	clock := func(i Initialization) string { return fmt.Sprintf("%d µs", i.Clock.Microseconds()) }
	return []string{a.Driver, megabytes(a.File), megabytes(a.Stripped), clock(a.Start), allocated(a.Start), clock(a.Own), allocated(a.Own)}
}

// Write prints a table.
func (c Comparison) Write(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s\n%s\n", c.Go, strings.Join(columns, "\t"))
	for _, addition := range c.Drivers {
		fmt.Fprintln(table, strings.Join(addition.cells(), "\t"))
	}
	fmt.Fprintln(table)
	return table.Flush()
}

var section = document.Section{
	Begin: "<!-- Sizes by go run ./bench -sizes -record docs; do not edit. -->\n",
	End:   "<!-- End of the sizes. -->\n",
}

// Record writes the tables into performance.md in a folder of documents.
func Record(folder string, comparisons []Comparison) error {
	var text strings.Builder
	for _, comparison := range comparisons {
		row := func(cells []string) { fmt.Fprintf(&text, "| %s |\n", strings.Join(cells, " | ")) }
		columns := append([]string{comparison.Go}, columns[1:]...)
		row(columns)
		fmt.Fprintln(&text, strings.Repeat("|---", len(columns))+"|")
		for _, addition := range comparison.Drivers {
			row(addition.cells())
		}
		fmt.Fprintln(&text)
	}
	return section.Rewrite(filepath.Join(folder, "performance.md"), "\n"+text.String())
}
