// Package table prints what the examples have found as columns of text.
package table

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Table is an answer in rows and columns. The first column is aligned to the left, the others, which are
// mostly numbers, to the right, unless Left says otherwise.
type Table struct {
	lines [][]string
	left  map[int]bool
}

// New makes a table with a line of column titles.
func New(titles ...string) *Table {
	return &Table{lines: [][]string{titles}, left: map[int]bool{0: true}}
}

// Left aligns the columns with the titles to the left, and gives the table.
func (t *Table) Left(titles ...string) *Table {
	for i, title := range t.lines[0] {
		if slices.Contains(titles, title) {
			t.left[i] = true
		}
	}
	return t
}

// Add adds a row, which has a cell for each column.
func (t *Table) Add(cells ...string) {
	t.lines = append(t.lines, cells)
}

// Rows gives the number of rows, without the titles.
func (t *Table) Rows() int { return len(t.lines) - 1 }

// String gives the table as text, indented, each line ended.
func (t *Table) String() string { return t.Head(t.Rows()) }

// Head gives the text of the first rows, and says how many more there are.
func (t *Table) Head(rows int) string {
	rows = min(max(rows, 0), t.Rows())
	widths := t.widths()
	var text strings.Builder
	for _, cells := range t.lines[:1+rows] {
		var line strings.Builder
		for i, cell := range cells {
			width := widths[i]
			if t.left[i] {
				width = -width
			}
			fmt.Fprintf(&line, "  %*s", width, cell)
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	if more := t.Rows() - rows; more > 0 {
		fmt.Fprintf(&text, "  … and %d more\n", more)
	}
	return text.String()
}

func (t *Table) widths() []int {
	widths := make([]int, len(t.lines[0]))
	for _, cells := range t.lines {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}
