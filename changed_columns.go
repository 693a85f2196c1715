package pgadapt

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// A statement that the server does not keep is asked for its columns once, and sent each time with the formats that
// were chosen then. When a column gets another type, the server gives the values of the new one in the old one's
// format. The statement has been executed by then and must not be again, so that its values are read as they are.

// changedColumns gives the reader of an answer, whose first message has been read, in which columns have changed to types
// that do not fit their formats; nil where all is as expected. The statement is then described anew at its next use.
func (c *conn) changedColumns(s *statement, reader resultReader) *changedColumns {
	if s.knowsFields() {
		return nil
	}
	fields := reader.FieldDescriptions()
	if !slices.ContainsFunc(fields, isForeign) {
		return nil
	}
	c.statements.discard(s)
	return newChangedColumns(reader, fields)
}

// isForeign reports whether a column arrives in a binary format that the driver has not asked for and cannot read.
func isForeign(field pgconn.FieldDescription) bool {
	if field.Format != pgtype.BinaryFormatCode {
		return false
	}
	_, scalar := binaryDecoders[field.DataTypeOID]
	_, array := arrayDecoders[field.DataTypeOID]
	return !scalar && !array
}

// changedColumns reads a result of which some columns are in binary formats that only pgtype knows, and gives them as
// text.
type changedColumns struct {
	resultReader
	fields  []pgconn.FieldDescription // as the columns are given
	foreign []int
	types   *pgtype.Map
	values  [][]byte
	err     error
}

func newChangedColumns(reader resultReader, fields []pgconn.FieldDescription) *changedColumns {
	r := &changedColumns{resultReader: reader, fields: slices.Clone(fields), types: pgtype.NewMap()}
	for i := range r.fields {
		if isForeign(r.fields[i]) {
			r.foreign = append(r.foreign, i)
			r.fields[i].Format = pgtype.TextFormatCode
		}
	}
	return r
}

func (r *changedColumns) FieldDescriptions() []pgconn.FieldDescription { return r.fields }

func (r *changedColumns) NextRow() bool {
	return r.err == nil && r.resultReader.NextRow() && r.convert()
}

// convert makes text of the present row's values, and reports whether it could.
func (r *changedColumns) convert() bool {
	r.values = append(r.values[:0], r.resultReader.Values()...)
	if len(r.values) != len(r.fields) {
		return true // who reads the row refuses it
	}
	for _, i := range r.foreign {
		if r.values[i], r.err = r.text(i); r.err != nil {
			return false
		}
	}
	return true
}

func (r *changedColumns) Values() [][]byte { return r.values }

func (r *changedColumns) Close() (pgconn.CommandTag, error) {
	tag, err := r.resultReader.Close()
	if err == nil {
		err = r.err
	}
	return tag, err
}

// text gives the text form of a value that is not text.
func (r *changedColumns) text(i int) ([]byte, error) {
	field := &r.fields[i]
	if r.values[i] == nil {
		return nil, nil
	}
	if known, ok := r.types.TypeForOID(field.DataTypeOID); ok {
		value, err := known.Codec.DecodeDatabaseSQLValue(r.types, field.DataTypeOID, pgtype.BinaryFormatCode, r.values[i])
		switch value := value.(type) {
		case string:
			return []byte(value), err
		case []byte:
			return value, err
		}
	}
	return nil, fmt.Errorf("column %q has got another type, with the OID %d, since the statement was described, "+
		"and its values came in a format that the driver cannot read: the statement was executed, and works when it is "+
		"used again", field.Name, field.DataTypeOID)
}
