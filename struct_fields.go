package pgadapt

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/pgadapt/pgadapt/adapt"
)

// structFields finds the fields of a struct that belong to the fields of a composite type: by the tag db, else by the
// name without regard to case and underscores, so that created_at belongs to CreatedAt. A field tagged db:"-" belongs
// to none.
type structFields struct {
	byName map[string][]int
	names  []string
}

var structFieldsCache sync.Map

func fieldsOf(t reflect.Type) *structFields {
	if known, ok := structFieldsCache.Load(t); ok {
		return known.(*structFields)
	}
	fields := &structFields{byName: map[string][]int{}}
	for _, field := range reflect.VisibleFields(t) {
		tag := field.Tag.Get("db")
		if !field.IsExported() || tag == "-" || field.Anonymous && tag == "" || throughPointer(t, field.Index) {
			continue
		}
		name := tag
		if tag == "" {
			name = foldName(field.Name)
		}
		if _, taken := fields.byName[name]; !taken {
			fields.byName[name] = field.Index
			fields.names = append(fields.names, name)
		}
	}
	structFieldsCache.Store(t, fields)
	return fields
}

// throughPointer reports whether a field is promoted from an embedded pointer, which may be nil.
func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		t = t.Field(i).Type
		if t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

func foldName(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// find gives the index of the field that belongs to a composite's field.
func (s *structFields) find(name string) ([]int, bool) {
	if index, ok := s.byName[name]; ok {
		return index, true
	}
	index, ok := s.byName[foldName(name)]
	return index, ok
}

// fieldsError says that a composite type has other fields than a Go type or a value. It may have had those when it was
// looked up, or have got them since.
type fieldsError struct{ text string }

func (e *fieldsError) Error() string { return e.text }

func fieldsErrorf(format string, args ...any) error {
	return &fieldsError{fmt.Sprintf(format, args...)}
}

// inOrder gives the struct's fields in their order, of which there must be as many as the composite has.
func (s *structFields) inOrder(info *typeInfo, t reflect.Type) ([][]int, error) {
	if len(s.names) != len(info.fields) {
		return nil, fieldsErrorf("%s has %d fields, but %s has %d", t, len(s.names), info, len(info.fields))
	}
	indexes := make([][]int, len(s.names))
	for i, name := range s.names {
		indexes[i] = s.byName[name]
	}
	return indexes, nil
}

// compositeFields gives for each field of a composite the struct's, by name or as registered by order.
func compositeFields(registry *adapt.Registry, info *typeInfo, t reflect.Type) ([][]int, error) {
	if registry.InOrder(t) {
		return fieldsOf(t).inOrder(info, t)
	}
	return fieldsOf(t).match(info, t)
}

// match gives for each field of a composite the struct's.
func (s *structFields) match(info *typeInfo, t reflect.Type) ([][]int, error) {
	indexes := make([][]int, len(info.fields))
	for i, field := range info.fields {
		index, ok := s.find(field.name)
		if !ok {
			return nil, fieldsErrorf("%s has no field for %q of %s: add one, by its name or the tag `db:%q`",
				t, field.name, info, field.name)
		}
		indexes[i] = index
	}
	return indexes, nil
}
