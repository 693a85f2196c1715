package snippets

import (
	"fmt"
	"regexp"
	"strings"
)

// Block is a Go snippet of a page.
type Block struct {
	// File is the path of the page, below the root of the repository.
	File string
	// Line is the page's line with the snippet's first one, from 1.
	Line int
	// Text is the snippet, without its fences.
	Text string
	// NotRun is why the block is compiled only, empty for one that runs.
	NotRun string
	// FromGo is the oldest version of Go that the block runs with, such as "go1.27"; empty for all.
	FromGo string
	// With is the driver that the block's program links beside pgadapt: "lib/pq", "pgx/stdlib" or nothing.
	With string
}

const (
	opening = "```go"
	closing = "```"
)

var directive = regexp.MustCompile(`^<!-- snippet: (.*) -->$`)

// Place gives the block's place for an error.
func (b Block) Place() string { return fmt.Sprintf("%s:%d", b.File, b.Line) }

// Blocks finds the Go snippets of a page. What is wrong with a directive or a fence is an error with its place.
func Blocks(file, text string) ([]Block, error) {
	lines := strings.Split(text, "\n")
	var blocks []Block
	for i := 0; i < len(lines); i++ {
		if isStrangeOpening(lines[i]) {
			return nil, fmt.Errorf("%s:%d: a block of Go begins with %s alone, at the beginning of the line", file, i+1, opening)
		}
		if !strings.HasPrefix(lines[i], closing) {
			if directive.MatchString(lines[i]) && (i+1 == len(lines) || lines[i+1] != opening) {
				return nil, fmt.Errorf("%s:%d: a snippet's comment without a block of Go behind it", file, i+1)
			}
			continue
		}
		end := endOfFence(lines, i+1)
		if end < 0 {
			return nil, fmt.Errorf("%s:%d: a block without an end", file, i+1)
		}
		if lines[i] == opening {
			block := Block{File: file, Line: i + 2, Text: strings.Join(lines[i+1:end], "\n")}
			if err := block.read(lines, i-1); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, i, err)
			}
			blocks = append(blocks, block)
		}
		i = end
	}
	return blocks, nil
}

// isStrangeOpening finds what a reader's program shows as Go and Blocks would not find.
func isStrangeOpening(line string) bool {
	word := strings.ToLower(strings.TrimLeft(line, " \t`~"))
	trimmed := strings.TrimLeft(line, " \t")
	fenced := strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")
	return fenced && (word == "go" || word == "golang" || strings.HasPrefix(word, "go ")) && line != opening
}

func endOfFence(lines []string, start int) int {
	for i := start; i < len(lines); i++ {
		if lines[i] == closing {
			return i
		}
	}
	return -1
}

// read takes what the comment before a block says.
func (b *Block) read(lines []string, before int) error {
	if before < 0 {
		return nil
	}
	found := directive.FindStringSubmatch(lines[before])
	if found == nil {
		return nil
	}
	for _, part := range strings.Split(found[1], ";") {
		if err := b.set(strings.TrimSpace(part)); err != nil {
			return err
		}
	}
	return nil
}

func (b *Block) set(part string) error {
	switch {
	case strings.HasPrefix(part, "not run"):
		_, reason, _ := strings.Cut(part, ":")
		b.NotRun = strings.TrimSpace(reason)
		if b.NotRun == "" {
			return fmt.Errorf("a snippet that is not run needs a reason: %q", part)
		}
	case strings.HasPrefix(part, "from go1."):
		b.FromGo = strings.TrimPrefix(part, "from ")
	case part == "with lib/pq", part == "with pgx/stdlib":
		b.With = strings.TrimPrefix(part, "with ")
	default:
		return fmt.Errorf("a snippet's comment says nothing known: %q", part)
	}
	return nil
}
