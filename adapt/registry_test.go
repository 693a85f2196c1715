package adapt_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/adapt"
)

type (
	mood  string
	point struct{ X, Y int }
)

func ExampleAdapter() {
	registry := &adapt.Registry{} // set it as Config.Types
	adapt.Adapter(registry, func(m mood) (any, error) { return strings.ToLower(string(m)), nil })
	value, _, err := registry.Adapt(mood("HAPPY"))
	fmt.Println(value, err)
	// Output: happy <nil>
}

func TestRegistry(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Enum[mood](registry, "app.mood")
	adapt.CompositeInOrder[point](registry, "point2")
	adapt.Caster(registry, "app.mood", func(text []byte) (point, error) { return point{X: len(text)}, nil })

	name, ok := registry.TypeName(reflect.TypeFor[mood]())
	require.True(t, ok)
	require.Equal(t, "app.mood", name)
	goType, ok := registry.GoType("app", "mood")
	require.True(t, ok)
	require.Equal(t, reflect.TypeFor[mood](), goType)
	_, ok = registry.GoType("other", "mood")
	require.False(t, ok)
	require.True(t, registry.InOrder(reflect.TypeFor[point]()))
	require.Equal(t, []string{"app.mood"}, registry.CasterNames(reflect.TypeFor[point]()))
	decode, ok := registry.CasterFor(reflect.TypeFor[point](), "app", "mood")
	require.True(t, ok)
	value, err := decode([]byte("ok"))
	require.NoError(t, err)
	require.Equal(t, point{X: 2}, value)
}

func TestNilRegistryIsEmpty(t *testing.T) {
	var registry *adapt.Registry
	_, ok := registry.TypeName(reflect.TypeFor[mood]())
	require.False(t, ok)
	_, ok, err := registry.Adapt(mood("x"))
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, registry.InOrder(reflect.TypeFor[point]()))
	require.Empty(t, registry.CasterNames(reflect.TypeFor[point]()))
}
