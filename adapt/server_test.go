package adapt_test

import (
	"bytes"
	"database/sql"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/adapt"
)

type (
	feeling string
	place   struct {
		Zip  int // not in the order of the type
		City string
	}
	stop  struct{ Town, Code any }
	visit struct {
		Mood  feeling
		Place *place
	}
	spell = pgtype.Range[float64]
	score int
	cents int64
)

func closedOpen(lower, upper float64) spell {
	return spell{Lower: lower, Upper: upper, LowerType: pgtype.Inclusive, UpperType: pgtype.Exclusive, Valid: true}
}

func TestEnumBothWays(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Enum[feeling](registry, `"App"."Mood"`)
	db := open(t, registry)
	require.Equal(t, `"App"."Mood"`, typeOf(t, db, feeling("sad")))
	require.Equal(t, `"App"."Mood"`, typeOf(t, db, new(feeling("sad"))))
	require.Equal(t, `"App"."Mood"[]`, typeOf(t, db, []feeling{"sad"}))
	require.Equal(t, `"App"."Mood"[]`, typeOf(t, db, []feeling{}))
	require.Equal(t, `"App"."Mood"[]`, typeOf(t, db, [][]feeling{{"sad"}}))
	require.Equal(t, feeling("sad"), scan[feeling](t, db, "$1", feeling("sad")))
	require.Equal(t, []feeling{"sad", "happy"}, scan[[]feeling](t, db, "$1", []feeling{"sad", "happy"}))
	require.Equal(t, feeling("sad"), scan[feeling](t, db, `'sad'::"App"."Mood"`))
	require.Equal(t, (*feeling)(nil), scan[*feeling](t, db, `null::"App"."Mood"`))
}

func TestCompositeBothWays(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Composite[place](registry, `"App".place`)
	adapt.Composite[visit](registry, `"App".visit`)
	db := open(t, registry)
	here := place{City: "Bonn (am Rhein)", Zip: 53111}
	require.Equal(t, `"App".place`, typeOf(t, db, here))
	require.Equal(t, `"App".place[]`, typeOf(t, db, []*place{&here}))
	require.Equal(t, here, scan[place](t, db, "$1", here))
	require.Equal(t, []place{here, here}, scan[[]place](t, db, "$1", []place{here, here}))
	require.Equal(t, []*place{&here, nil}, scan[[]*place](t, db, "$1", []*place{&here, nil}))
	there := visit{Mood: "happy", Place: &here}
	require.Equal(t, there, scan[visit](t, db, "$1", there))
	require.Equal(t, []visit{there, {Mood: "sad"}}, scan[[]visit](t, db, "$1", []visit{there, {Mood: "sad"}}))
	require.Equal(t, sql.Null[place]{V: here, Valid: true}, scan[sql.Null[place]](t, db, "$1", here))
}

func TestCompositeInOrderBothWays(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.CompositeInOrder[stop](registry, `"App".place`)
	db := open(t, registry)
	here := stop{"Bonn", int64(53111)}
	require.Equal(t, `"App".place`, typeOf(t, db, here))
	require.Equal(t, here, scan[stop](t, db, "$1", here))
	require.Equal(t, []stop{here}, scan[[]stop](t, db, "$1", []stop{here}))
}

func TestRangeBothWays(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Range[spell](registry, `"App".spell`)
	db := open(t, registry)
	require.Equal(t, `"App".spell`, typeOf(t, db, closedOpen(1.5, 2)))
	require.Equal(t, closedOpen(1.5, 2), scan[spell](t, db, "$1", closedOpen(1.5, 2)))
	require.Equal(t, []spell{closedOpen(1, 2), {}}, scan[[]spell](t, db, "$1", []spell{closedOpen(1, 2), {}}))
	require.Equal(t, pgtype.Multirange[spell]{closedOpen(1, 2)}, scan[pgtype.Multirange[spell]](t, db, `'{[1,2)}'::"App".spell_multirange`))
}

func TestDomainBothWays(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Domain[score](registry, `"App".score`)
	db := open(t, registry)
	require.Equal(t, `"App".score`, typeOf(t, db, score(5)))
	require.Equal(t, `"App".score[]`, typeOf(t, db, []score{5}))
	require.Equal(t, score(5), scan[score](t, db, "$1", score(5)))
	require.Equal(t, []score{1, 2}, scan[[]score](t, db, "$1", []score{1, 2}))
	require.ErrorContains(t, db.QueryRow("select concat($1)", score(-1)).Err(), "score_check")
}

