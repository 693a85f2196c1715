//go:build !go1.27

package pgadapt_test

// allocationsOfTwoNumbers: before Go 1.27 database/sql takes each value as an interface.
const allocationsOfTwoNumbers = 2
