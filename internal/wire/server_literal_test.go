package wire_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// literalSession is a server that reads literals.
type literalSession struct {
	t    *testing.T
	conn *pgconn.PgConn
}

// forEachStringSetting runs test under every setting that changes how the server reads a quoted string.
func forEachStringSetting(t *testing.T, test func(s literalSession, standardConforming bool)) {
	for _, standardConforming := range []bool{true, false} {
		for _, backslashQuote := range []string{"on", "off", "safe_encoding"} {
			scs := map[bool]string{true: "on", false: "off"}[standardConforming]
			t.Run("standard_conforming_strings "+scs+" backslash_quote "+backslashQuote, func(t *testing.T) {
				conn := connectToServer(t, "standard_conforming_strings="+scs, "backslash_quote="+backslashQuote)
				test(literalSession{t, conn}, standardConforming)
			})
		}
	}
}

// requireLiteral checks what a literal is to the server: its type, and its value in binary format after a cast.
func (s literalSession) requireLiteral(literal []byte, typeName, castTo string, want []byte) {
	s.t.Helper()
	answer, err := evaluate(s.t, s.conn, "select pg_typeof("+string(literal)+")", nil, textFormat, textFormat)
	require.NoError(s.t, err, "%s", literal)
	require.Equal(s.t, typeName, string(answer), "%s", literal)
	answer, err = evaluate(s.t, s.conn, "select ("+string(literal)+")::"+castTo, nil, textFormat, binaryFormat)
	require.NoError(s.t, err, "%s", literal)
	require.Equal(s.t, want, answer, "%s", literal)
}

func TestServerReadsNumberLiterals(t *testing.T) {
	s := literalSession{t, connectToServer(t)}
	for _, v := range integers {
		typeName := "integer"
		if v > math.MaxInt32 || v < math.MinInt32 {
			typeName = "bigint"
		}
		s.requireLiteral(wire.AppendIntLiteral(nil, v), typeName, "int8", wire.AppendInt8(nil, v))
		if v >= 0 {
			s.requireLiteral(wire.AppendUintLiteral(nil, uint64(v)), typeName, "int8", wire.AppendInt8(nil, v))
		}
	}
	s.requireLiteral(wire.AppendUintLiteral(nil, math.MaxUint64), "numeric", "text", []byte("18446744073709551615"))
	for _, v := range floats {
		typeName := "numeric"
		if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 && math.Signbit(v) {
			typeName = "double precision"
		}
		literal := wire.AppendFloatLiteral(nil, v, 64)
		if math.IsNaN(v) {
			s.requireLiteral(literal, typeName, "text", []byte("NaN"))
			continue
		}
		s.requireLiteral(literal, typeName, "float8", wire.AppendFloat8(nil, v))
	}
	single := float32(0.1)
	s.requireLiteral(wire.AppendFloatLiteral(nil, float64(single), 32), "numeric", "float4", wire.AppendFloat4(nil, single))
}

func TestServerReadsStringLiterals(t *testing.T) {
	forEachStringSetting(t, func(s literalSession, standardConforming bool) {
		for _, text := range hostileTexts {
			literal := must(wire.AppendStringLiteral(nil, text, standardConforming))
			s.requireLiteral(literal, "unknown", "text", []byte(text))
		}
		for _, v := range [][]byte{{}, {0}, []byte(`'\`), {0xff, 0x5c, 0x27}} {
			s.requireLiteral(wire.AppendByteaLiteral(nil, v, standardConforming), "bytea", "bytea", v)
		}
	})
}

func TestServerReadsOtherLiterals(t *testing.T) {
	forEachStringSetting(t, func(s literalSession, _ bool) {
		s.requireLiteral(wire.AppendBoolLiteral(nil, true), "boolean", "bool", []byte{1})
		s.requireLiteral(wire.AppendBoolLiteral(nil, false), "boolean", "bool", []byte{0})
		s.requireLiteral(wire.AppendNullLiteral(nil), "unknown", "text", nil)
		s.requireLiteral(wire.AppendUUIDLiteral(nil, uuidValue), "uuid", "uuid", uuidValue[:])
		for _, c := range timestamps {
			v := c.v.In(time.FixedZone("", -19270))
			s.requireLiteral(must(wire.AppendTimestampTZLiteral(nil, v)), "timestamp with time zone", "timestamptz",
				must(wire.AppendTimestampTZ(nil, v)))
			v = c.v
			s.requireLiteral(must(wire.AppendTimestampLiteral(nil, v)), "timestamp without time zone", "timestamp",
				must(wire.AppendTimestamp(nil, v)))
			s.requireLiteral(must(wire.AppendDateLiteral(nil, v)), "date", "date", must(wire.AppendDate(nil, v)))
		}
		for _, c := range durations {
			want := append(wire.AppendInt8(nil, c.v.Microseconds()), make([]byte, 8)...)
			s.requireLiteral(wire.AppendIntervalLiteral(nil, c.v), "interval", "interval", want)
		}
	})
}

// Each pair of literals, one directly after the other, is a value and its alias or an error, and never one value.
func TestServerReadsNeighboursApart(t *testing.T) {
	conn := connectToServer(t)
	for name, second := range literalsOf("select 7 as a, 1") {
		if strings.HasPrefix(name, "negative") || strings.Contains(name, "scs off") {
			continue // 1 -1 is a difference, and this session reads '\' its own way
		}
		result := conn.ExecParams(t.Context(), string(second), nil, nil, nil, nil).Read()
		if result.Err != nil {
			require.ErrorContains(t, result.Err, "SQLSTATE 42601", name)
			continue
		}
		require.Equal(t, "1", string(result.Rows[0][1]), name)
	}
	for _, number := range [][]byte{
		wire.AppendIntLiteral([]byte("select 3 -"), -10), wire.AppendFloatLiteral([]byte("select 3 -"), -10, 64),
	} {
		answer, err := evaluate(t, conn, string(number), nil, textFormat, textFormat)
		require.NoError(t, err)
		require.Contains(t, []string{"13", "13.0"}, string(answer))
	}
}

func TestServerReadsIdentifiers(t *testing.T) {
	forEachStringSetting(t, func(s literalSession, _ bool) {
		for _, name := range hostileTexts {
			if name == "" {
				continue
			}
			sql := must(wire.AppendIdentifier([]byte("select 1 as "), name))
			result := s.conn.ExecParams(s.t.Context(), string(sql), nil, nil, nil, nil).Read()
			require.NoError(s.t, result.Err, name)
			require.Equal(s.t, name, result.FieldDescriptions[0].Name)
		}
	})
}
