//go:build !go1.27

package drivers

import "github.com/lib/pq"

// ScanArray uses lib/pq's wrapper: before Go 1.27 database/sql lets no driver scan into a slice.
func (pgAdapt) ScanArray(array *[]int64) any { return pq.Array(array) }
