// Package drivername gives pgadapt's driver the names under which programs know other drivers.
package drivername

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"

	"github.com/pgadapt/pgadapt"
)

// Register registers the driver with database/sql under name, or leaves it registered there. The error says which
// other driver has the name.
func Register(name string) error {
	if RegisterIfFree(name) {
		return nil
	}
	return &takenError{name: name, owner: owner(name)}
}

// RegisterIfFree is Register for a name that may well be another driver's. It reports whether the name is pgadapt's.
func RegisterIfFree(name string) bool {
	if slices.Contains(sql.Drivers(), name) {
		return owner(name) == reflect.TypeFor[pgadapt.Driver]()
	}
	sql.Register(name, pgadapt.Driver{})
	return true
}

// owner gives the type of the driver that has a name. It is nil where that driver says so only with a connection
// string that it accepts.
func owner(name string) reflect.Type {
	db, err := sql.Open(name, "")
	if err != nil {
		return nil
	}
	defer db.Close() // it has never connected
	return reflect.TypeOf(db.Driver())
}

// takenError says that a name is another driver's.
type takenError struct {
	name  string
	owner reflect.Type
}

func (e *takenError) Error() string {
	return fmt.Sprintf(`pgadapt: the driver name %[1]q is taken by %[2]s, so sql.Open(%[1]q, ...) would not open pgadapt. `+
		`Open "pgadapt" instead, which works beside any other driver (import _ "github.com/pgadapt/pgadapt"), `+
		`or take the other driver out of the program: %[3]s names the packages that import it`,
		e.name, e.ownerText(), e.command())
}

// ownerText names the driver by its type and the package that a program imports.
func (e *takenError) ownerText() string {
	if e.owner == nil {
		return "another driver"
	}
	return fmt.Sprintf("%v of %s", e.owner, importPath(e.owner))
}

// command is what shows why the other driver is part of the program.
func (e *takenError) command() string {
	if e.owner == nil {
		return "go list -deps"
	}
	return "go mod why " + importPath(e.owner)
}

// importPath gives the package of a type, or of what it points at.
func importPath(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath()
}
