package pgerr

// Group is a set of classes under the name of the exception that Python's DB-API (PEP 249, "Exceptions") has for them,
// as psycopg2 assigns it. docs/errors.md lists the classes of each.
type Group string

var _ Condition = Group("")

// The groups. Every SQLSTATE is in Database and in at most one other.
const (
	// Database has every error that has an SQLSTATE, psycopg2's DatabaseError.
	Database Group = "DatabaseError"
	// Data has the errors of values, psycopg2's DataError: class 22.
	Data Group = "DataError"
	// Integrity has the violations of constraints, psycopg2's IntegrityError: class 23.
	Integrity Group = "IntegrityError"
	// Internal has wrong states and the errors of functions, psycopg2's InternalError. It is much wider than the class
	// [InternalError]: a failed transaction and RAISE EXCEPTION are in it.
	Internal Group = "InternalError"
	// NotSupported has what PostgreSQL does not have, psycopg2's NotSupportedError: class 0A.
	NotSupported Group = "NotSupportedError"
	// Operational has what is not the program's doing, psycopg2's OperationalError: connections, limits, rollbacks
	// because of conflicts ([TransactionRollback]) and cancelled statements ([QueryCanceled]).
	Operational Group = "OperationalError"
	// Programming has mistakes in the statement, psycopg2's ProgrammingError: unknown tables, syntax, privileges.
	Programming Group = "ProgrammingError"
)

// Error gives the name of the group's exception in Python.
func (g Group) Error() string { return string(g) }

// Matches tells whether an error with this SQLSTATE is in the group.
func (g Group) Matches(sqlState string) bool {
	if len(sqlState) != sqlStateLength {
		return false
	}
	return g == Database || g == groupOf(sqlState)
}

// groupOf follows psycopg2, which decides by the class and for some classes by its first character alone. Codes that
// PostgreSQL does not have, such as those of user-defined exceptions, are decided by the same rule.
func groupOf(sqlState string) Group {
	if len(sqlState) != sqlStateLength {
		return Database
	}
	switch sqlState[:classLength] {
	case "0A":
		return NotSupported
	case "20", "21", "3D", "3F", "42", "44":
		return Programming
	case "22":
		return Data
	case "23":
		return Integrity
	case "24", "25", "2B", "2D", "2F", "38", "39", "3B":
		return Internal
	case "08", "26", "27", "28", "34", "40":
		return Operational
	}
	switch sqlState[0] {
	case '5', 'H':
		return Operational
	case 'F', 'P', 'X':
		return Internal
	}
	return Database
}
