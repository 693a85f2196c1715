// Package ent holds the tests of entgo.io/ent over pgadapt:
//
//	model.NewClient(model.Driver(entsql.OpenDB(dialect.Postgres, db)))
//
// The folder schema has the tables, and model the code that ent generates for them.
package ent

//go:generate go run -mod=mod entgo.io/ent/cmd/ent@v0.14.5 generate --feature sql/upsert --target ./model ./schema
