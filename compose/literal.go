package compose

import (
	"fmt"
	"time"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// Literal gives the value as SQL text, for statements in which PostgreSQL takes no
// parameters; elsewhere an [Argument] is better. The text means the same under any
// standard_conforming_strings and backslash_quote.
//
// It takes nil, booleans, integers, floats, strings, []byte (bytea), json.RawMessage,
// time.Time (timestamptz), time.Duration (interval), [16]byte (uuid), types of these
// kinds, pointers to them, slices of them (arrays), whatever is a driver.Valuer and
// whatever is an encoding.TextMarshaler, such as netip.Addr. A string, and what is
// written as one, has no type of its own, so that it becomes what its place needs.
// Other types are an error, as is text with a NUL byte or invalid UTF-8.
//
// The value is read at once: later changes to it are not seen.
func Literal(value any) Composed {
	basic, err := basicValue(value)
	if err != nil {
		return failed(fmt.Errorf("literal: %w", err))
	}
	text, err := appendLiteral(nil, basic)
	if err != nil {
		return failed(fmt.Errorf("literal: %w", err))
	}
	return Composed{parts: []part{{kind: literalPart, text: string(text)}}}
}

// escapeStrings asks wire for the form that is safe under any setting: E'…' with
// doubled backslashes if there are backslashes, and a plain string if not.
const escapeStrings = false

// appendLiteral writes a value as basicValue gives it.
func appendLiteral(dst []byte, value any) ([]byte, error) {
	switch value := value.(type) {
	case bool:
		return wire.AppendBoolLiteral(dst, value), nil
	case int64:
		return wire.AppendIntLiteral(dst, value), nil
	case uint64:
		return wire.AppendUintLiteral(dst, value), nil
	case float32:
		return wire.AppendFloatLiteral(dst, float64(value), 32), nil
	case float64:
		return wire.AppendFloatLiteral(dst, value, 64), nil
	case string:
		return wire.AppendStringLiteral(dst, value, escapeStrings)
	case []byte:
		return wire.AppendByteaLiteral(dst, value, escapeStrings), nil
	case time.Time:
		return wire.AppendTimestampTZLiteral(dst, value)
	case time.Duration:
		return wire.AppendIntervalLiteral(dst, value), nil
	case [16]byte:
		return wire.AppendUUIDLiteral(dst, value), nil
	case array:
		return appendArrayLiteral(dst, value)
	}
	return wire.AppendNullLiteral(dst), nil
}

// appendArrayLiteral writes an array. ARRAY[…] of nothing, or of NULLs alone, would
// have no type that fits its place; the text form '{…}' has.
func appendArrayLiteral(dst []byte, elements array) ([]byte, error) {
	if !elements.hasValues() {
		dst = append(wire.AppendSeparator(dst, '\''), '\'')
		return append(appendNulls(dst, elements), '\''), nil
	}
	dst = append(wire.AppendSeparator(dst, 'A'), "ARRAY["...)
	for i, element := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendLiteral(dst, element); err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
	}
	return append(dst, ']'), nil
}

// appendNulls writes an array without values in its text form, as in {NULL,NULL}.
func appendNulls(dst []byte, elements array) []byte {
	dst = append(dst, '{')
	for i, element := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		if nested, ok := element.(array); ok {
			dst = appendNulls(dst, nested)
			continue
		}
		dst = append(dst, "NULL"...)
	}
	return append(dst, '}')
}
