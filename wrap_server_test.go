package pgadapt_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// swapped has the fields of own.street in another order, of which only their names can tell.
type swapped struct {
	Number     *int
	StreetName string
}

// The wrappers know the names of fields, on either version of Go and in each mode.
func TestWrappersReadCompositesByName(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			conn := ownTypes(t, open(t, "default_query_exec_mode", mode))
			var one swapped
			var pointer, none *swapped
			var null sql.Null[swapped]
			var list []swapped
			var nested struct {
				PostCode string
				Feeling  mood
				Streets  []swapped
			}
			var names map[string]any
			var boxes []string
			var text string
			require.NoError(t, conn.QueryRowContext(t.Context(), `select s, s, null::street, s, array[s, s],
				row(array[s], 'ok', 'X')::address, s, '{(1,1),(0,0);(2,2),(1,1)}'::box[], s from (select row('a', 1)::street) v (s)`).
				Scan(pgadapt.Scan(&one), pgadapt.Scan(&pointer), pgadapt.Scan(&none), pgadapt.Scan(&null), pgadapt.Array(&list),
					pgadapt.Scan(&nested), pgadapt.Scan(&names), pgadapt.Array(&boxes), &text))
			want := swapped{pointerTo(1), "a"}
			require.Equal(t, want, one)
			require.Equal(t, &want, pointer)
			require.Nil(t, none)
			require.Equal(t, sql.Null[swapped]{V: want, Valid: true}, null)
			require.Equal(t, []swapped{want, want}, list)
			require.Equal(t, []swapped{want}, nested.Streets)
			require.Equal(t, "X", nested.PostCode)
			require.Equal(t, map[string]any{"street_name": "a", "number": int64(1)}, names)
			require.Equal(t, []string{"(1,1),(0,0)", "(2,2),(1,1)"}, boxes)
			require.Equal(t, "(a,1)", text)

			err := conn.QueryRowContext(t.Context(), "select row('a', 1)::street").Scan(pgadapt.Scan(new(struct{ Number int })))
			require.ErrorContains(t, err, `no field for "street_name" of own.street`)
		})
	}
}

// Each row has notes of its own, and the rows that are open at the same time keep theirs.
func TestWrappersWhileRowsAreOpen(t *testing.T) {
	conn := ownTypes(t, open(t))
	outer, err := conn.QueryContext(t.Context(), "select row(repeat('x', i), i)::street from generate_series(1, 50) i")
	require.NoError(t, err)
	defer outer.Close()
	for i := 1; outer.Next(); i++ {
		var inner swapped
		require.NoError(t, conn.QueryRowContext(t.Context(), "select row('inner', $1)::street", i).Scan(pgadapt.Scan(&inner)))
		require.Equal(t, swapped{pointerTo(i), "inner"}, inner)
		var got swapped
		require.NoError(t, outer.Scan(pgadapt.Scan(&got)))
		require.Equal(t, swapped{pointerTo(i), strings.Repeat("x", i)}, got)
	}
	require.NoError(t, outer.Err())
}

// Rows too many to be read ahead still go into a wrapper, but not a composite whose names could not be asked for.
func TestWrappersOfALargeResult(t *testing.T) {
	conn := ownTypes(t, open(t, "default_query_exec_mode", "simple_protocol"))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	rows, err := conn.QueryContext(ctx, "select 'sad'::mood, row('a', i)::street, repeat('x', 10000) from generate_series(1, 1000) i")
	require.NoError(t, err)
	defer rows.Close()
	for i := 1; rows.Next(); i++ {
		var feeling mood
		var got swapped
		var filling string
		require.NoError(t, rows.Scan(pgadapt.Scan(&feeling), pgadapt.Scan(new([]byte)), &filling))
		require.Equal(t, mood("sad"), feeling)
		if err := rows.Scan(&feeling, pgadapt.Scan(&got), &filling); err == nil {
			require.Equal(t, swapped{pointerTo(i), "a"}, got)
		} else {
			require.ErrorContains(t, err, "max_buffered_bytes")
		}
	}
	require.NoError(t, rows.Err())
}

// What a program has copied is read without a type: by the order of the fields.
func TestWrappersReadCopiesByOrder(t *testing.T) {
	conn := ownTypes(t, open(t))
	var text string
	require.NoError(t, conn.QueryRowContext(t.Context(), "select row('a', 1)::street").Scan(&text))
	var got street
	require.NoError(t, pgadapt.Scan(&got).Scan(strings.Clone(text)))
	require.Equal(t, street{"a", pointerTo(1)}, got)
	require.Error(t, pgadapt.Scan(new(swapped)).Scan(strings.Clone(text)))
}

// Each goroutine has destinations of its own, but how their types are scanned is worked out once.
func TestWrappersInManyGoroutines(t *testing.T) {
	var group sync.WaitGroup
	failures := make([]error, 8)
	for i := range failures {
		group.Go(func() {
			for range 100 {
				var span pgtype.Range[int64]
				var spans []pgtype.Range[int32]
				var pairs map[string]string
				failures[i] = errors.Join(failures[i], pgadapt.Scan(&span).Scan("[1,5)"),
					pgadapt.Scan(&spans).Scan("{[1,5)}"), pgadapt.Scan(&pairs).Scan(`"a"=>"1"`))
				if span.Upper != 5 || len(spans) != 1 || pairs["a"] != "1" {
					failures[i] = errors.Join(failures[i], fmt.Errorf("%v %v %v", span, spans, pairs))
				}
			}
		})
	}
	group.Wait()
	require.NoError(t, errors.Join(failures...))
}

// A map, and one string for all of its texts, is all that an hstore takes.
func TestAllocationsOfAWrappedMap(t *testing.T) {
	var pairs map[string]string
	wrapped := pgadapt.Scan(&pairs)
	var text any = `"name"=>"product 1", "size"=>"5", "colour"=>"red", "town"=>"town 7"`
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { require.NoError(t, wrapped.Scan(text)) }), 3.0)
	require.Equal(t, map[string]string{"name": "product 1", "size": "5", "colour": "red", "town": "town 7"}, pairs)
}
