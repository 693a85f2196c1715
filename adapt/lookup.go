package adapt

import (
	"maps"
	"reflect"
	"slices"
)

// TypeName gives the name of the type that a Go type was registered for. A nil Registry has none.
func (r *Registry) TypeName(goType reflect.Type) (name string, ok bool) {
	if r == nil {
		return "", false
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	name, ok = r.names[goType]
	return name, ok
}

// GoType gives the Go type that *any gets for the type of a name: the last one that was registered for it.
func (r *Registry) GoType(name string) (goType reflect.Type, ok bool) {
	if r == nil {
		return nil, false
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	goType, ok = r.types[name]
	return goType, ok
}

// Names gives all names that something was registered for, in alphabetical order.
func (r *Registry) Names() []string {
	if r == nil {
		return nil
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	names := maps.Clone(r.types)
	if names == nil {
		return nil
	}
	for _, name := range r.names {
		names[name] = nil
	}
	return slices.Sorted(maps.Keys(names))
}

// InOrder reports whether the fields of a struct belong to those of its composite type by their order.
func (r *Registry) InOrder(goType reflect.Type) bool {
	if r == nil {
		return false
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	return r.ordered[goType]
}

// Adapt gives what the Adapter of a value's type makes of it; ok is false when it has none.
func (r *Registry) Adapt(value any) (adapted any, ok bool, err error) {
	if r == nil || value == nil {
		return value, false, nil
	}
	r.mutex.RLock()
	encode, ok := r.adapters[reflect.TypeOf(value)]
	r.mutex.RUnlock()
	if !ok {
		return value, false, nil
	}
	adapted, err = encode(value)
	return adapted, true, err
}

// CasterNames gives the names of the types that Casters scan into a Go type, in alphabetical order.
func (r *Registry) CasterNames(goType reflect.Type) []string {
	if r == nil {
		return nil
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	return slices.Sorted(maps.Keys(r.casters[goType]))
}

// Caster gives the function of the Caster that scans the type of a name into a Go type.
func (r *Registry) Caster(goType reflect.Type, name string) (decode func(text []byte) (any, error), ok bool) {
	if r == nil {
		return nil, false
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	decode, ok = r.casters[goType][name]
	return decode, ok
}
