package table_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/examples/internal/table"
)

func TestTable(t *testing.T) {
	t.Run("numbers to the right", func(t *testing.T) {
		seasons := table.New("season", "°C")
		seasons.Add("été", "25.0")
		seasons.Add("hiver", "-3.0")
		require.Equal(t, ""+
			"  season    °C\n"+
			"  été     25.0\n"+
			"  hiver   -3.0\n", seasons.String())
		require.Equal(t, 2, seasons.Rows())
	})
	t.Run("a column to the left", func(t *testing.T) {
		seasons := table.New("season", "°C", "what for").Left("what for")
		seasons.Add("été", "25.0", "swimming")
		seasons.Add("hiver", "-3.0", "skiing")
		require.Equal(t, ""+
			"  season    °C  what for\n"+
			"  été     25.0  swimming\n"+
			"  hiver   -3.0  skiing\n", seasons.String())
	})
	t.Run("the first rows", func(t *testing.T) {
		seasons := table.New("season")
		seasons.Add("été")
		seasons.Add("hiver")
		require.Equal(t, "  season\n  été\n  … and 1 more\n", seasons.Head(1))
		require.Equal(t, seasons.String(), seasons.Head(3))
	})
}
