package pgtest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConfigurationFileQuotesValues(t *testing.T) {
	have := configurationFile(map[string]string{"port": "5433", "cluster_name": `it's \ one`, "a.b": ""})
	require.Equal(t, "a.b = ''\ncluster_name = 'it''s \\\\ one'\nport = '5433'\n", string(have))
}

func TestServerEnvironmentHasNothingOfTheCallers(t *testing.T) {
	have := serverEnvironment([]string{"PATH=/bin", "PGDATA=/x", "LC_MESSAGES=de_DE", "LANG=de_DE", "HOME=/h"})
	require.Equal(t, []string{"PATH=/bin", "HOME=/h", "LC_ALL=C"}, have)
}
