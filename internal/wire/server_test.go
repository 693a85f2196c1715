package wire_test

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/internal/wire"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// The tests whose names start with TestServer ask a PostgreSQL server what a value means.

const textFormat, binaryFormat = 0, 1

// connectToServer gives a session with the given settings, each as in "timezone=UTC".
func connectToServer(t *testing.T, settings ...string) *pgconn.PgConn {
	t.Helper()
	config, err := pgconn.ParseConfig(pgtest.DSN(t))
	require.NoError(t, err)
	for _, setting := range append([]string{"datestyle=ISO", "timezone=UTC", "client_encoding=UTF8"}, settings...) {
		name, value, _ := strings.Cut(setting, "=")
		config.RuntimeParams[name] = value
	}
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(t.Context())) })
	return conn
}

// evaluate sends one argument, if any, and gives the value of the first column.
func evaluate(t *testing.T, conn *pgconn.PgConn, sql string, args [][]byte, argFormat, resultFormat int16) ([]byte, error) {
	t.Helper()
	result := conn.ExecParams(t.Context(), sql, args, nil, []int16{argFormat}, []int16{resultFormat}).Read()
	if result.Err != nil {
		return nil, result.Err
	}
	return result.Rows[0][0], nil
}

// codec is what wire has for one type.
type codec[T any] struct {
	typeName     string
	values       []T
	appendBinary func([]byte, T) ([]byte, error)
	appendText   func([]byte, T) ([]byte, error)
	decode       func([]byte) (T, error)
	parse        func([]byte) (T, error)
}

// requireServerAgrees sends each value in either format, and reads the answer in either format.
func requireServerAgrees[T any](t *testing.T, conn *pgconn.PgConn, c codec[T]) {
	t.Helper()
	sql := "select $1::" + c.typeName
	for _, v := range c.values {
		binary, err := c.appendBinary([]byte{}, v)
		require.NoError(t, err)
		text, err := c.appendText([]byte{}, v)
		require.NoError(t, err)
		for format, arg := range map[int16][]byte{textFormat: text, binaryFormat: binary} {
			answer, err := evaluate(t, conn, sql, [][]byte{arg}, format, binaryFormat)
			require.NoError(t, err, "%s %v sent as %q", c.typeName, v, arg)
			decoded, err := c.decode(answer)
			require.NoError(t, err)
			requireSameValue(t, v, decoded)

			answer, err = evaluate(t, conn, sql, [][]byte{arg}, format, textFormat)
			require.NoError(t, err)
			parsed, err := c.parse(answer)
			require.NoError(t, err)
			requireSameValue(t, v, parsed)
		}
	}
}

// requireSameValue holds times for equal that are the same instant, and NaN equal to itself.
func requireSameValue(t *testing.T, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case time.Time:
		require.True(t, want.Equal(got.(time.Time)), "want %v, got %v", want, got)
	case float64:
		requireSameFloat(t, want, got.(float64))
	default:
		require.Equal(t, want, got)
	}
}

// sure makes an appender without an error look like one with an error.
func sure[T any](appendTo func([]byte, T) []byte) func([]byte, T) ([]byte, error) {
	return func(dst []byte, v T) ([]byte, error) { return appendTo(dst, v), nil }
}

// finite drops the Infinity of a decoder.
func finite(decode func([]byte) (time.Time, wire.Infinity, error)) func([]byte) (time.Time, error) {
	return func(src []byte) (time.Time, error) {
		v, infinity, err := decode(src)
		if infinity != wire.Finite {
			return time.Time{}, strconv.ErrRange
		}
		return v, err
	}
}

