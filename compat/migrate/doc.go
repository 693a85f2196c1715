// Package migrate holds the tests of github.com/golang-migrate/migrate over pgadapt, with its database drivers for
// lib/pq (database/postgres) and for pgx (database/pgx/v5). Both take a pool:
//
//	instance, err := postgres.WithInstance(db, &postgres.Config{})
//	migrations, err := migrate.NewWithInstance("iofs", source, "postgres", instance)
//
// They link lib/pq and pgx/stdlib, whose names are then not free.
package migrate
