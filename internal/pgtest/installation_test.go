package pgtest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMajorVersion(t *testing.T) {
	for text, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 18.4":                             18,
		"postgres (PostgreSQL) 19beta1":                          19,
		"postgres (PostgreSQL) 19devel":                          19,
		"16.2 (Ubuntu 16.2-1.pgdg22.04+1)":                       16,
		"17":                                                     17,
	} {
		t.Run(text, func(t *testing.T) {
			have, err := majorVersion(text)
			require.NoError(t, err)
			require.Equal(t, want, have)
		})
	}
	for _, text := range []string{"", "postgres", "version"} {
		t.Run("none in "+text, func(t *testing.T) {
			_, err := majorVersion(text)
			require.Error(t, err)
		})
	}
}

func TestInstallationsInIgnoresOtherFolders(t *testing.T) {
	require.Empty(t, installationsIn(t.Context(), []string{t.TempDir(), "/nowhere"}))
}

func TestParseVersionList(t *testing.T) {
	for _, test := range []struct {
		list string
		want []int // nil for an error
	}{
		{"15", []int{15}},
		{"18, 15,18", []int{15, 18}},
		{"15,", nil},
		{"new", nil},
		{"-1", nil},
	} {
		t.Run(test.list, func(t *testing.T) {
			t.Setenv("PGADAPT_TEST_VERSIONS", test.list)
			have, err := AtHand(t.Context())
			require.Equal(t, test.want == nil, err != nil, err)
			require.Equal(t, test.want, have)
		})
	}
}