func TestServerReadsScalars(t *testing.T) {
	conn := connectToServer(t)
	requireServerAgrees(t, conn, codec[bool]{
		"bool", []bool{true, false}, sure(wire.AppendBool),
		func(dst []byte, v bool) ([]byte, error) { return strconv.AppendBool(dst, v), nil }, wire.DecodeBool, wire.ParseBool,
	})
	requireServerAgrees(t, conn, codec[int16]{
		"int2", []int16{0, 1, -1, math.MaxInt16, math.MinInt16}, sure(wire.AppendInt2), appendDecimal[int16], wire.DecodeInt2,
		func(src []byte) (int16, error) { v, err := wire.ParseInt(src, 16); return int16(v), err },
	})
	requireServerAgrees(t, conn, codec[int32]{
		"int4", []int32{0, 1, -1, math.MaxInt32, math.MinInt32}, sure(wire.AppendInt4), appendDecimal[int32], wire.DecodeInt4,
		func(src []byte) (int32, error) { v, err := wire.ParseInt(src, 32); return int32(v), err },
	})
	requireServerAgrees(t, conn, codec[int64]{
		"int8", integers, sure(wire.AppendInt8), appendDecimal[int64], wire.DecodeInt8,
		func(src []byte) (int64, error) { return wire.ParseInt(src, 64) },
	})
	for _, typeName := range []string{"oid", "xid", "cid"} {
		requireServerAgrees(t, conn, codec[uint32]{
			typeName, []uint32{0, 1, math.MaxInt32 + 1, math.MaxUint32}, sure(wire.AppendUint4), appendDecimal[uint32],
			wire.DecodeUint4, func(src []byte) (uint32, error) { v, err := wire.ParseUint(src, 32); return uint32(v), err },
		})
	}
	requireServerAgrees(t, conn, codec[uint64]{
		"xid8", []uint64{0, 1, math.MaxInt64 + 1, math.MaxUint64},
		func(dst []byte, v uint64) ([]byte, error) { return wire.AppendInt8(dst, int64(v)), nil }, appendDecimal[uint64],
		wire.DecodeUint8, func(src []byte) (uint64, error) { return wire.ParseUint(src, 64) },
	})
	requireServerAgrees(t, conn, codec[[16]byte]{
		"uuid", [][16]byte{{}, uuidValue}, sure(wire.AppendUUID), sure(wire.AppendUUIDText), wire.DecodeUUID, wire.ParseUUID,
	})
}

func appendDecimal[T int16 | int32 | int64 | uint32 | uint64](dst []byte, v T) ([]byte, error) {
	if v < 0 {
		return strconv.AppendInt(dst, int64(v), 10), nil
	}
	return strconv.AppendUint(dst, uint64(v), 10), nil
}

func TestServerReadsFloats(t *testing.T) {
	conn := connectToServer(t)
	values := floats
	for range 200 {
		v := math.Float64frombits(rand.Uint64())
		if !math.IsNaN(v) { // the server keeps the bits of a NaN only in binary format
			values = append(values, v)
		}
	}
	requireServerAgrees(t, conn, codec[float64]{
		"float8", values, sure(wire.AppendFloat8),
		func(dst []byte, v float64) ([]byte, error) { return wire.AppendFloatText(dst, v, 64), nil }, wire.DecodeFloat8,
		func(src []byte) (float64, error) { return wire.ParseFloat(src, 64) },
	})
	var singles []float64
	for _, v := range values {
		singles = append(singles, float64(float32(v)))
	}
	requireServerAgrees(t, conn, codec[float64]{
		"float4", singles,
		func(dst []byte, v float64) ([]byte, error) { return wire.AppendFloat4(dst, float32(v)), nil },
		func(dst []byte, v float64) ([]byte, error) { return wire.AppendFloatText(dst, v, 32), nil },
		func(src []byte) (float64, error) { v, err := wire.DecodeFloat4(src); return float64(v), err },
		func(src []byte) (float64, error) { return wire.ParseFloat(src, 32) },
	})
}

func TestServerReadsJSONB(t *testing.T) {
	conn := connectToServer(t)
	identity := func(src []byte) ([]byte, error) { return src, nil }
	requireServerAgrees(t, conn, codec[[]byte]{
		"jsonb", [][]byte{[]byte(`{"a": [1, null, "é\\u0001"]}`), []byte("null"), []byte(`""`)},
		func(dst, v []byte) ([]byte, error) { return wire.AppendJSONB(dst, v), nil },
		func(dst, v []byte) ([]byte, error) { return append(dst, v...), nil }, wire.DecodeJSONB, identity,
	})
}

