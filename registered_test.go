package pgadapt_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/adapt"
)

type celsius float64

func TestRegisteredTypesAsParameters(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Enum[mood](registry, "own.mood")
	adapt.Enum[namedText](registry, "own.nothing")
	adapt.CompositeInOrder[pair](registry, "own.pair")
	adapt.Adapter(registry, func(c celsius) (any, error) {
		if c < -273.15 {
			return nil, errors.New("below zero")
		}
		return big.NewInt(int64(c * 100)), nil
	})
	db := openConfig(t, func(config *pgadapt.Config) { config.Types = registry })
	conn := ownTypes(t, db)
	_, err := conn.ExecContext(t.Context(), "create type pair as (x int, y int)")
	require.NoError(t, err)

	var got string
	require.NoError(t, conn.QueryRowContext(t.Context(), "select pg_typeof($1)::text", mood("ok")).Scan(&got))
	require.Equal(t, "mood", got)
	require.NoError(t, conn.QueryRowContext(t.Context(), "select $1::pair::text", pair{1, 2}).Scan(&got))
	require.Equal(t, "(1,2)", got)
	require.NoError(t, conn.QueryRowContext(t.Context(), "select $1::int8::text", celsius(1.5)).Scan(&got))
	require.Equal(t, "150", got)
	require.NoError(t, conn.QueryRowContext(t.Context(), "select $1::int8[]::text", []celsius{1, 2}).Scan(&got))
	require.Equal(t, "{100,200}", got)
	require.ErrorContains(t, conn.QueryRowContext(t.Context(), "select $1::int8", celsius(-300)).Scan(&got), "below zero")

	err = conn.QueryRowContext(t.Context(), "select pg_typeof($1)::text", namedText("x")).Scan(&got)
	var unknown *adapt.UnknownTypeError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "own.nothing", unknown.Name)
	require.ErrorContains(t, err, "$1")
}
