package adapt

import "reflect"

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

// GoType gives the Go type that was registered for a type of a schema, by its full name or without the schema.
func (r *Registry) GoType(schema, name string) (goType reflect.Type, ok bool) {
	if r == nil {
		return nil, false
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	if goType, ok = r.types[schema+"."+name]; ok {
		return goType, true
	}
	goType, ok = r.types[name]
	return goType, ok
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

// CasterNames gives the names of the types that Casters scan into a Go type.
func (r *Registry) CasterNames(goType reflect.Type) []string {
	if r == nil {
		return nil
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	var names []string
	for key := range r.casters {
		if key.goType == goType {
			names = append(names, key.name)
		}
	}
	return names
}

// CasterFor gives the Caster that scans a type of a schema into a Go type.
func (r *Registry) CasterFor(goType reflect.Type, schema, name string) (decode func(text []byte) (any, error), ok bool) {
	if r == nil {
		return nil, false
	}
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	if decode, ok = r.casters[casterKey{goType, schema + "." + name}]; ok {
		return decode, true
	}
	decode, ok = r.casters[casterKey{goType, name}]
	return decode, ok
}
