package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
	"github.com/pgadapt/pgadapt/pgerr"
)

type location struct {
	Street string
	City   *string `db:"town"`
}

type person struct {
	ID        int64
	CreatedAt time.Time
	location
	Tags   []string
	_      string
	Cached int `db:"-"`
}

const personQuery = `select 7 as id, timestamptz '2024-02-29 12:30:00Z' as created_at, 'Main St' as street,
	null::text as town, '{a,b}'::text[] as tags`

func TestCollectStructs(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		want := person{
			ID: 7, CreatedAt: time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC),
			location: location{Street: "Main St"}, Tags: []string{"a", "b"},
		}

		people, err := pgadapt.Collect[person](db.Query(personQuery + " union all " + personQuery))
		require.NoError(t, err)
		require.Len(t, people, 2)
		for _, got := range people {
			require.True(t, want.CreatedAt.Equal(got.CreatedAt))
			got.CreatedAt = want.CreatedAt
			require.Equal(t, want, got)
		}

		pointers, err := pgadapt.Collect[*person](db.Query(personQuery + " union all " + personQuery))
		require.NoError(t, err)
		require.Len(t, pointers, 2)
		require.NotSame(t, pointers[0], pointers[1])
		require.Equal(t, people[1].Tags, pointers[1].Tags)
		pointers[0].Tags[0] = "changed"
		require.Equal(t, []string{"a", "b"}, pointers[1].Tags)
	})
}

func TestCollectOtherRows(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		const query = "select i as a, case when i > 1 then 'text' end as b from generate_series(1, 2) i"

		maps, err := pgadapt.Collect[map[string]any](db.Query(query))
		require.NoError(t, err)
		require.Equal(t, []map[string]any{{"a": int64(1), "b": nil}, {"a": int64(2), "b": "text"}}, maps)

		slices, err := pgadapt.Collect[[]any](db.Query(query))
		require.NoError(t, err)
		require.Equal(t, [][]any{{int64(1), nil}, {int64(2), "text"}}, slices)

		type name string
		named, err := pgadapt.Collect[*map[name]any](db.Query(query))
		require.NoError(t, err)
		require.Equal(t, &map[name]any{"a": int64(1), "b": nil}, named[0])

		duplicates, err := pgadapt.Collect[[]any](db.Query("select 1 as a, 2 as a"))
		require.NoError(t, err)
		require.Equal(t, [][]any{{int64(1), int64(2)}}, duplicates)
	})
}

func TestCollectValues(t *testing.T) {
	inEachMode(t, func(t *testing.T, db *sql.DB) {
		requireCollected(t, db, "select i from generate_series(1, 3) i", []int{1, 2, 3})
		requireCollected(t, db, "select * from (values ('a'), (null)) v", []*string{new("a"), nil})
		requireCollected(t, db, "select * from (values ('a'), (null)) v", []sql.Null[string]{{V: "a", Valid: true}, {}})
		requireCollected(t, db, "select * from (values ('{1,2}'::int[]), ('{3}')) v", [][]int{{1, 2}, {3}})
		requireCollected(t, db, `select '\x0102'::bytea`, [][]byte{{1, 2}})
		requireCollected(t, db, "select inet '10.0.0.1'", []netip.Addr{netip.MustParseAddr("10.0.0.1")})
		requireCollected(t, db, "select interval '90 s'", []time.Duration{90 * time.Second})
		requireCollected(t, db, "select date '2024-02-29'", []time.Time{time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)})
		requireCollected(t, db, "select 1 union all select 2", []any{int64(1), int64(2)})
		requireCollected(t, db, `select '{"a": "b"}'::json`, []map[string]string{{"a": "b"}})
		requireCollected(t, db, "select 1 where false", []int{})
		requireCollected(t, db, "select", []struct{}{{}})
	})
}

func requireCollected[T any](t *testing.T, db *sql.DB, query string, want []T) {
	t.Helper()
	got, err := pgadapt.Collect[T](db.Query(query))
	require.NoError(t, err, query)
	require.Equal(t, want, got, query)
}

func TestCollectRefuses(t *testing.T) {
	type pair struct {
		A  int
		Bc string
	}
	for _, test := range []struct {
		name, query string
		collect     func(*sql.Rows, error) error
		want        []string
	}{
		{"surplus columns", "select 1 as a, 'x' as bc, 2 as d, 3 as \"e f\"", collecting[pair], []string{"pair", `"d", "e f"`}},
		{"missing columns", "select 1 as d", collecting[pair], []string{`"d"`, "A, Bc"}},
		{"two columns of a field", "select 1 as a, 'x' as bc, 'y' as b_c", collecting[*pair], []string{`"bc"`, `"b_c"`, "AS"}},
		{"a column twice", "select 1 as a, 2 as a, 'x' as bc", collecting[pair], []string{`"a"`}},
		{"a key twice", "select 1 as a, 2 as a", collecting[map[string]any], []string{`"a"`}},
		{"two columns for a value", "select 1 as a, 2 as b", collecting[int], []string{`"a", "b"`, "2"}},
		{"no column for a value", "select", collecting[int], []string{"0"}},
		{"NULL", "select null::int as a", collecting[int], []string{`"a"`}},
		{"a value that does not fit", "select 'x' as a, 'y' as bc", collecting[pair], []string{`"a"`}},
		{"memory of the driver", `select '\x00'::bytea`, collecting[sql.RawBytes], []string{"RawBytes"}},
		{"two result sets", "select 1 as a; select 2 as a", collecting[int], []string{"more than one result set"}},
		{"an error behind the first row", "select 1 / (3 - i) from generate_series(1, 5) i", collecting[int], []string{"division"}},
		{"an error behind the first result", "select 1 as a; select 1 / 0", collecting[int], []string{"division"}},
		{"an error of the query", "select nosuch", collecting[int], []string{"nosuch"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := open(t)
			db.SetMaxOpenConns(1)
			err := test.collect(db.Query(test.query))
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			requireWorking(t, db) // which needs the one connection
		})
	}
}

