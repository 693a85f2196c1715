//go:build go1.27

package pgadapt_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What arrives in binary does not depend on the styles of the session.
func TestArraysInAnyStyle(t *testing.T) {
	db := open(t, "DateStyle", "German", "IntervalStyle", "sql_standard", "bytea_output", "escape", "TimeZone", "UTC")
	var days, moments []time.Time
	var intervals []*time.Duration
	var bytes [][]byte
	require.NoError(t, db.QueryRow(`select '{29.02.2024}'::date[], '{"29.02.2024 12:00:00.345678"}'::timestamptz[],
		'{1 day 2 hours,NULL}'::interval[], '{"\\xff00"}'::bytea[]`).Scan(&days, &moments, &intervals, &bytes))
	require.Equal(t, []time.Time{leapDay}, days)
	require.True(t, leapNoon.Equal(moments[0]))
	require.Equal(t, []*time.Duration{pointerTo(26 * time.Hour), nil}, intervals)
	require.Equal(t, [][]byte{{255, 0}}, bytes)
}

func TestArraysIntoAny(t *testing.T) {
	db := open(t, "TimeZone", "UTC")
	for _, row := range []typeRow{
		asIs("int8[]", "{1,NULL}", []any{int64(1), nil}),
		asIs("date[]", "{2024-02-29,infinity}", []any{leapDay, "infinity"}),
		asIs("bytea[]", `{"\\x00"}`, []any{[]byte{0}}),
		asIs("time[]", "{24:00:00}", []any{"24:00:00"}),
		asIs("interval[]", `{"1 day"}`, []any{"1 day"}),
	} {
		t.Run(row.typeName, func(t *testing.T) {
			require.Equal(t, row.text, row.send(t, db))
			row.scan(t, db)
		})
	}
}

// The elements may share memory, which nobody must notice.
func TestElementsOfBytesAreTheProgramsOwn(t *testing.T) {
	rows, err := open(t).Query("select array[i::text, 'b']::bytea[], array_fill(repeat(i::text, 100)::bytea, array[100]) from generate_series(1, 3) i")
	require.NoError(t, err)
	defer rows.Close()
	var small, large [][]byte
	require.True(t, rows.Next())
	require.NoError(t, rows.Scan(&small, &large))
	_ = append(small[0], 'x')
	_ = append(large[0], 'x')
	for rows.Next() {
		var other [][]byte
		require.NoError(t, rows.Scan(&other, &other))
	}
	require.NoError(t, rows.Err())
	require.Equal(t, [][]byte{[]byte("1"), []byte("b")}, small)
	require.Len(t, large, 100)
	for _, element := range large {
		require.Len(t, element, 100)
		require.Equal(t, byte('1'), element[99])
	}
}

func TestStringsOfLongArrays(t *testing.T) {
	var got []string
	require.NoError(t, open(t).QueryRow("select array_agg(repeat('é', i % 50)) from generate_series(0, 999) i").Scan(&got))
	require.Len(t, got, 1000)
	require.Equal(t, []string{"", "é", "éé"}, got[:3])
}
