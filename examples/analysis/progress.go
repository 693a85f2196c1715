package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// barWidth is the number of characters between the ends of the bar.
const barWidth = 40

// bar is a line that shows how far something is, and is written anew each time.
type bar struct {
	out   io.Writer
	what  string
	total int64
}

// newBar makes a bar. It shows nothing where out is a file that is no terminal, such as a log.
func newBar(out io.Writer, what string, total int64) *bar {
	if file, ok := out.(*os.File); ok && !isTerminal(file) {
		out = io.Discard
	}
	return &bar{out, what, total}
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show draws the bar.
func (b *bar) show(done int64) {
	part := min(float64(done)/float64(max(b.total, 1)), 1)
	full := int(part * barWidth)
	fmt.Fprintf(b.out, "\r  [%s%s] %3.0f %%  %d %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full),
		100*part, done, b.what)
}

// end leaves the bar behind, as it was shown last.
func (b *bar) end() { fmt.Fprintln(b.out) }
