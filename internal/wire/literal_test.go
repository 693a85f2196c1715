package wire_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// must is for appenders of values that are known to be good.
func must(dst []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return dst
}

func TestLiterals(t *testing.T) {
	at := time.Date(2024, 3, 15, 4, 5, 6, 789_000_000, time.FixedZone("", 19800))
	cases := []struct {
		name, want string
		got        []byte
	}{
		{"null", "NULL", wire.AppendNullLiteral(nil)},
		{"true", "true", wire.AppendBoolLiteral(nil, true)},
		{"false", "false", wire.AppendBoolLiteral(nil, false)},
		{"int", "42", wire.AppendIntLiteral(nil, 42)},
		{"negative int", "(-42)", wire.AppendIntLiteral(nil, -42)},
		{"least int", "(-9223372036854775808)", wire.AppendIntLiteral(nil, math.MinInt64)},
		{"uint", "18446744073709551615", wire.AppendUintLiteral(nil, math.MaxUint64)},
		{"integral float", "1.0", wire.AppendFloatLiteral(nil, 1, 64)},
		{"large float", "1e+16", wire.AppendFloatLiteral(nil, 1e16, 64)},
		{"negative float", "(-0.5)", wire.AppendFloatLiteral(nil, -0.5, 64)},
		{"negative zero", "'-0'::float8", wire.AppendFloatLiteral(nil, math.Copysign(0, -1), 64)},
		{"float of 32 bits", "0.1", wire.AppendFloatLiteral(nil, float64(float32(0.1)), 32)},
		{"NaN", "'NaN'::float8", wire.AppendFloatLiteral(nil, math.NaN(), 64)},
		{"infinity", "'Infinity'::float8", wire.AppendFloatLiteral(nil, math.Inf(1), 64)},
		{"negative infinity", "'-Infinity'::float8", wire.AppendFloatLiteral(nil, math.Inf(-1), 64)},
		{"string", "'a''b'", must(wire.AppendStringLiteral(nil, "a'b", true))},
		{"empty string", "''", must(wire.AppendStringLiteral(nil, "", true))},
		{"backslash", `'a\b'`, must(wire.AppendStringLiteral(nil, `a\b`, true))},
		{"string, not conforming", "'a''b'", must(wire.AppendStringLiteral(nil, "a'b", false))},
		{"backslash, not conforming", `E'\\''a\\b'`, must(wire.AppendStringLiteral(nil, `\'a\b`, false))},
		{"bytea", `'\x00ff'::bytea`, wire.AppendByteaLiteral(nil, []byte{0, 0xff}, true)},
		{"bytea, not conforming", `E'\\x00ff'::bytea`, wire.AppendByteaLiteral(nil, []byte{0, 0xff}, false)},
		{"empty bytea", `'\x'::bytea`, wire.AppendByteaLiteral(nil, nil, true)},
		{"date", "'2024-03-15'::date", must(wire.AppendDateLiteral(nil, at))},
		{"timestamp", "'2024-03-15 04:05:06.789'::timestamp", must(wire.AppendTimestampLiteral(nil, at))},
		{"timestamptz", "'2024-03-15 04:05:06.789+05:30'::timestamptz", must(wire.AppendTimestampTZLiteral(nil, at))},
		{"interval", "'-00:00:00.5'::interval", wire.AppendIntervalLiteral(nil, -time.Second/2)},
		{"uuid", "'" + uuidText + "'::uuid", wire.AppendUUIDLiteral(nil, uuidValue)},
		{"identifier", `"a""B"`, must(wire.AppendIdentifier(nil, `a"B`))},
		{"qualified identifier", `"s"."t"`, must(wire.AppendIdentifier([]byte(`"s".`), "t"))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, string(c.got)) })
	}
}

