package compose

import "fmt"

// outermost marks an error that leaves the package.
func outermost(err error) error { return fmt.Errorf("compose: %w", err) }
