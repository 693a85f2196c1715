//go:build !linux

package pgadapt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

func TestWhatOnlyLinuxHasIsRefused(t *testing.T) {
	for _, connString := range []string{"requirepeer=postgres", "tcp_user_timeout=1000"} {
		_, err := pgadapt.ParseConfig(connString)
		require.ErrorContains(t, err, "leave it out")
	}
}
