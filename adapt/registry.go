// Package adapt registers Go types for types of PostgreSQL, beyond what the driver does by itself: enums, composite
// types, domains and ranges need no registration to be scanned and sent. A [Registry] says which Go type stands for a
// type where nothing else does, how a Go type is turned into a parameter, and how a text is read into one. It is set as
// Config.Types and may be shared by several.
package adapt

import (
	"fmt"
	"reflect"
	"sync"
)

// Registry holds registrations. The zero value is empty and ready to use. It is safe for concurrent use; what is
// registered after connections were opened applies to statements and columns that they have not seen yet.
type Registry struct {
	mutex    sync.RWMutex
	names    map[reflect.Type]string
	types    map[string]reflect.Type
	adapters map[reflect.Type]func(any) (any, error)
	casters  map[reflect.Type]map[string]func(text []byte) (any, error)
	ordered  map[reflect.Type]bool
}

// UnknownTypeError says that the database has no type of a registered name. A name is written as in SQL: "mood",
// "app.mood", "integer", and in double quotes what SQL wants quoted, as in `app."Mood"`. It is looked up when a value
// first needs it, by the session's search_path unless it has a schema; what was found serves all sessions of a Connector
// until a type is dropped or created.
type UnknownTypeError struct {
	// Name is the name as it was registered.
	Name string
}

// Error names the type and says where it was looked for.
func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("adapt: the database has no type %q: create it, or name its schema as in \"app.%[1]s\"", e.Name)
}

// Enum registers T for the enum typeName, as in "mood" or "app.mood". A parameter of type T is one of the enum where
// the statement does not say, and on Go 1.27 a column of the enum scanned into *any gives a T.
func Enum[T ~string](registry *Registry, typeName string) { register[T](registry, typeName) }

// Composite registers the struct T for the composite type or table typeName, as Enum does for enums. The fields belong
// together by their names or the tag db.
func Composite[T any](registry *Registry, typeName string) { register[T](registry, typeName) }

// CompositeInOrder is Composite for a struct whose fields belong to those of the type by their order, whatever their
// names.
func CompositeInOrder[T any](registry *Registry, typeName string) {
	register[T](registry, typeName)
	registry.mutex.Lock()
	defer registry.mutex.Unlock()
	if registry.ordered == nil {
		registry.ordered = map[reflect.Type]bool{}
	}
	registry.ordered[reflect.TypeFor[T]()] = true
}

// Range registers T, such as a type made from pgtype.Range[U], for the range type typeName, as Enum does for enums.
func Range[T any](registry *Registry, typeName string) { register[T](registry, typeName) }

// Domain registers T for the domain typeName, as Enum does for enums. The server reports the columns of a domain as
// those of its base type, so that *any gives the base type's value.
func Domain[T any](registry *Registry, typeName string) { register[T](registry, typeName) }

func register[T any](registry *Registry, typeName string) {
	registry.mutex.Lock()
	defer registry.mutex.Unlock()
	if registry.names == nil {
		registry.names = map[reflect.Type]string{}
	}
	if registry.types == nil {
		registry.types = map[string]reflect.Type{}
	}
	registry.names[reflect.TypeFor[T]()] = typeName
	registry.types[typeName] = reflect.TypeFor[T]()
}

// Adapter registers how a T becomes a parameter: encode gives a value that the driver knows, which replaces the T
// before anything else is done with it, also inside slices and structs. It is asked before a driver.Valuer.
func Adapter[T any](registry *Registry, encode func(value T) (any, error)) {
	registry.mutex.Lock()
	defer registry.mutex.Unlock()
	if registry.adapters == nil {
		registry.adapters = map[reflect.Type]func(any) (any, error){}
	}
	registry.adapters[reflect.TypeFor[T]()] = func(value any) (any, error) { return encode(value.(T)) }
}

// Caster registers how a value of the type typeName is scanned into a T, also inside arrays and composite values: decode
// reads the text that PostgreSQL prints for it, which it must not keep. NULL is not passed to it: it makes a pointer nil
// and is an error for others. A column of the type scanned into *any gives a T, that of the last Caster for the name.
//
// On Go 1.26 the driver does not see what a column is scanned into. There a column of the type gives a T whatever the
// destination is, as in psycopg2, unless that is in a pgadapt wrapper, and database/sql converts it to the destination if
// it can: it takes a T, a *T, a sql.Null[T] and an any, but a sql.Scanner has to know the T.
func Caster[T any](registry *Registry, typeName string, decode func(text []byte) (T, error)) {
	registry.mutex.Lock()
	defer registry.mutex.Unlock()
	goType := reflect.TypeFor[T]()
	if registry.casters == nil {
		registry.casters = map[reflect.Type]map[string]func([]byte) (any, error){}
	}
	if registry.casters[goType] == nil {
		registry.casters[goType] = map[string]func([]byte) (any, error){}
	}
	registry.casters[goType][typeName] = func(text []byte) (any, error) { return decode(text) }
	if registry.types == nil {
		registry.types = map[string]reflect.Type{}
	}
	registry.types[typeName] = goType
}