func TestAdapter(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Adapter(registry, func(value cents) (any, error) {
		if value < 0 {
			return nil, errors.New("no debts")
		}
		return strconv.Itoa(int(value)/100) + "." + strconv.Itoa(int(value)%100), nil
	})
	adapt.Adapter(registry, func(value time.Time) (any, error) { // as an adapter may give its own type
		if value.Year() == 9999 {
			return "infinity", nil
		}
		return value, nil
	})
	db := open(t, registry)
	for _, test := range []struct {
		name, query string
		argument    any
		want        string
	}{
		{"value", "select $1::numeric::text", cents(150), "1.50"},
		{"pointer", "select $1::numeric::text", new(cents(150)), "1.50"},
		{"nil pointer", "select coalesce($1::numeric::text, 'NULL')", (*cents)(nil), "NULL"},
		{"Null", "select $1::numeric::text", sql.Null[cents]{V: 150, Valid: true}, "1.50"},
		{"slice", "select $1::numeric[]::text", []cents{150, 225}, "{1.50,2.25}"},
		{"slice of pointers", "select $1::numeric[]::text", []*cents{new(cents(150)), nil}, "{1.50,NULL}"},
		{"field", `select $1::"App".place::text`, struct {
			City string
			Zip  *cents
		}{"Bonn", nil}, "(Bonn,)"},
		{"wrapped", "select $1::numeric::text", pgadapt.Value(cents(150)), "1.50"},
		{"of a basic type", "select $1::date::text", time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), "infinity"},
		{"of a basic type, as it is", "select $1::date::text", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), "2024-02-29"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got string
			require.NoError(t, db.QueryRow(test.query, test.argument).Scan(&got))
			require.Equal(t, test.want, got)
		})
	}
	err := db.QueryRow("select $1::numeric", cents(-1)).Err()
	require.ErrorContains(t, err, "no debts")
	require.ErrorContains(t, err, "$1")
}

func parseCents(text []byte) (cents, error) {
	digits, fraction, _ := bytes.Cut(text, []byte("."))
	value, err := strconv.ParseInt(string(append(digits, fraction...)), 10, 64)
	return cents(value), err
}

func TestCaster(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Caster(registry, "numeric", parseCents)
	adapt.Caster(registry, "integer", func(text []byte) (score, error) { return score(len(text)), nil })
	adapt.Caster(registry, "timestamp with time zone", func(text []byte) (string, error) { return "at " + string(text[:4]), nil })
	adapt.Caster(registry, "text", func([]byte) (feeling, error) { return "", errors.New("no feelings") })
	db := open(t, registry)
	for _, wrap := range []func(any) any{
		func(destination any) any { return destination },
		func(destination any) any { return pgadapt.Scan(destination) },
	} {
		var one cents
		var many *cents
		var null sql.Null[cents]
		var anything, another, nothing, moment any
		var length score
		require.NoError(t, db.QueryRow("select 1.50, 2.25, 3.75, 4.50, 12345, null::numeric, 777, timestamptz '2024-07-01Z'").
			Scan(wrap(&one), wrap(&many), wrap(&null), wrap(&anything), wrap(&another), wrap(&nothing), wrap(&length), wrap(&moment)))
		require.Equal(t, cents(150), one)
		require.Equal(t, new(cents(225)), many)
		require.Equal(t, sql.Null[cents]{V: 375, Valid: true}, null)
		require.Equal(t, cents(450), anything)
		require.Equal(t, score(5), another)
		require.Nil(t, nothing)
		require.Equal(t, score(3), length)
		require.Equal(t, "at 2024", moment)
		require.ErrorContains(t, db.QueryRow("select 'x'::text").Scan(wrap(new(feeling))), "no feelings")
		require.Error(t, db.QueryRow("select null::numeric").Scan(wrap(new(cents))))
	}
	require.Equal(t, []cents{150, 225}, scan[[]cents](t, db, "array[1.50, 2.25]"))
	require.Equal(t, []any{cents(150), nil}, scan[[]any](t, db, "array[1.50, null]"))
	require.Equal(t, map[string]any{"city": nil, "zip": score(5)}, scan[map[string]any](t, db, `row(null, 53111)::"App".place`))
}

