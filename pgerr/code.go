package pgerr

import (
	"slices"
	"strings"
)

// Code is an SQLSTATE: five digits and capital letters, the first two of which are the class. It is an error to
// compare with, and one that a test can return in place of the server's.
type Code string

var _ Condition = Code("")

// Error gives the condition name and the code.
func (c Code) Error() string {
	if name := c.Name(); name != "" {
		return name + " (SQLSTATE " + string(c) + ")"
	}
	return "SQLSTATE " + string(c)
}

// SQLState gives the code itself.
func (c Code) SQLState() string { return string(c) }

// Name gives PL/pgSQL's condition name, such as unique_violation, or "" for a code that has no constant here.
func (c Code) Name() string {
	if i, found := findName(c); found {
		return nameTable[i].name
	}
	return ""
}

// Class gives the sentinel of the code's class, such as [IntegrityConstraintViolation] for [UniqueViolation]: the
// code that begins the same and ends in 000. It is "" for a code that does not have five characters.
func (c Code) Class() Code {
	if len(c) != sqlStateLength {
		return ""
	}
	if class, found := findClass(c[:classLength]); found {
		return class
	}
	return c[:classLength] + classEnd
}

// IsClass tells whether the code stands for its class: whether it ends in 000.
func (c Code) IsClass() bool {
	return len(c) == sqlStateLength && c[classLength:] == classEnd
}

// Group gives the group that psycopg2 puts the code in, never [Database] unless no other has it.
func (c Code) Group() Group { return groupOf(string(c)) }

// Matches tells whether the SQLSTATE is this code or, if the code stands for its class, one of the class.
func (c Code) Matches(sqlState string) bool {
	if len(sqlState) != sqlStateLength {
		return false
	}
	if c.IsClass() {
		return sqlState[:classLength] == string(c[:classLength])
	}
	return sqlState == string(c)
}

// Is makes errors.Is find the code's class and group, where the code is itself the error.
func (c Code) Is(target error) bool {
	condition, ok := target.(Condition)
	return ok && condition.Matches(string(c))
}

// Lookup gives the sentinel of an SQLSTATE ("23505") or of a class ("23"), and false for one that has no constant here.
func Lookup(code string) (Code, bool) {
	if len(code) == classLength {
		return findClass(Code(code))
	}
	i, found := findName(Code(code))
	if !found {
		return "", false
	}
	return nameTable[i].code, true
}

const (
	sqlStateLength = 5
	classLength    = 2
	classEnd       = "000"
)

// namedCode is a row of nameTable.
type namedCode struct {
	code Code
	name string
}

// findName gives the code's place in nameTable, or the place where it would stand.
func findName(code Code) (int, bool) {
	return slices.BinarySearchFunc(nameTable[:], code, func(row namedCode, code Code) int {
		return strings.Compare(string(row.code), string(code))
	})
}

// findClass gives the code that stands for a class of two characters. Ending in 000, it is the first one of its class.
func findClass(class Code) (Code, bool) {
	i, _ := findName(class)
	if i == len(nameTable) || nameTable[i].code[:classLength] != class {
		return "", false
	}
	return nameTable[i].code, true
}
