// Package goose holds the tests of github.com/pressly/goose over pgadapt. It takes a *sql.DB with the dialect, which is
// no driver's name: goose.NewProvider(goose.DialectPostgres, db, files).
package goose
