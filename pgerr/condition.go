package pgerr

import "errors"

// Condition is what an error can be compared with: a [Code] or a [Group]. An error type of your own becomes comparable
// with all of them by
//
//	func (e *MyError) Is(target error) bool {
//		condition, ok := target.(pgerr.Condition)
//		return ok && condition.Matches(e.SQLState())
//	}
type Condition interface {
	error
	// Matches tells whether an error with this SQLSTATE meets the condition. It is false for "".
	Matches(sqlState string) bool
}

// Is tells whether err meets the condition. It finds what errors.Is finds, and besides every error in err's tree that
// has a method SQLState() string, such as *pgconn.PgError and *pq.Error, which know nothing of this package.
func Is(err error, condition Condition) bool {
	if errors.Is(err, condition) {
		return true
	}
	if condition == nil {
		return false
	}
	_, found := findSQLState(err, condition)
	return found
}

// Of gives the SQLSTATE of err: that of the first error in its tree, in the order of errors.As, that has one, by a
// method SQLState() string. It is false for nil and for an error that has none, such as a lost connection.
func Of(err error) (Code, bool) {
	sqlState, found := findSQLState(err, Database)
	return Code(sqlState), found
}

// findSQLState gives the first SQLSTATE in the tree of err that the condition matches.
func findSQLState(err error, condition Condition) (string, bool) {
	for err != nil {
		if coded, ok := err.(interface{ SQLState() string }); ok {
			if sqlState := coded.SQLState(); condition.Matches(sqlState) {
				return sqlState, true
			}
		}
		switch wrapper := err.(type) {
		case interface{ Unwrap() error }:
			err = wrapper.Unwrap()
		case interface{ Unwrap() []error }:
			return findInBranches(wrapper.Unwrap(), condition)
		default:
			return "", false
		}
	}
	return "", false
}

func findInBranches(branches []error, condition Condition) (string, bool) {
	for _, branch := range branches {
		if sqlState, found := findSQLState(branch, condition); found {
			return sqlState, true
		}
	}
	return "", false
}