func collecting[T any](rows *sql.Rows, err error) error {
	_, err = pgadapt.Collect[T](rows, err)
	return err
}

func TestOne(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)

	sum, err := pgadapt.One[int](db.Query("select $1::int + $2::int", 19, 23))
	require.NoError(t, err)
	require.Equal(t, 42, sum)

	_, err = pgadapt.One[int](db.Query("select 1 where false"))
	require.ErrorIs(t, err, sql.ErrNoRows)

	_, err = pgadapt.One[int](db.Query("select generate_series(1, 100000)"))
	require.ErrorIs(t, err, pgadapt.ErrTooManyRows)

	_, err = pgadapt.One[int](db.Query("select 1 / (2 - i) from generate_series(1, 2) i"))
	require.ErrorIs(t, err, pgerr.DivisionByZero)
	requireWorking(t, db)
}

func TestEach(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)

	sequence := pgadapt.Each[int](db.Query("select generate_series(1, 100000)"))
	sum := 0
	for i, err := range sequence {
		require.NoError(t, err)
		sum += i
		if i == 10 {
			break
		}
	}
	require.Equal(t, 55, sum)
	requireWorking(t, db)

	for _, err := range sequence {
		require.ErrorContains(t, err, "closed", "a sequence is good for one loop")
	}

	require.Panics(t, func() {
		for range pgadapt.Each[int](db.Query("select generate_series(1, 3)")) {
			panic("in the loop")
		}
	})
	requireWorking(t, db)
}

func TestEachWhoseContextEnds(t *testing.T) {
	db := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for i, err := range pgadapt.Each[int](db.QueryContext(ctx, "select generate_series(1, 100000000)")) {
		if i == 10 {
			cancel()
		}
		last = err
	}
	require.ErrorIs(t, last, context.Canceled)
	requireWorking(t, db)
}

// A record is used again for the next row: nothing that a row was given may change with it.
func TestCollectSharesNothingBetweenRows(t *testing.T) {
	type row struct {
		B []byte
		A []int32
		P *int
		M any
	}
	rows, err := pgadapt.Collect[row](open(t).Query(`select decode(lpad(i::text, 2, '0'), 'hex') as b, array[i, i] as a,
		nullif(i, 2) as p, decode(lpad(i::text, 2, '0'), 'hex') as m from generate_series(1, 3) i`))
	require.NoError(t, err)
	require.Equal(t, []row{
		{[]byte{1}, []int32{1, 1}, new(1), []byte{1}},
		{[]byte{2}, []int32{2, 2}, nil, []byte{2}},
		{[]byte{3}, []int32{3, 3}, new(3), []byte{3}},
	}, rows)
}

func TestCollectAllocations(t *testing.T) {
	type row struct {
		I int64
		F float64
	}
	db := open(t)
	allocations := func(rows int) float64 {
		return testing.AllocsPerRun(5, func() {
			for _, err := range pgadapt.Each[row](db.Query("select i, i::float8 as f from generate_series(1, $1) i", rows)) {
				if err != nil {
					panic(err)
				}
			}
		})
	}
	perRow := (allocations(10_000) - allocations(1_000)) / 9_000
	require.LessOrEqual(t, perRow, float64(allocationsOfTwoNumbers)+0.01)
}

func ExampleCollect() {
	db := openExample()
	defer db.Close()
	type planet struct {
		Name     string
		MoonsNow int `db:"moons"`
	}

	planets, err := pgadapt.Collect[planet](db.Query(
		"select name, moons from (values ('Earth', 1), ('Mars', 2)) planets (name, moons) where moons > $1", 0))
	if err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(planets)
	// Output: [{Earth 1} {Mars 2}]
}

func ExampleOne() {
	db := openExample()
	defer db.Close()

	row, err := pgadapt.One[map[string]any](db.Query("select 'Earth' as name, 1 as moons"))
	fmt.Println(row["name"], row["moons"], err)
	_, err = pgadapt.One[string](db.Query("select 'Vulcan' where false"))
	fmt.Println(errors.Is(err, sql.ErrNoRows))
	// Output:
	// Earth 1 <nil>
	// true
}

func ExampleEach() {
	db := openExample()
	defer db.Close()

	for n, err := range pgadapt.Each[int](db.Query("select generate_series(1, 3)")) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(n)
	}
	// Output:
	// 1
	// 2
	// 3
}
