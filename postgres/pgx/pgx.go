// Package pgx registers pgadapt under the name of pgx/stdlib, for programs that are to change an import and nothing
// else:
//
//	import _ "github.com/pgadapt/pgadapt/postgres/pgx" // was: _ "github.com/jackc/pgx/v5/stdlib"
//
//	db, err := sql.Open("pgx", dsn)
//
// If the name is taken, because pgx/stdlib is still linked, possibly by a library, the program panics when it starts,
// as described for the package [github.com/pgadapt/pgadapt/postgres]. What leaves database/sql, such as stdlib.OpenDB or
// a *stdlib.Conn from sql.Conn.Raw, needs pgx/stdlib itself.
package pgx

import "github.com/pgadapt/pgadapt/postgres/internal/drivername"

func init() {
	if err := drivername.Register("pgx"); err != nil {
		panic(err)
	}
}
