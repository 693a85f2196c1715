//go:build !go1.27

package drivers

import "github.com/pgadapt/pgadapt"

// Destination uses the wrapper: before Go 1.27 database/sql lets no driver see a destination.
func (pgAdapt) Destination(target any) any { return pgadapt.Scan(target) }