func TestServerReadsByteaInBothOutputFormats(t *testing.T) {
	var every []byte
	for b := range 256 {
		every = append(every, byte(b))
	}
	for _, output := range []string{"hex", "escape"} {
		t.Run(output, func(t *testing.T) {
			conn := connectToServer(t, "bytea_output="+output)
			requireServerAgrees(t, conn, codec[[]byte]{
				"bytea", [][]byte{{}, every, []byte(`\x00`), []byte(`\000`), []byte(`\\`), []byte("x")},
				func(dst, v []byte) ([]byte, error) { return append(dst, v...), nil },
				func(dst, v []byte) ([]byte, error) { return wire.AppendByteaText(dst, v), nil },
				func(src []byte) ([]byte, error) { return src, nil }, wire.ParseBytea,
			})
		})
	}
}

func TestServerReadsTimesOfDay(t *testing.T) {
	conn := connectToServer(t)
	var microseconds []int64
	for _, c := range clocks {
		microseconds = append(microseconds, c.microseconds)
	}
	requireServerAgrees(t, conn, codec[int64]{
		"time", microseconds, sure(wire.AppendTime), sure(wire.AppendTimeText), wire.DecodeTime, wire.ParseTime,
	})
	type timeTZ struct {
		microseconds int64
		offset       int
	}
	var values []timeTZ
	for _, m := range microseconds {
		for _, o := range offsets {
			values = append(values, timeTZ{m, o.seconds})
		}
	}
	requireServerAgrees(t, conn, codec[timeTZ]{
		"timetz", values,
		func(dst []byte, v timeTZ) ([]byte, error) {
			return wire.AppendTimeTZ(dst, v.microseconds, v.offset), nil
		},
		func(dst []byte, v timeTZ) ([]byte, error) {
			return wire.AppendTimeTZText(dst, v.microseconds, v.offset), nil
		},
		func(src []byte) (v timeTZ, err error) { v.microseconds, v.offset, err = wire.DecodeTimeTZ(src); return },
		func(src []byte) (v timeTZ, err error) { v.microseconds, v.offset, err = wire.ParseTimeTZ(src); return },
	})
}

func TestServerRefusesTextsOfNoTimeOfDay(t *testing.T) {
	conn := connectToServer(t)
	for _, microseconds := range []int64{-1, -hour, 24*hour + 1, math.MinInt64} {
		_, err := evaluate(t, conn, "select $1::time", [][]byte{wire.AppendTimeText(nil, microseconds)}, textFormat, textFormat)
		require.ErrorContains(t, err, "SQLSTATE 22", "%d", microseconds)
	}
}

func TestServerHasTheSameTypeNames(t *testing.T) {
	conn := connectToServer(t)
	result := conn.ExecParams(t.Context(), "select oid, upper(typname) from pg_type where oid < 10000", nil, nil, nil, nil).Read()
	require.NoError(t, result.Err)
	require.NotEmpty(t, result.Rows)
	for _, row := range result.Rows {
		oid, err := wire.ParseUint(row[0], 32)
		require.NoError(t, err)
		name, ok := wire.TypeName(uint32(oid))
		require.True(t, ok, "%s", row)
		require.Equal(t, string(row[1]), name)
	}
}

func TestServerAgreesOnWhatTextIs(t *testing.T) {
	conn := connectToServer(t)
	for _, c := range texts {
		answer, err := evaluate(t, conn, "select $1::text", [][]byte{[]byte(c.text)}, textFormat, textFormat)
		if wire.CheckText(c.text) != nil {
			require.ErrorContains(t, err, "SQLSTATE 22021", c.name)
			continue
		}
		require.NoError(t, err, c.name)
		require.Equal(t, c.text, string(answer), c.name)
	}
}

func TestServerTakesTheSameFormsOfUUID(t *testing.T) {
	conn := connectToServer(t)
	for _, text := range append(uuidTexts, malformedUUIDs...) {
		want, wantErr := evaluate(t, conn, "select $1::uuid", [][]byte{[]byte(text)}, textFormat, binaryFormat)
		got, err := wire.ParseUUID([]byte(text))
		require.Equal(t, wantErr == nil, err == nil, "%q: %v, server: %v", text, err, wantErr)
		if err == nil {
			require.Equal(t, want, got[:])
		}
	}
}
