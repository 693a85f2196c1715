package wire_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

// Results go here so that the compiler cannot leave a call out.
var (
	sinkBytes  []byte
	sinkTime   time.Time
	sinkInt    int64
	sinkUint   uint64
	sinkFloat  float64
	sinkBool   bool
	sinkUUID   [16]byte
	sinkString string
	sinkErr    error
)

func requireNoAllocation(t *testing.T, calls map[string]func()) {
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			require.Zero(t, testing.AllocsPerRun(100, call))
			require.NoError(t, sinkErr)
		})
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	src := make([]byte, 16)
	jsonb := []byte("\x01{}")
	requireNoAllocation(t, map[string]func(){
		"bool":      func() { sinkBool, sinkErr = wire.DecodeBool(src[:1]) },
		"int2":      func() { v, err := wire.DecodeInt2(src[:2]); sinkInt, sinkErr = int64(v), err },
		"int4":      func() { v, err := wire.DecodeInt4(src[:4]); sinkInt, sinkErr = int64(v), err },
		"int8":      func() { sinkInt, sinkErr = wire.DecodeInt8(src[:8]) },
		"oid":       func() { v, err := wire.DecodeUint4(src[:4]); sinkUint, sinkErr = uint64(v), err },
		"xid8":      func() { sinkUint, sinkErr = wire.DecodeUint8(src[:8]) },
		"float4":    func() { v, err := wire.DecodeFloat4(src[:4]); sinkFloat, sinkErr = float64(v), err },
		"float8":    func() { sinkFloat, sinkErr = wire.DecodeFloat8(src[:8]) },
		"date":      func() { sinkTime, _, sinkErr = wire.DecodeDate(src[:4]) },
		"timestamp": func() { sinkTime, _, sinkErr = wire.DecodeTimestamp(src[:8]) },
		"time":      func() { sinkInt, sinkErr = wire.DecodeTime(src[:8]) },
		"timetz":    func() { sinkInt, _, sinkErr = wire.DecodeTimeTZ(src[:12]) },
		"uuid":      func() { sinkUUID, sinkErr = wire.DecodeUUID(src) },
		"jsonb":     func() { sinkBytes, sinkErr = wire.DecodeJSONB(jsonb) },
		"type name": func() { sinkString, sinkBool = wire.TypeName(1184) },
	})
}

func TestParseDoesNotAllocate(t *testing.T) {
	var (
		boolean     = []byte("t")
		integer     = []byte("-9223372036854775808")
		float       = []byte("-1.7976931348623157e+308")
		date        = []byte("0044-03-15 BC")
		timestamp   = []byte("2024-03-15 04:05:06.789")
		timestampTZ = []byte("2024-03-15 04:05:06.789+05:30")
		clock       = []byte("04:05:06.789")
		clockTZ     = []byte("04:05:06.789-08")
		uuid        = []byte(uuidText)
		bytea       = []byte(`\x00ff`)
		text        = []byte("ordinary text")
		location    = time.FixedZone("", 3600)
		buffer      = make([]byte, 0, 64)
	)
	requireNoAllocation(t, map[string]func(){
		"bool":        func() { sinkBool, sinkErr = wire.ParseBool(boolean) },
		"int":         func() { sinkInt, sinkErr = wire.ParseInt(integer, 64) },
		"uint":        func() { sinkUint, sinkErr = wire.ParseUint(integer[1:], 64) },
		"float":       func() { sinkFloat, sinkErr = wire.ParseFloat(float, 64) },
		"date":        func() { sinkTime, _, sinkErr = wire.ParseDate(date) },
		"timestamp":   func() { sinkTime, _, sinkErr = wire.ParseTimestamp(timestamp) },
		"timestamptz": func() { sinkTime, _, sinkErr = wire.ParseTimestampTZ(timestampTZ, location) },
		"time":        func() { sinkInt, sinkErr = wire.ParseTime(clock) },
		"timetz":      func() { sinkInt, _, sinkErr = wire.ParseTimeTZ(clockTZ) },
		"uuid":        func() { sinkUUID, sinkErr = wire.ParseUUID(uuid) },
		"bytea":       func() { sinkBytes, sinkErr = wire.AppendParsedBytea(buffer, bytea) },
		"text":        func() { sinkErr = wire.CheckTextBytes(text) },
	})
}

func TestAppendDoesNotAllocate(t *testing.T) {
	at := time.Date(2024, 3, 15, 4, 5, 6, 789, time.FixedZone("", 19800))
	buffer := make([]byte, 0, 128)
	requireNoAllocation(t, map[string]func(){
		"bool":                func() { sinkBytes = wire.AppendBool(buffer, true) },
		"int2":                func() { sinkBytes = wire.AppendInt2(buffer, 1) },
		"int4":                func() { sinkBytes = wire.AppendInt4(buffer, 1) },
		"int8":                func() { sinkBytes = wire.AppendInt8(buffer, 1) },
		"oid":                 func() { sinkBytes = wire.AppendUint4(buffer, 1) },
		"float4":              func() { sinkBytes = wire.AppendFloat4(buffer, 1) },
		"float8":              func() { sinkBytes = wire.AppendFloat8(buffer, 1) },
		"float text":          func() { sinkBytes = wire.AppendFloatText(buffer, 0.1, 64) },
		"uuid":                func() { sinkBytes = wire.AppendUUID(buffer, uuidValue) },
		"uuid text":           func() { sinkBytes = wire.AppendUUIDText(buffer, uuidValue) },
		"date":                func() { sinkBytes, sinkErr = wire.AppendDate(buffer, at) },
		"date text":           func() { sinkBytes, sinkErr = wire.AppendDateText(buffer, at) },
		"timestamp":           func() { sinkBytes, sinkErr = wire.AppendTimestamp(buffer, at) },
		"timestamp text":      func() { sinkBytes, sinkErr = wire.AppendTimestampText(buffer, at) },
		"timestamptz":         func() { sinkBytes, sinkErr = wire.AppendTimestampTZ(buffer, at) },
		"timestamptz text":    func() { sinkBytes, sinkErr = wire.AppendTimestampTZText(buffer, at) },
		"timestamptz literal": func() { sinkBytes, sinkErr = wire.AppendTimestampTZLiteral(buffer, at) },
		"time":                func() { sinkBytes = wire.AppendTime(buffer, 1) },
		"time text":           func() { sinkBytes = wire.AppendTimeText(buffer, 1) },
		"timetz":              func() { sinkBytes = wire.AppendTimeTZ(buffer, 1, 2) },
		"timetz text":         func() { sinkBytes = wire.AppendTimeTZText(buffer, 1, 2) },
		"interval text":       func() { sinkBytes = wire.AppendIntervalText(buffer, time.Second) },
		"int literal":         func() { sinkBytes = wire.AppendIntLiteral(buffer, -1) },
		"float literal":       func() { sinkBytes = wire.AppendFloatLiteral(buffer, -1, 64) },
		"string literal":      func() { sinkBytes, sinkErr = wire.AppendStringLiteral(buffer, "a'b", true) },
		"bytea literal":       func() { sinkBytes = wire.AppendByteaLiteral(buffer, buffer[:8], true) },
		"identifier":          func() { sinkBytes, sinkErr = wire.AppendIdentifier(buffer, "a") },
	})
}

func TestParseByteaAllocatesTheValueAlone(t *testing.T) {
	for _, src := range [][]byte{[]byte(`\x00112233`), []byte(`abc\000def`)} {
		require.EqualValues(t, 1, testing.AllocsPerRun(100, func() { sinkBytes, sinkErr = wire.ParseBytea(src) }))
		require.NoError(t, sinkErr)
	}
}
