// Package pgerr has a sentinel for each of PostgreSQL's error codes (SQLSTATE), for each class of them, and for each
// group that Python's DB-API and psycopg2 put them in.
//
//	_, err := db.ExecContext(ctx, "insert into account (email) values ($1)", email)
//	switch {
//	case errors.Is(err, pgerr.UniqueViolation): // the code 23505
//	case errors.Is(err, pgerr.IntegrityConstraintViolation): // any other code of class 23
//	case errors.Is(err, pgerr.Operational): // what psycopg2 calls OperationalError
//	}
//
// errors.Is works with pgadapt's errors, which know of this package. [Is] and [Of] work with every error that has a
// method SQLState() string, such as those of pgx and lib/pq.
//
// # Codes and classes
//
// A [Code] is the five characters of an SQLSTATE. Its first two are its class. A code that ends in 000 stands for its
// class and matches every code of it, as such a condition name does in PL/pgSQL (PostgreSQL documentation, "Trapping
// Errors"). So class 23 and its own code, 23000, are one sentinel, [IntegrityConstraintViolation]; to tell 23000 from
// the other codes of the class, compare what [Of] gives.
//
// Any code works, not only those that have a constant: an error raised with ERRCODE 'MY001' matches Code("MY001") and,
// as one of class MY, Code("MY000").
//
// # Names
//
// A constant is named for PL/pgSQL's condition name: unique_violation is [UniqueViolation]. The list is that of
// PostgreSQL 18 (documentation, "PostgreSQL Error Codes"), and one code that releases before 17 send.
//
//   - Where two codes share a condition name, those of the classes 38 and 39 end in Ext, as in psycopg2
//     ([NullValueNotAllowedExt]), and that of class 01 in Warning ([StringDataRightTruncationWarning]).
//   - Abbreviations such as SQL, JSON and FDW are written in capitals: [InFailedSQLTransaction].
//   - PostgreSQL has no code 10000; [XQueryError] is there to stand for class 10.
//
// # Groups
//
// A [Group] is coarser than a class: psycopg2's OperationalError is [Operational], IntegrityError is [Integrity], and
// so on. psycopg2's QueryCanceledError and TransactionRollbackError hold one code and one class, so that they are
// [QueryCanceled] and [TransactionRollback] here. An error without an SQLSTATE, such as a lost connection, is in no
// group unless its own Is method says so.
package pgerr

//go:generate go run ./internal/codelist
//go:generate go run ./internal/groupdoc -file ../docs/errors.md
