package pgadapt_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// What was scanned before stays what it is.
func TestWrapperUsedAgainKeepsNothingOfTheDestination(t *testing.T) {
	for name, destination := range map[string]interface {
		scan(t *testing.T, text string)
		got() any
	}{
		"bytes":    &again[[]byte]{},
		"json":     &again[json.RawMessage]{},
		"any":      &again[any]{},
		"list":     &again[[][]byte]{},
		"raw list": &again[[]json.RawMessage]{},
		"string":   &again[string]{},
		"texts":    &again[[]string]{},
	} {
		t.Run(name, func(t *testing.T) {
			destination.scan(t, `{"aaa"}`)
			first := fmt.Sprintf("%q", destination.got())
			kept := destination.got()
			destination.scan(t, `{"bbb"}`)
			second := fmt.Sprintf("%q", kept)
			require.Equal(t, first, second)
			other := fmt.Sprintf("%q", destination.got())
			require.NotEqual(t, first, other)
		})
	}
}

type again[T any] struct {
	value   T
	wrapper pgadapt.Wrapper
}

func (a *again[T]) scan(t *testing.T, text string) {
	if a.wrapper == nil {
		a.wrapper = pgadapt.Scan(&a.value)
	}
	require.NoError(t, a.wrapper.Scan(text))
}

func (a *again[T]) got() any { return a.value }
