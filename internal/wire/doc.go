// Package wire converts between bytes and Go values for PostgreSQL's core types: bool, the integers, the floats,
// bytea, date, time, timetz, timestamp, timestamptz, interval, uuid and json, in text and in binary format.
//
// The names say the direction and the format:
//
//	DecodeX       binary format -> Go
//	ParseX        text format   -> Go
//	AppendX       Go -> binary format
//	AppendXText   Go -> text format
//	AppendXLiteral  Go -> SQL literal, for statements that are rendered by the client
//
// Everything here is a pure function: no reflection, no state, no allocation beyond the value itself. An AppendX
// function adds to dst as append does; one that also returns an error gives dst back unchanged with it.
//
// Decoders and parsers are strict. Text is read as PostgreSQL prints it with DateStyle ISO and in UTF-8; any other
// form is an error rather than a guess. The binary formats are those of the send and receive functions in
// PostgreSQL's src/backend/utils/adt, the text forms those of its documentation, chapter "Data Types".
//
// Times have microseconds in PostgreSQL and nanoseconds in Go. The server rounds text to the nearest microsecond;
// this package drops what is below, towards the earlier microsecond, in text and binary alike, so that a time is
// never moved to the future.
package wire

//go:generate go run ./gentypenames $PGADAPT_TEST_DSN
