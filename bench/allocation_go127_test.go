//go:build go1.27

package main

// aboveEmpty is how many allocations an operation makes above those of the empty driver.
// The driver scans into the destination: nothing is left but the memory of each text and byte slice.
var aboveEmpty = map[string]float64{
	"single/int-prepared":           0,
	"single/int-adhoc":              0,
	"single/ten-columns":            4,
	"rows/ten-columns-1000":         3334,
	"rows/int8-100000":              0,
	"rows/texts-10000x3":            30000,
	"rows/timestamps-10000x2":       0,
	"rows/floats-10000x3":           0,
	"rows/nulls-10000x4":            1000,
	"types/numeric-10000":           10000,
	"types/jsonb-1000":              1000,
	"types/uuid-10000":              10000,
	"destinations/any-1000x5":       4743,
	"destinations/sqlx-select-1000": 3334,
	"write/insert":                  0,
}
