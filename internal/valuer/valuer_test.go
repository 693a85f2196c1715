package valuer_test

import (
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/valuer"
)

type byValue string

func (v byValue) Value() (driver.Value, error) { return "value " + string(v), nil }

type byPointer string

func (v *byPointer) Value() (driver.Value, error) {
	if v == nil {
		return "nil is mine", nil
	}
	return string(*v), nil
}

type failing struct{}

func (failing) Value() (driver.Value, error) { return "lost", errors.New("on purpose") }

type endless struct{}

func (endless) Value() (driver.Value, error) { return endless{}, nil }

func TestValueOf(t *testing.T) {
	text := byValue("x")
	for name, test := range map[string]struct {
		valuer driver.Valuer
		want   driver.Value
		says   string
	}{
		"value":                             {text, "value x", ""},
		"pointer to a value receiver":       {&text, "value x", ""},
		"nil pointer to a value receiver":   {(*byValue)(nil), nil, ""},
		"nil pointer to a pointer receiver": {(*byPointer)(nil), "nil is mine", ""},
		"error":                             {failing{}, nil, "on purpose"},
		"another Valuer":                    {endless{}, nil, "another driver.Valuer"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := valuer.ValueOf(test.valuer)
			if test.says != "" {
				require.ErrorContains(t, err, test.says)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, test.want, got)
		})
	}
}
