package pgadapt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionNumber(t *testing.T) {
	for version, want := range map[string]int{
		"15.18 (Debian 15.18-0+deb12u1)":  150018,
		"18beta1":                         180000,
		"18.4":                            180004,
		"9.6.24":                          90624,
		"10.2":                            100002,
		"13":                              130000,
		"15.18.1":                         150018,
		"":                                0,
		"CockroachDB CCL v24":             0,
		"99999999999999999999":            0,
		"15.":                             150000,
		"13.0.0":                          130000,
		"11.2-YB-2.21.0.0-b0 on x86_64-…": 110002,
	} {
		require.Equal(t, want, versionNumber(version), version)
	}
}
