// Package names holds the tests of programs that open pgadapt under the names of lib/pq and pgx/stdlib: with a library
// that goes by the name, and while the other driver is linked, too.
package names
