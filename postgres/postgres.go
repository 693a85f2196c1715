// Package postgres registers pgadapt under the name of lib/pq, for programs that are to change an import and nothing
// else:
//
//	import _ "github.com/pgadapt/pgadapt/postgres" // was: _ "github.com/lib/pq"
//
//	db, err := sql.Open("postgres", dsn)
//
// Connection strings stay as they are, and libraries that choose their SQL by a driver's name (sqlx, xorm, ent,
// goose) see the name that they know. The name "pgadapt" is registered too. The name "pgx" is registered where it is
// free; a program that opens "pgx" imports [github.com/pgadapt/pgadapt/postgres/pgx], which insists on it.
//
// # When the name is taken
//
// A name has one driver in a program. If lib/pq is still linked, possibly by a library, sql.Open("postgres", …) would
// silently go there; so the program panics when it starts, and the text says whose the name is, how to find who
// imports that driver, and that sql.Open("pgadapt", …) works beside it. lib/pq may stay linked for pq.Array or pq.Error
// then. Packages are initialized in the order of their import paths, dependencies first, so it is this package that
// comes second and can say so; a driver that does come later makes database/sql panic with "Register called twice",
// which means the same.
package postgres

import "github.com/pgadapt/pgadapt/postgres/internal/drivername"

func init() {
	if err := drivername.Register("postgres"); err != nil {
		panic(err)
	}
	drivername.RegisterIfFree("pgx")
}
