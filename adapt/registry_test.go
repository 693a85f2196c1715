package adapt_test

import (
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

func TestAdapt(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Adapter(registry, func(m mood) (any, error) { return strings.ToLower(string(m)), nil })
	value, ok, err := registry.Adapt(mood("HAPPY"))
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "happy", value)
	_, ok, err = registry.Adapt("HAPPY")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestRegistry(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Enum[mood](registry, "app.mood")
	adapt.CompositeInOrder[point](registry, "point2")
	adapt.Caster(registry, "app.mood", func(text []byte) (point, error) { return point{X: len(text)}, nil })

	name, ok := registry.TypeName(reflect.TypeFor[mood]())
	require.True(t, ok)
	require.Equal(t, "app.mood", name)
	goType, ok := registry.GoType("point2")
	require.True(t, ok)
	require.Equal(t, reflect.TypeFor[point](), goType)
	goType, ok = registry.GoType("app.mood")
	require.True(t, ok, "the last one counts")
	require.Equal(t, reflect.TypeFor[point](), goType)
	_, ok = registry.GoType("mood")
	require.False(t, ok)
	require.Equal(t, []string{"app.mood", "point2"}, registry.Names())
	require.True(t, registry.InOrder(reflect.TypeFor[point]()))
	require.Equal(t, []string{"app.mood"}, registry.CasterNames(reflect.TypeFor[point]()))
	decode, ok := registry.Caster(reflect.TypeFor[point](), "app.mood")
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
	_, ok = registry.Caster(reflect.TypeFor[point](), "x")
	require.False(t, ok)
	_, ok = registry.GoType("x")
	require.False(t, ok)
	require.Empty(t, registry.Names())
}
