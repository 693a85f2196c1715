//go:build go1.27

package pgadapt

import "reflect"

// scannable gives a destination for Scan.
func scannable(pointer any, _ reflect.Type) any { return pointer }
