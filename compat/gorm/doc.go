// Package gorm holds the tests of gorm.io/gorm with gorm.io/driver/postgres over pgadapt. A program opens it by the
// driver's name or by a pool of its own:
//
//	gorm.Open(postgres.New(postgres.Config{DriverName: "pgadapt", DSN: dsn}))
//	gorm.Open(postgres.New(postgres.Config{Conn: db}))
//
// gorm.io/driver/postgres links pgx/stdlib, so the name "pgx" is never free beside it.
package gorm
