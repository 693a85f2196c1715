package wire_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/wire"
)

var durations = []struct {
	v    time.Duration
	text string
}{
	{0, "00:00:00"},
	{time.Second, "00:00:01"},
	{-500 * time.Millisecond, "-00:00:00.5"},
	{90 * time.Minute, "01:30:00"},
	{-36 * time.Hour, "-36:00:00"},
	{time.Microsecond, "00:00:00.000001"},
	{1999 * time.Nanosecond, "00:00:00.000001"},
	{-1999 * time.Nanosecond, "-00:00:00.000001"},
	{-999 * time.Nanosecond, "00:00:00"},
	{math.MaxInt64, "2562047:47:16.854775"},
	{math.MinInt64, "-2562047:47:16.854775"},
}

func TestAppendIntervalText(t *testing.T) {
	for _, c := range durations {
		require.Equal(t, c.text, string(wire.AppendIntervalText(nil, c.v)))
	}
}
