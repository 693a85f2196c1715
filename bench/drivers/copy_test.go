package drivers_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/bench/drivers"
)

func TestTextOfCopySource(t *testing.T) {
	const rows = 10_000 // more than one chunk
	source := drivers.CopySource{Rows: rows, Row: func(i int) []any { return []any{int64(i % 2), "name", 1.5} }}
	text, err := io.ReadAll(source.Text())
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("0\tname\t1.5\n1\tname\t1.5\n", rows/2), string(text))
}
