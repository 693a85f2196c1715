// Package scany holds the tests of github.com/georgysavva/scany, its package sqlscan, over pgadapt. It takes a *sql.DB
// or *sql.Tx as it is.
package scany