// A type that is dropped and created again has another OID, which nothing but its name tells.
func TestNamesAreLookedUpAgain(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Enum[feeling](registry, `"App"."Mood"`)
	adapt.Composite[place](registry, `"App".place`)
	adapt.Caster(registry, `"App".score2`, func(text []byte) (score, error) { return score(len(text)), nil })
	db := open(t, registry)
	again := func(statements string) {
		_, err := db.Exec(statements)
		require.NoError(t, err)
	}
	for range 2 {
		for range 2 {
			require.Equal(t, `"App"."Mood"`, typeOf(t, db, feeling("sad")))
			require.Equal(t, `"App"."Mood"[]`, typeOf(t, db, []feeling{"sad"}))
			require.Equal(t, feeling("sad"), scan[feeling](t, db, "$1", feeling("sad")))
			require.Equal(t, place{Zip: 1, City: "a"}, scan[place](t, db, "$1", place{1, "a"}))
		}
		again(`drop type "App"."Mood" cascade; drop type "App".place cascade;
			create type "App"."Mood" as enum ('sad'); create type "App".place as (zip int, city text)`)
	}

	var unknown *adapt.UnknownTypeError
	again(`drop type "App"."Mood"`)
	err := db.QueryRow("select pg_typeof($1)::text", feeling("sad")).Err()
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, `"App"."Mood"`, unknown.Name)
	require.ErrorContains(t, err, "$1")
	again(`create type "App"."Mood" as enum ('sad'); create type "App".score2 as enum ('four')`)
	require.Equal(t, `"App"."Mood"`, typeOf(t, db, feeling("sad")))
	require.Equal(t, score(4), scan[score](t, db, `'four'::"App".score2`))
}

// A statement that has not been parsed for the type yet does not cost the transaction when its name means another.
func TestNamesAreLookedUpAgainInATransaction(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Enum[feeling](registry, `"App"."Mood"`)
	db := open(t, registry)
	require.Equal(t, `"App"."Mood"`, typeOf(t, db, feeling("sad")))
	require.Equal(t, "5", scan[string](t, db, "concat($1)", 5))
	tx, err := db.Begin()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.Exec(`drop type "App"."Mood" cascade; create type "App"."Mood" as enum ('new')`)
	require.NoError(t, err)
	var got string
	require.NoError(t, tx.QueryRow("select concat($1)", feeling("new")).Scan(&got))
	require.Equal(t, "new", got)
	require.NoError(t, tx.Commit())
}

func TestNamesThatDoNotExist(t *testing.T) {
	registry := &adapt.Registry{}
	adapt.Enum[feeling](registry, "nothing")
	adapt.Composite[place](registry, "nowhere.place")
	adapt.Range[spell](registry, "spell")
	adapt.Domain[score](registry, "score")
	db := open(t, registry)
	for name, argument := range map[string]any{
		"nothing": feeling("x"), "nowhere.place": []*place{{}}, "spell": closedOpen(1, 2), "score": score(1),
	} {
		err := db.QueryRow("select pg_typeof($1)", argument).Err()
		var unknown *adapt.UnknownTypeError
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, name, unknown.Name)
		require.ErrorContains(t, err, "$1")
	}
	var got string
	require.NoError(t, db.QueryRow("select $1::text", feeling("x")).Scan(&got), "where the statement gives the type, no name is needed")
}

// A migration while the program runs changes the fields of a type that was looked up.
func TestCompositesThatChange(t *testing.T) {
	db := open(t, nil)
	require.Equal(t, place{Zip: 1, City: "a"}, scan[place](t, db, `$1::"App".place`, place{1, "a"}))
	_, err := db.Exec(`alter type "App".place add attribute country text`)
	require.NoError(t, err)
	type wider struct {
		City, Country string
		Zip           int
	}
	want := wider{"a", "b", 1}
	require.Equal(t, want, scan[wider](t, db, `$1::"App".place`, want))
	_, err = db.Exec(`alter type "App".place drop attribute zip`)
	require.NoError(t, err)
	type narrow struct{ City, Country string }
	require.Equal(t, []narrow{{"a", "b"}}, scan[[]narrow](t, db, `array[row('a', 'b')::"App".place]`))
	require.Equal(t, narrow{"a", "b"}, scan[narrow](t, db, `row('a', 'b')::"App".place`))
	require.Equal(t, narrow{"a", "b"}, scan[narrow](t, db, `$1::"App".place`, []any{"a", "b"}))
	require.ErrorContains(t, db.QueryRow(`select $1::"App".place`, want).Err(), "more fields than App.place")
}
