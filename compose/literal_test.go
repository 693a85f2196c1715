package compose_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compose"
)

type (
	number  int16
	title   string
	content []byte
	ratio   float32
	flag    bool
)

// valuer gives what it is told to.
type valuer struct {
	value any
	err   error
}

func (v valuer) Value() (driver.Value, error) { return v.value, v.err }

// pointerValuer has a value even if it is a nil pointer.
type pointerValuer struct{}

func (*pointerValuer) Value() (driver.Value, error) { return "set", nil }

// literalCases have values with their literals, and for the server the value as
// text; an empty type means that the literal has its own.
var literalCases = []struct {
	name     string
	value    any
	want     string
	typeName string
	shown    string
}{
	{"nil", nil, "NULL", "text", ""},
	{"nil pointer", (*int)(nil), "NULL", "int", ""},
	{"nil bytes", []byte(nil), "NULL", "bytea", ""},
	{"true", true, "true", "", "true"},
	{"named bool", flag(false), "false", "", "false"},
	{"int", 42, "42", "", "42"},
	{"negative", -42, "(-42)", "", "-42"},
	{"least int64", int64(math.MinInt64), "(-9223372036854775808)", "", "-9223372036854775808"},
	{"greatest uint64", uint64(math.MaxUint64), "18446744073709551615", "", "18446744073709551615"},
	{"named int", number(-7), "(-7)", "", "-7"},
	{"pointer", new(5), "5", "", "5"},
	{"float", 1.0, "1.0", "", "1.0"},
	{"float32", float32(0.1), "0.1", "", "0.1"},
	{"named float32", ratio(-0.1), "(-0.1)", "", "-0.1"},
	{"large float", 1e300, "1e+300", "float8", "1e+300"},
	{"NaN", math.NaN(), "'NaN'::float8", "", "NaN"},
	{"infinity", math.Inf(-1), "'-Infinity'::float8", "", "-Infinity"},
	{"string", "a'b", "'a''b'", "", "a'b"},
	{"string with backslash", `a\'b\`, `E'a\\''b\\'`, "", `a\'b\`},
	{"string that looks like placeholders", `%s ? :a $1 @a {} --`, `'%s ? :a $1 @a {} --'`, "", `%s ? :a $1 @a {} --`},
	{"string with newlines", "é\n\r\t", "'é\n\r\t'", "", "é\n\r\t"},
	{"named string", title("x"), "'x'", "", "x"},
	{"empty string", "", "''", "text", ""},
	{"bytes", []byte{0, '\\', '\''}, `E'\\x005c27'::bytea`, "", `\x005c27`},
	{"no bytes", []byte{}, `E'\\x'::bytea`, "", `\x`},
	{"named bytes", content{1}, `E'\\x01'::bytea`, "", `\x01`},
	{"array of bytes", [3]byte{1, 2, 3}, `E'\\x010203'::bytea`, "", `\x010203`},
	{"uuid", [16]byte{15: 1}, "'00000000-0000-0000-0000-000000000001'::uuid", "", "00000000-0000-0000-0000-000000000001"},
	{"time", time.Date(2024, 2, 29, 1, 2, 3, 4000, time.UTC), "'2024-02-29 01:02:03.000004+00'::timestamptz", "", "2024-02-29 01:02:03.000004+00"},
	{"duration", -1500 * time.Millisecond, "'-00:00:01.5'::interval", "", "-00:00:01.5"},
	{"JSON", json.RawMessage(`{"a": "\n"}`), `E'{"a": "\\n"}'`, "jsonb", `{"a": "\n"}`},
	{"address", netip.MustParsePrefix("10.0.0.1/8"), "'10.0.0.1/8'", "inet", "10.0.0.1/8"},
	{"net.IP", net.IPv4(10, 0, 0, 1), "'10.0.0.1'", "inet", "10.0.0.1/32"},
	{"big integer", big.NewInt(-5), "'-5'", "numeric", "-5"},
	{"valuer", valuer{value: int64(-3)}, "(-3)", "", "-3"},
	{"valuer of nil", valuer{}, "NULL", "text", ""},
	{"nil pointer to a valuer", (*valuer)(nil), "NULL", "text", ""},
	{"nil pointer that is a valuer", (*pointerValuer)(nil), "'set'", "text", "set"},
	{"sql.Null", sql.Null[string]{V: "x", Valid: true}, "'x'", "", "x"},
	{"slice", []int{1, -2}, "ARRAY[1,(-2)]", "", "{1,-2}"},
	{"array", [2]string{"a", `b"\`}, `ARRAY['a',E'b"\\']`, "", `{a,"b\"\\"}`},
	{"slice of bytes", [][]byte{{1}, nil}, `ARRAY[E'\\x01'::bytea,NULL]`, "", `{"\\x01",NULL}`},
	{"slice of any", []any{nil, 1, new(2)}, "ARRAY[NULL,1,2]", "", "{NULL,1,2}"},
	{"slice of valuers", []valuer{{}, {value: "x"}}, "ARRAY[NULL,'x']", "", "{NULL,x}"},
	{"nil slice", []int(nil), "NULL", "int[]", ""},
	{"empty slice", []int{}, "'{}'", "int[]", "{}"},
	{"slice of nils", []*int{nil, nil}, "'{NULL,NULL}'", "int[]", "{NULL,NULL}"},
	{"nested", [][]int{{1, 2}, {3, 4}}, "ARRAY[ARRAY[1,2],ARRAY[3,4]]", "", "{{1,2},{3,4}}"},
	{"nested empty", [][]int{{}}, "'{{}}'", "", ""},
	{"nested nils", [][]*int{{nil}, {nil}}, "'{{NULL},{NULL}}'", "int[]", "{{NULL},{NULL}}"},
	{"nested in part nil", [][]*int{{nil}, {new(1)}}, "ARRAY['{NULL}',ARRAY[1]]", "int[]", "{{NULL},{1}}"},
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	for _, test := range literalCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, args, err := compose.Literal(test.value).Render(compose.Numeric)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
			require.Empty(t, args)
		})
	}
}

func TestLiteralErrors(t *testing.T) {
	t.Parallel()
	failure := errors.New("failure")
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"NUL", "a\x00", "literal: text has a NUL byte at byte 1"},
		{"invalid UTF-8", "a\xff", "literal: text is not valid UTF-8 at byte 1"},
		{"in an array", []any{1, "\x00"}, "literal: element 1: text has a NUL byte"},
		{"struct", struct{ A int }{}, "literal: struct { A int } cannot be written in SQL: implement driver.Valuer"},
		{"function in an array", []any{1, func() {}}, "literal: element 1: func() cannot be written"},
		{"map", map[string]int{}, "cannot be written in SQL"},
		{"complex", 1i, "complex128 cannot be written in SQL"},
		{"Composed", compose.Null(), "a Composed is SQL text and no value"},
		{"valuer's error", valuer{err: failure}, "literal: failure"},
		{"valuer of a valuer", valuer{value: valuer{}}, "gives another driver.Valuer"},
		{"year", time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC), "literal: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			composed := compose.Literal(test.value)
			require.ErrorContains(t, composed.Err(), test.want)
			require.Regexp(t, "^compose: literal: ", composed.Err().Error())
		})
	}
	require.ErrorIs(t, compose.Literal(valuer{err: failure}).Err(), failure)
}

func TestLiteralReadsItsValueAtOnce(t *testing.T) {
	t.Parallel()
	content := []byte{1}
	composed := compose.Literal(content)
	content[0] = 2
	require.Equal(t, `E'\\x01'::bytea`, composed.String())
}
