package main

import "github.com/jackc/pgx/v5/pgtype"

// readArray gives an array of a type that is built in, in as many dimensions as it has, and false for everything else.
func (v valueReader) readArray(typeOID uint32, text string) (any, bool) {
	known, ok := v.types.TypeForOID(typeOID)
	if !ok {
		return nil, false
	}
	codec, ok := known.Codec.(*pgtype.ArrayCodec)
	if !ok {
		return nil, false
	}
	var array pgtype.Array[*string]
	if err := v.types.Scan(typeOID, pgtype.TextFormatCode, []byte(text), &array); err != nil {
		return nil, false
	}
	elements := make([]any, len(array.Elements))
	for i, element := range array.Elements {
		if element != nil {
			elements[i] = v.read(codec.ElementType.OID, *element)
		}
	}
	return nest(elements, array.Dims), true
}

// nest puts elements that stand one after the other into arrays of arrays.
func nest(elements []any, dimensions []pgtype.ArrayDimension) []any {
	if len(dimensions) < 2 {
		return elements
	}
	size := len(elements) / int(dimensions[0].Length)
	var nested []any
	for start := 0; start < len(elements); start += size {
		nested = append(nested, nest(elements[start:start+size], dimensions[1:]))
	}
	return nested
}
