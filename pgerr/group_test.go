package pgerr_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr"
)

// psycopg2's assignment of classes, from its function base_exception_from_sqlstate.
var groupClasses = map[pgerr.Group]string{
	pgerr.Data:         "22",
	pgerr.Integrity:    "23",
	pgerr.Internal:     "24 25 2B 2D 2F 38 39 3B F0 P0 XX",
	pgerr.NotSupported: "0A",
	pgerr.Operational:  "08 26 27 28 34 40 53 54 55 57 58 HV",
	pgerr.Programming:  "20 21 3D 3F 42 44",
	pgerr.Database:     "00 01 02 03 09 0B 0F 0L 0P 0Z 10 72",
}

func TestGroupsPartitionCodes(t *testing.T) {
	t.Parallel()
	for name, code := range constants(t) {
		for group, classes := range groupClasses {
			listed := strings.Contains(classes, string(code[:2]))
			require.Equal(t, listed, code.Group() == group, "%s in %s", name, group)
			require.Equal(t, listed || group == pgerr.Database, group.Matches(string(code)), "%s matched by %s", name, group)
		}
	}
}

func TestGroupOfCodesWithoutConstant(t *testing.T) {
	t.Parallel()
	for sqlState, want := range map[string]pgerr.Group{
		"23999": pgerr.Integrity,
		"MY001": pgerr.Database,
		"5ZZZZ": pgerr.Operational,
		"PX001": pgerr.Internal,
		"H0001": pgerr.Operational,
		"F1001": pgerr.Internal,
		"XY001": pgerr.Internal,
		"29001": pgerr.Database,
		"YE001": pgerr.Database,
	} {
		t.Run(sqlState, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, pgerr.Code(sqlState).Group())
			require.True(t, want.Matches(sqlState))
			require.True(t, pgerr.Database.Matches(sqlState))
		})
	}
}

func TestGroupNamesAreThoseOfPython(t *testing.T) {
	t.Parallel()
	require.EqualError(t, pgerr.Operational, "OperationalError")
	require.EqualError(t, pgerr.Internal, "InternalError")
	require.NotEqual(t, error(pgerr.Internal), error(pgerr.InternalError))
}
