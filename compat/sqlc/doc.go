// Package sqlc holds the tests of code that sqlc (github.com/sqlc-dev/sqlc) generates for database/sql, over pgadapt: in
// the package libpq with prepared statements as for lib/pq, in pgxstdlib with sql_driver github.com/jackc/pgx/v5. The
// code takes a *sql.DB or *sql.Tx as it is.
//
// schema.sql and query.sql are what the code is made from, by sqlc.yaml.
package sqlc

//go:generate go run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1 generate
