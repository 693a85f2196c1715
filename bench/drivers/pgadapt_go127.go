//go:build go1.27

package drivers

// ScanArray gives the slice itself: from Go 1.27 on the driver scans into it.
func (pgAdapt) ScanArray(array *[]int64) any { return array }
