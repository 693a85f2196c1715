package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

func TestTypeName(t *testing.T) {
	names := map[uint32]string{
		16: "BOOL", 18: "CHAR", 23: "INT4", 25: "TEXT", 71: "PG_TYPE", 114: "JSON", 790: "MONEY", 1007: "_INT4",
		1042: "BPCHAR", 1184: "TIMESTAMPTZ", 1266: "TIMETZ", 2249: "RECORD", 2277: "ANYARRAY", 2278: "VOID",
		3802: "JSONB", 4451: "INT4MULTIRANGE", 6157: "_INT8MULTIRANGE",
	}
	for oid, want := range names {
		name, ok := wire.TypeName(oid)
		require.True(t, ok, want)
		require.Equal(t, want, name)
	}
	for _, oid := range []uint32{0, 15, 10_000, 16_384, 1<<32 - 1} {
		name, ok := wire.TypeName(oid)
		require.False(t, ok)
		require.Empty(t, name)
	}
}

// The look-up is a binary search, so every entry has to be found by it.
func TestTypeNameFindsEveryType(t *testing.T) {
	found := 0
	for oid := range uint32(10_000) {
		if name, ok := wire.TypeName(oid); ok {
			require.NotEmpty(t, name)
			found++
		}
	}
	require.GreaterOrEqual(t, found, 198, "PostgreSQL 18 has 198 built-in types")
}

func TestCatalogNamesAreTheTypesNamesInLowerCase(t *testing.T) {
	count := 0
	for oid, name := range wire.CatalogNames() {
		upper, ok := wire.TypeName(oid)
		require.True(t, ok)
		require.Equal(t, upper, strings.ToUpper(name))
		require.Equal(t, strings.ToLower(name), name)
		count++
	}
	require.Equal(t, count, wire.CountTypes())
}
