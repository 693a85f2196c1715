// Package bun holds the tests of github.com/uptrace/bun with its dialect pgdialect over pgadapt:
//
//	bun.NewDB(sql.OpenDB(pgadapt.NewConnector(config)), pgdialect.New())
//
// bun writes the arguments into the text itself, and reads arrays, json and structs by its own code.
package bun
