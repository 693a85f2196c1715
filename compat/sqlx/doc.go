// Package sqlx holds the tests of github.com/jmoiron/sqlx over pgadapt.
//
// sqlx writes named queries with the placeholders of the driver that it was opened with, and does not know
// pgadapt's name: without more it writes question marks. A program says once, before it opens a database,
// that they are PostgreSQL's:
//
//	func init() { sqlx.BindDriver("pgadapt", sqlx.DOLLAR) }
//
// or opens pgadapt under a name that sqlx knows, by the package github.com/pgadapt/pgadapt/postgres.
package sqlx
