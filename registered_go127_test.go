//go:build go1.27

package pgadapt_test

import (
	"bytes"
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/adapt"
)

type cents int64

func parseCents(text []byte) (cents, error) {
	digits, found := bytes.CutPrefix(text, []byte("$"))
	if !found {
		return 0, errors.New("no dollars")
	}
	value, err := strconv.ParseInt(string(bytes.ReplaceAll(digits, []byte("."), nil)), 10, 64)
	return cents(value), err
}

func TestRegisteredTypesAsResults(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Enum[mood](registry, "mood")
	adapt.Composite[street](registry, "own.street")
	adapt.CompositeInOrder[pair](registry, "own.pair")
	adapt.Caster(registry, "money", parseCents)
	adapt.Caster(registry, "missing", func([]byte) (celsius, error) { return 0, nil })
	db := openConfig(t, func(config *pgadapt.Config) { config.Types = registry })
	conn := ownTypes(t, db)
	_, err := conn.ExecContext(t.Context(), "create type pair as (x int, y int); set lc_monetary to 'C'")
	require.NoError(t, err)
	requireOwn[any](t, conn, "'ok'::mood", mood("ok"))
	requireOwn[any](t, conn, "row('a', 1)::street", street{Name: "a", Number: pointerTo(1)})
	requireOwn[any](t, conn, "null::mood", nil)
	requireOwn[any](t, conn, "1", int64(1))
	requireOwn(t, conn, "row(1, 2)::pair", pair{1, 2})
	requireOwn(t, conn, "'$1.50'::money", cents(150))
	requireOwn(t, conn, "array['$1.50'::money, '$2']", []cents{150, 200})
	requireOwn(t, conn, "'$1.50'::money", pointerTo(cents(150)))
	requireOwn(t, conn, "null::money", (*cents)(nil))
	requireOwn(t, conn, "5", cents(5))

	var temperature celsius
	err = conn.QueryRowContext(t.Context(), "select 1.5").Scan(&temperature)
	var unknown *adapt.UnknownTypeError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "missing", unknown.Name)
}
