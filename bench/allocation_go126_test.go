//go:build !go1.27

package main

// aboveEmpty is how many allocations an operation makes above those of the empty driver.
// database/sql boxes what a column is: an allocation for each value that is not small, and one more for each text.
var aboveEmpty = map[string]float64{
	"single/int-prepared":           0,
	"single/int-adhoc":              0,
	"single/ten-columns":            10,
	"rows/ten-columns-1000":         9407,
	"rows/int8-100000":              99900,
	"rows/texts-10000x3":            60000,
	"rows/timestamps-10000x2":       20000,
	"rows/floats-10000x3":           29970,
	"rows/nulls-10000x4":            4740,
	"types/numeric-10000":           20000,
	"types/jsonb-1000":              1000,
	"types/uuid-10000":              20000,
	"destinations/any-1000x5":       4743,
	"destinations/sqlx-select-1000": 9407,
	"write/insert":                  0,
}
