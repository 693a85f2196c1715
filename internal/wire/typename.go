package wire

import (
	"cmp"
	"iter"
	"slices"
)

// builtinType is a row of pg_type that every database has.
type builtinType struct {
	oid         uint32
	upper, name string
}

// TypeName gives the name of a built-in type in upper case: pg_type.typname, as in INT4, _INT4 for its array,
// TIMESTAMPTZ, BPCHAR. Pseudo-types and the row types of system catalogs are included. ok is false for every type
// that was created in a database or belongs to a later version than the list, whose version is at its head.
func TypeName(oid uint32) (name string, ok bool) {
	i, ok := slices.BinarySearchFunc(builtinTypes, oid, func(t builtinType, oid uint32) int {
		return cmp.Compare(t.oid, oid)
	})
	if !ok {
		return "", false
	}
	return builtinTypes[i].upper, true
}

// CountTypes is how many built-in types there are.
func CountTypes() int { return len(builtinTypes) }

// CatalogNames gives every built-in type: its OID and its name as pg_type.typname has it, in lower case.
func CatalogNames() iter.Seq2[uint32, string] {
	return func(yield func(uint32, string) bool) {
		for _, builtin := range builtinTypes {
			if !yield(builtin.oid, builtin.name) {
				return
			}
		}
	}
}
