package pgadapt

import (
	"database/sql"
	"errors"
	"iter"
)

// ErrTooManyRows is returned by [One] when a query gives more than one row.
var ErrTooManyRows = errors.New("pgadapt: the query gives more than one row")

// errMoreResults keeps what follows the first result set from being lost unseen.
var errMoreResults = errors.New("pgadapt: the text gives more than one result set, and only the first would be read: " +
	"run its statements one by one, or read the sql.Rows with NextResultSet")

// Collect reads all rows of a query, closes them, and gives one T for each. It takes what a Query method returns:
//
//	users, err := pgadapt.Collect[User](db.QueryContext(ctx, "select id, name from users"))
//
// What a row becomes depends on T:
//
//   - A struct takes each column in the field whose tag db has the column's name, else in the exported field whose name
//     it is without regard to case and underscores: created_at belongs to CreatedAt. The fields of an embedded struct
//     count as the struct's own; those of an embedded pointer do not, nor do those tagged db:"-". A column without a
//     field, a field without a column, and two columns for one field are errors that name them.
//   - A map with values of type any, such as map[string]any, has each column's value under its name, as Scan gives it to
//     an *any. Two columns of one name are an error.
//   - []any has the values in the order of the columns.
//   - Any other T is the value of the only column, scanned as by Scan: numbers, strings, time.Time, slices for arrays,
//     whatever is an [sql.Scanner].
//   - A pointer to a struct, map or []any that is a row points at a new one for each row; another pointer is nil for NULL.
//
// Without rows the slice is empty, not nil. What the rows end with is an error, also a second result set, which would
// otherwise be lost. Rows of any database/sql driver will do.
func Collect[T any](rows *sql.Rows, err error) ([]T, error) {
	all := []T{}
	for row, err := range Each[T](rows, err) {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}

// One reads the only row of a query, and closes the rows; see [Collect] for what T may be. The error is
// [sql.ErrNoRows] when there is no row, and [ErrTooManyRows] when there are more.
//
//	user, err := pgadapt.One[User](db.QueryContext(ctx, "select id, name from users where id = $1", 7))
func One[T any](rows *sql.Rows, err error) (T, error) {
	var none, only T
	count := 0
	for row, err := range Each[T](rows, err) {
		if err != nil {
			return none, err
		}
		if count++; count > 1 {
			return none, ErrTooManyRows
		}
		only = row
	}
	if count == 0 {
		return none, sql.ErrNoRows
	}
	return only, nil
}

// Each reads the rows of a query one by one, and closes them when the loop ends, however it ends; see [Collect] for what
// T may be. An error is the last thing in the sequence.
//
//	for user, err := range pgadapt.Each[User](db.QueryContext(ctx, "select id, name from users")) {
//		if err != nil {
//			return err
//		}
//		…
//	}
//
// The sequence is good for one loop. Rows whose sequence is never looped over stay open.
func Each[T any](rows *sql.Rows, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if err != nil {
			yield(none, err)
			return
		}
		defer func() { _ = rows.Close() }()
		reader, err := newRowReader[T](rows)
		if err != nil {
			yield(none, err)
			return
		}
		for rows.Next() {
			row, err := reader.read(rows)
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := endOfRows(rows); err != nil {
			yield(none, err)
		}
	}
}

// endOfRows gives the error with which rows have ended. It looks beyond the first result set: there may be another,
// or a later statement's error. Rows that have ended take one call, and then Close: with Go 1.27.0, a second call in
// between may wait for ever, where the context of the query can end (https://go.dev/issue/81043).
func endOfRows(rows *sql.Rows) error {
	if rows.NextResultSet() {
		return errMoreResults
	}
	closed := rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	return closed
}
