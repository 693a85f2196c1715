// Package document keeps what a program generates up to date inside a document that people write.
package document

import (
	"fmt"
	"os"
	"strings"
)

// Section is the part of a document between two markers.
type Section struct {
	// Begin and End are the markers, with the newline that ends each.
	Begin, End string
}

// Replace gives the document with content between the markers. A document without both, in their order, is an error.
func (s Section) Replace(document, content string) (string, error) {
	before, rest, found := strings.Cut(document, s.Begin)
	if !found {
		return "", fmt.Errorf("missing marker %q", s.Begin)
	}
	_, after, found := strings.Cut(rest, s.End)
	if !found {
		return "", fmt.Errorf("missing marker %q", s.End)
	}
	return before + s.Begin + content + s.End + after, nil
}

// Rewrite replaces the content in a file.
func (s Section) Rewrite(file, content string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	replaced, err := s.Replace(string(old), content)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, []byte(replaced), 0o644)
}
