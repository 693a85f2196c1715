package main

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// table is an answer in rows and columns. The first column is aligned to the left, the others, which are
// mostly numbers, to the right.
type table struct {
	lines [][]string
}

// newTable makes a table with a line of column titles.
func newTable(titles ...string) *table {
	return &table{lines: [][]string{titles}}
}

// add adds a row, which has a cell for each column.
func (t *table) add(cells ...string) {
	t.lines = append(t.lines, cells)
}

// String gives the table as text, indented, each line ended.
func (t *table) String() string {
	widths := t.widths()
	var text strings.Builder
	for _, cells := range t.lines {
		fmt.Fprintf(&text, "  %-*s", widths[0], cells[0])
		for i, cell := range cells[1:] {
			fmt.Fprintf(&text, "  %*s", widths[i+1], cell)
		}
		text.WriteByte('\n')
	}
	return text.String()
}

func (t *table) widths() []int {
	widths := make([]int, len(t.lines[0]))
	for _, cells := range t.lines {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// date gives the date of t, which is at midnight UTC if it comes from a column of type date.
func date(t time.Time) string { return t.Format(time.DateOnly) }

// degrees gives a temperature with the one decimal that it was measured with.
func degrees(celsius float64) string { return fmt.Sprintf("%.1f", celsius) }

// milliseconds gives a duration for people to read.
func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
