package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/pgadapt/pgadapt/replication"
)

// row is a row of a table, or its key: a JSON object with the columns in the table's order.
type row struct {
	columns []string
	values  map[string]any
}

// set sets the value of a column, which comes last if it is new.
func (r *row) set(column string, value any) {
	if _, there := r.values[column]; !there {
		r.columns = append(r.columns, column)
	}
	r.values[column] = value
}

// MarshalJSON gives the object.
func (r *row) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, column := range r.columns {
		if i > 0 {
			text = append(text, ',')
		}
		name, err := encodeJSON(column)
		if err != nil {
			return nil, err
		}
		value, err := encodeJSON(r.values[column])
		if err != nil {
			return nil, err
		}
		text = append(append(append(text, name...), ':'), value...)
	}
	return append(text, '}'), nil
}

// encodeJSON is json.Marshal without the escapes that HTML needs.
func encodeJSON(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// row gives a row, nil for nil. Values that were not sent are left out.
func (m lineMaker) row(sent *replication.Row) *row {
	if sent == nil {
		return nil
	}
	r := &row{values: map[string]any{}}
	for column, value := range sent.All() {
		switch value.Kind {
		case replication.Null:
			r.set(column.Name, nil)
		case replication.Text:
			r.set(column.Name, m.values.read(column.TypeOID, string(value.Data)))
		}
	}
	return r
}

// valueReader turns the text form of PostgreSQL's types into what is natural in JSON.
type valueReader struct{ types *pgtype.Map }

func newValueReader() valueReader { return valueReader{types: pgtype.NewMap()} }

// read gives a value of a type. What has no counterpart in JSON is a string with PostgreSQL's text form, as in to_json:
// uuid, interval, bytea, enums and the like.
func (v valueReader) read(typeOID uint32, text string) any {
	switch typeOID {
	case pgtype.BoolOID:
		return text == "t"
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID,
		pgtype.Float4OID, pgtype.Float8OID, pgtype.NumericOID:
		return number(text)
	case pgtype.JSONOID, pgtype.JSONBOID:
		return json.RawMessage(text)
	case pgtype.TimestamptzOID:
		return reformatted(text, "2006-01-02 15:04:05.999999Z07", time.RFC3339Nano)
	case pgtype.TimestampOID:
		// RFC 3339 without the offset, which such a value does not have.
		return reformatted(text, "2006-01-02 15:04:05.999999", "2006-01-02T15:04:05.999999")
	}
	if elements, ok := v.readArray(typeOID, text); ok {
		return elements
	}
	return text
}

// number keeps each digit. NaN and the infinities are not among JSON's numbers and stay text.
func number(text string) any {
	if strings.HasSuffix(text, "NaN") || strings.HasSuffix(text, "Infinity") {
		return text
	}
	return json.Number(text)
}

// reformatted gives a time in another layout. What Go's layouts do not have, infinity and years before 1 or after 9999,
// stays as it is.
func reformatted(text, from, to string) string {
	t, err := time.Parse(from, text)
	if err != nil {
		return text
	}
	return t.Format(to)
}
