package pgadapt

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// A wrapper such as Scan(&x) is a sql.Scanner: database/sql hands it the string that Next gave, and nothing else. The
// names of a composite value's fields are not in that. So the rows note the types of such strings while the row is the
// current one, and the wrapper finds the type by the very string: its address, which no other string can have as long as
// the note holds on to it. A copy of the string is not found, and is read without the names.

// notedType is what a wrapper has to know of a text.
type notedType struct {
	length int
	info   *typeInfo
	// err says why info is not known.
	err error
	// decoding is that of the session, for use outside of it.
	decoding decoding
}

// notedTypes has the notes of all open rows, by the address of the text.
var notedTypes sync.Map

// noteType adds a note. The text must not be empty.
func noteType(text string, note notedType) (address *byte) {
	note.length = len(text)
	address = unsafe.StringData(text)
	notedTypes.Store(address, &note)
	return address
}

// notedTypeOf finds the note of a text, nil where there is none.
func notedTypeOf(text string) *notedType {
	if text == "" {
		return nil
	}
	found, ok := notedTypes.Load(unsafe.StringData(text))
	if !ok || found.(*notedType).length != len(text) {
		return nil
	}
	return found.(*notedType)
}

// scan reads a text by its type. Where that is not known, only a composite value is an error: the order of its fields
// could be another than the destination's.
func (n *notedType) scan(text string, target reflect.Value) error {
	if n.err != nil {
		if guessType(target.Type(), []byte(text)).hasFields() {
			return fmt.Errorf("pgadapt: the names of the fields are not known: %w", n.err)
		}
		return scanGuessed([]byte(text), target)
	}
	err := planText(&n.decoding, n.info, target.Type())(&n.decoding, []byte(text), target)
	if err != nil {
		n.decoding.database.catalog.forgetChanged(n.info.oid, err)
		return fmt.Errorf("%s into %s: %w", n.info, target.Type(), err)
	}
	return nil
}

// hasFields reports whether a type is a composite, or made of some.
func (t *typeInfo) hasFields() bool {
	return t.kind == compositeType || t.element != nil && t.element.hasFields()
}

// forgetTypes removes the notes of the row.
func (r *rows) forgetTypes() {
	for _, address := range r.noted {
		notedTypes.Delete(address)
	}
	r.noted = r.noted[:0]
}
