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
	casters  map[casterKey]func(text []byte) (any, error)
	ordered  map[reflect.Type]bool
}

type casterKey struct {
	goType reflect.Type
	name   string
}

// UnknownTypeError says that the database has no type of a registered name. The name is looked up when a value first
// needs it, by the session's search_path unless it has a schema.
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
		registry.names, registry.types = map[reflect.Type]string{}, map[string]reflect.Type{}
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
// and is an error for others. It takes effect on Go 1.27.
func Caster[T any](registry *Registry, typeName string, decode func(text []byte) (T, error)) {
	registry.mutex.Lock()
	defer registry.mutex.Unlock()
	if registry.casters == nil {
		registry.casters = map[casterKey]func([]byte) (any, error){}
	}
	registry.casters[casterKey{reflect.TypeFor[T](), typeName}] = func(text []byte) (any, error) { return decode(text) }
}
