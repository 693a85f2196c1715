package replication

import (
	"fmt"
	"iter"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"
)

// ValueKind says how a value was sent.
type ValueKind byte

// The kinds are the bytes of the protocol.
const (
	// Null is SQL's NULL.
	Null ValueKind = 'n'
	// Unchanged is a long value (TOAST) that an UPDATE left as it was: it is not sent.
	Unchanged ValueKind = 'u'
	// Text is a value in the type's text form.
	Text ValueKind = 't'
	// Binary is a value in the type's binary form, sent if PgOutput.Binary asks for it and the type has one.
	Binary ValueKind = 'b'
)

// Value is the value of one column.
type Value struct {
	// Kind says how it was sent.
	Kind ValueKind
	// Data is the value's text or binary form, nil for Null and Unchanged.
	Data []byte
}

// Row is a row of a table, or those columns of it that are known.
type Row struct {
	// Relation is the table.
	Relation *Relation
	// Values has a value for each of Relation.Columns. In a row that is a key only, the others are Null without being
	// NULL; All, Value, Map and Scan leave them out.
	Values []Value

	keyOnly bool
}

// All gives the columns and their values, in the order of the table.
func (r Row) All() iter.Seq2[Column, Value] {
	return func(yield func(Column, Value) bool) {
		for i, value := range r.Values {
			column := r.Relation.Columns[i]
			if r.keyOnly && !column.Key {
				continue
			}
			if !yield(column, value) {
				return
			}
		}
	}
}

// Value gives the value of a column, and false where the row does not have the column.
func (r Row) Value(column string) (Value, bool) {
	_, value, ok := r.find(column)
	return value, ok
}

func (r Row) find(name string) (Column, Value, bool) {
	for column, value := range r.All() {
		if column.Name == name {
			return column, value, true
		}
	}
	return Column{}, Value{}, false
}

// Map gives the row by column name: nil for NULL, a string for a value in text form, a []byte for one in binary form.
// Columns whose value was not sent, Unchanged ones, are absent.
func (r Row) Map() map[string]any {
	byName := make(map[string]any, len(r.Values))
	for column, value := range r.All() {
		switch value.Kind {
		case Null:
			byName[column.Name] = nil
		case Text:
			byName[column.Name] = string(value.Data)
		case Binary:
			byName[column.Name] = value.Data
		}
	}
	return byName
}

// Scan decodes a column's value into the destination, a pointer to what pgx's pgtype makes of the column's type: an
// int64 or a string for a number, a time.Time for a timestamp, a slice for an array, a pointer to a pointer for what may
// be NULL. Types of the database itself, such as enums, are read into a string. A column that the row does not have or
// whose value was not sent is an error.
func (r Row) Scan(column string, destination any) error {
	description, value, ok := r.find(column)
	if !ok {
		return fmt.Errorf("replication: the row of %s has no column %q", r.Relation.qualifiedName(), column)
	}
	if value.Kind == Unchanged {
		return fmt.Errorf("replication: column %q of %s is unchanged, and its value was not sent: "+
			"ALTER TABLE … REPLICA IDENTITY FULL sends it in Update.Old", column, r.Relation.qualifiedName())
	}
	if err := r.Relation.scanner.scan(description.TypeOID, value, destination); err != nil {
		return fmt.Errorf("replication: column %q of %s: %w", column, r.Relation.qualifiedName(), err)
	}
	return nil
}

func (r *Relation) qualifiedName() string {
	return quoteIdentifier(r.Namespace) + "." + quoteIdentifier(r.Name)
}

// valueScanner is shared by the relations of a Decoder. pgtype.Map remembers plans, and is not made for several
// goroutines, among which a program may distribute rows.
type valueScanner struct {
	mu    sync.Mutex
	types *pgtype.Map
}

func (s *valueScanner) scan(typeOID uint32, value Value, destination any) error {
	format := int16(pgtype.TextFormatCode)
	if value.Kind == Binary {
		format = pgtype.BinaryFormatCode
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.types == nil {
		s.types = pgtype.NewMap()
	}
	return s.types.Scan(typeOID, format, value.Data, destination)
}