// literalsOf renders one value by every function that appends a literal, each after the same text.
func literalsOf(before string) map[string][]byte {
	dst := func() []byte { return []byte(before) }
	return map[string][]byte{
		"null":                   wire.AppendNullLiteral(dst()),
		"bool":                   wire.AppendBoolLiteral(dst(), true),
		"int":                    wire.AppendIntLiteral(dst(), 1),
		"negative int":           wire.AppendIntLiteral(dst(), -1),
		"uint":                   wire.AppendUintLiteral(dst(), 1),
		"float":                  wire.AppendFloatLiteral(dst(), 1, 64),
		"negative float":         wire.AppendFloatLiteral(dst(), -1, 64),
		"NaN":                    wire.AppendFloatLiteral(dst(), math.NaN(), 64),
		"string":                 must(wire.AppendStringLiteral(dst(), "x", true)),
		"backslash":              must(wire.AppendStringLiteral(dst(), `\`, true)),
		"string, scs off":        must(wire.AppendStringLiteral(dst(), "x", false)),
		"backslash, scs off":     must(wire.AppendStringLiteral(dst(), `\`, false)),
		"bytea":                  wire.AppendByteaLiteral(dst(), nil, true),
		"bytea, scs off":         wire.AppendByteaLiteral(dst(), nil, false),
		"date":                   must(wire.AppendDateLiteral(dst(), day(2024, 3, 15))),
		"timestamp":              must(wire.AppendTimestampLiteral(dst(), day(2024, 3, 15))),
		"timestamptz":            must(wire.AppendTimestampTZLiteral(dst(), day(2024, 3, 15))),
		"interval":               wire.AppendIntervalLiteral(dst(), time.Second),
		"uuid":                   wire.AppendUUIDLiteral(dst(), uuidValue),
		"identifier":             must(wire.AppendIdentifier(dst(), "x")),
		"identifier, odd letter": must(wire.AppendIdentifier(dst(), `"`)),
	}
}

func TestLiteralNeverJoinsWhatStandsBeforeIt(t *testing.T) {
	for _, before := range []string{"E", "e", "N", "B", "X", "U&", "select", "1", "1e", "a_", "a$", "$1", "'a'", `"a"`, "é"} {
		for name, got := range literalsOf(before) {
			require.Equal(t, byte(' '), got[len(before)], "%s after %s: %s", name, before, got)
		}
	}
	for name, got := range literalsOf("select -") {
		require.NotContains(t, string(got), "--", name)
	}
}

func TestLiteralAddsNoBlankWhereNoneIsNeeded(t *testing.T) {
	for _, before := range []string{"", " ", "(", "=", ",", "[", ":", "\n"} {
		for name, got := range literalsOf(before) {
			if name == "negative int" || name == "negative float" {
				continue
			}
			require.NotEqual(t, byte(' '), got[len(before)], "%s after %q", name, before)
		}
	}
}

func TestAppendSeparatorAfterALiteral(t *testing.T) {
	for name, literal := range literalsOf("") {
		separated := string(literal) + " "
		if strings.HasSuffix(string(literal), ")") {
			separated = string(literal) // a parenthesis ends every token
		}
		for _, next := range []byte(`aZ_09$'".` + "\xc3") {
			require.Equal(t, separated, string(wire.AppendSeparator(literal, next)), "%s before %c", name, next)
		}
		for _, next := range []byte(" ,;)]:+-*/<=\n") {
			require.Equal(t, string(literal), string(wire.AppendSeparator(literal, next)), "%s before %c", name, next)
		}
	}
}

func TestLiteralErrorsLeaveDstUnchanged(t *testing.T) {
	dst := []byte("select a")
	cases := map[string]func() ([]byte, error){
		"text has a NUL byte at byte 1":     func() ([]byte, error) { return wire.AppendStringLiteral(dst, "a\x00", true) },
		"text is not valid UTF-8 at byte 0": func() ([]byte, error) { return wire.AppendStringLiteral(dst, "\xff", false) },
		"an identifier cannot be empty":     func() ([]byte, error) { return wire.AppendIdentifier(dst, "") },
		"text has a NUL byte at byte 0":     func() ([]byte, error) { return wire.AppendIdentifier(dst, "\x00") },
		"outside the range of date":         func() ([]byte, error) { return wire.AppendDateLiteral(dst, day(-5000, 1, 1)) },
		"outside the range of timestamp":    func() ([]byte, error) { return wire.AppendTimestampLiteral(dst, day(300000, 1, 1)) },
		"outside the range of timestamp, ":  func() ([]byte, error) { return wire.AppendTimestampTZLiteral(dst, day(300000, 1, 1)) },
	}
	for want, render := range cases {
		t.Run(want, func(t *testing.T) {
			got, err := render()
			require.ErrorContains(t, err, want)
			require.Equal(t, "select a", string(got))
		})
	}
}

var hostileTexts = []string{
	"", "a", "'", "''", `\`, `\'`, `\\'`, `'; drop table t; --`, `\'; drop table t; --`, "/*", "*/", "--", "$$", "$1", "é'\\",
	"\n", "%s", "?", `"`, `a"b`,
}

func FuzzStringLiteral(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, standardConforming := range []bool{true, false} {
			literal, err := wire.AppendStringLiteral(nil, text, standardConforming)
			require.Equal(t, wire.CheckText(text), err)
			if err != nil {
				return
			}
			read, rest := readStringLiteral(string(literal), standardConforming)
			require.Equal(t, text, read)
			require.Empty(t, rest)
		}
		identifier, err := wire.AppendIdentifier(nil, text)
		if err != nil {
			return
		}
		read, rest := readQuoted(string(identifier), '"', false)
		require.Equal(t, text, read)
		require.Empty(t, rest)
	})
}

// readStringLiteral reads as the server's lexer does (documentation, chapter "Lexical Structure") with
// backslash_quote off, under which \' is an error.
func readStringLiteral(literal string, standardConforming bool) (value, rest string) {
	if literal[0] == 'E' {
		return readQuoted(literal[1:], '\'', true)
	}
	return readQuoted(literal, '\'', !standardConforming)
}

func readQuoted(s string, quote byte, backslashEscapes bool) (value, rest string) {
	var read []byte
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && backslashEscapes:
			i++
			if i == len(s) || s[i] != '\\' {
				return fmt.Sprintf("unsafe escape at byte %d", i), s
			}
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote:
			i++
		case s[i] == quote:
			return string(read), s[i+1:]
		}
		read = append(read, s[i])
	}
	return "unterminated", s
}
