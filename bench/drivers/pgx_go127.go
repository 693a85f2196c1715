//go:build go1.27

package drivers

// Destination gives the target itself: from Go 1.27 on the driver scans into it.
func (pgxStdlib) Destination(target any) any { return target }
