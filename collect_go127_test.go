//go:build go1.27

package pgadapt_test

const allocationsOfTwoNumbers = 0
