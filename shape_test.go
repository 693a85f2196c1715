package pgadapt

import (
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

// A negative scale exists since PostgreSQL 15; older servers cannot be asked for one.
func TestPrecisionAndScaleOfAModifier(t *testing.T) {
	for name, test := range map[string]struct {
		modifier         int32
		precision, scale int64
		ok               bool
	}{
		"numeric":          {-1, 0, 0, false},
		"numeric(10,2)":    {10<<16 | 2 + 4, 10, 2, true},
		"numeric(3,-2)":    {3<<16 | 0x7fe + 4, 3, -2, true},
		"numeric(1000,0)":  {1000<<16 + 4, 1000, 0, true},
		"numeric(5,1000)":  {5<<16 | 1000 + 4, 5, 1000, true},
		"numeric(5,-1000)": {5<<16 | (0x800 - 1000) + 4, 5, -1000, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := column{oid: pgtype.NumericOID, modifier: test.modifier}
			precision, scale, ok := c.precisionScale()
			require.Equal(t, test.ok, ok)
			require.Equal(t, test.precision, precision)
			require.Equal(t, test.scale, scale)
		})
	}
}
