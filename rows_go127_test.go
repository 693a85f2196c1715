//go:build go1.27

package pgadapt_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

func TestInfinityNamesTheWaysOut(t *testing.T) {
	db := open(t)
	for literal, way := range map[string]string{
		"'infinity'::timestamptz": "pgtype.Timestamptz", "'-infinity'::date": "pgtype.Date",
		"'infinity'::timestamp": "pgtype.Timestamp",
	} {
		var moment time.Time
		err := db.QueryRow("select " + literal).Scan(&moment)
		require.ErrorContains(t, err, way)
		require.ErrorContains(t, err, "positive_infinity")
	}
	var date pgtype.Date
	require.NoError(t, db.QueryRow("select '-infinity'::date").Scan(&date))
	require.Equal(t, pgtype.NegativeInfinity, date.InfinityModifier)
}

func TestClocksIntoTime(t *testing.T) {
	db := open(t)
	var clock, zoned time.Time
	require.NoError(t, db.QueryRow("select '12:34:56.789'::time, '12:34:56+05:30'::timetz").Scan(&clock, &zoned))
	require.Equal(t, "0000-01-01T12:34:56.789Z", clock.Format(time.RFC3339Nano))
	require.Equal(t, "0000-01-01T12:34:56+05:30", zoned.Format(time.RFC3339Nano))
}

func TestWhatPgtypeKnowsScansDirectly(t *testing.T) {
	db := open(t)
	var numbers []int64
	var texts []*string
	var object map[string]any
	var point pgtype.Point
	var structure struct{ A []int }
	require.NoError(t, db.QueryRow(`select array[1, 2, 3], array['a', null], '{"k": [1]}'::jsonb, '(1,2)'::point, '{"a": [1, 2]}'::json`).
		Scan(&numbers, &texts, &object, &point, &structure))
	require.Equal(t, []int64{1, 2, 3}, numbers)
	require.Equal(t, []*string{pointerTo("a"), nil}, texts)
	require.Equal(t, map[string]any{"k": []any{1.0}}, object)
	require.Equal(t, pgtype.Vec2{X: 1, Y: 2}, point.P)
	require.Equal(t, []int{1, 2}, structure.A)
}

// allocationsPerRow counts what scanning one more row costs. The scan is the only thing that grows between the
// two measured queries.
func allocationsPerRow(t *testing.T, columns string, destinations ...any) float64 {
	t.Helper()
	db := open(t)
	statement, err := db.Prepare("select " + columns + " from generate_series(1, $1::int) i")
	require.NoError(t, err)
	defer statement.Close()
	read := func(rowCount int) float64 {
		return testing.AllocsPerRun(5, func() {
			rows, err := statement.Query(rowCount)
			require.NoError(t, err)
			for rows.Next() {
				require.NoError(t, rows.Scan(destinations...))
			}
			require.NoError(t, rows.Close())
		})
	}
	const more = 1000
	return (read(100+more) - read(100)) / more
}

func TestAllocationsPerRow(t *testing.T) {
	for _, test := range []struct {
		name, columns string
		destinations  []any
		want          float64
	}{
		{"integers", "i::int2, i, i::int8, i::oid", []any{new(int16), new(int), new(int64), new(uint32)}, 0},
		{"floats", "i::float4, i::float8, i::numeric", []any{new(float32), new(float64), new(float64)}, 0},
		{"bool", "i > 3", []any{new(bool)}, 0},
		{"times", "now(), now()::timestamp, now()::date", []any{new(time.Time), new(time.Time), new(time.Time)}, 0},
		{"named types", "i, i::float8", []any{new(namedInt), new(namedFloat)}, 0},
		{"Null types", "i, i, i::float8, now()", []any{
			new(sql.NullInt64), new(sql.Null[int32]), new(sql.NullFloat64), new(sql.NullTime),
		}, 0},
		{"NULL", "null::int, null::text, null::bytea", []any{new(sql.NullInt64), new(*string), new([]byte)}, 0},
		{"raw bytes", "i::text, i::text::bytea", []any{new(sql.RawBytes), new(sql.RawBytes)}, 0},
		{"strings", "i::text || 'x', gen_random_uuid(), i + 1000", []any{new(string), new(string), new(string)}, 3},
		{"byte slices", "i::text::bytea, to_json(i)", []any{new([]byte), new(json.RawMessage)}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.InDelta(t, test.want, allocationsPerRow(t, test.columns, test.destinations...), 0.02)
		})
	}
}
