package dropin_test

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/big"
	"reflect"
	"testing"

	gofrs "github.com/gofrs/uuid/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
)

const id = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"

// TestPqArrayDestinations scans into lib/pq's wrappers, which read the text form.
func TestPqArrayDestinations(t *testing.T) {
	cases := []struct {
		expr string
		want any
		wrap func(destination any) any
	}{
		{expr: "array[1,2]::int8[]", want: []int64{1, 2}, wrap: pqArray},
		{expr: "array['a','b c','d\"e\\',null]", want: []sql.NullString{{String: "a", Valid: true}, {String: "b c", Valid: true},
			{String: `d"e\`, Valid: true}, {}}, wrap: pqArray},
		{expr: "array['a','']", want: []string{"a", ""}, wrap: pqArray},
		{expr: "array[true,false]", want: []bool{true, false}, wrap: pqArray},
		{expr: "array[1.5,2]::float8[]", want: []float64{1.5, 2}, wrap: pqArray},
		{expr: `array['\x01ff'::bytea]`, want: [][]byte{{1, 255}}, wrap: pqArray},
		{expr: "array[1.50,2]", want: []decimal.Decimal{decimal.RequireFromString("1.50"), decimal.RequireFromString("2")}, wrap: pqArray},
		{expr: "array['" + id + "'::uuid]", want: []uuid.UUID{uuid.MustParse(id)}, wrap: pqArray},
		{expr: "null::int8[]", want: []int64(nil), wrap: pqArray},
		{expr: "'{}'::int8[]", want: []int64{}, wrap: pqArray},
		{expr: "array[1,2]", want: pq.Int64Array{1, 2}},
		{expr: "array['a']", want: pq.StringArray{"a"}},
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, _ string) {
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s into %T", c.expr, c.want), func(t *testing.T) {
				destination := reflect.New(reflect.TypeOf(c.want))
				into := destination.Interface()
				if c.wrap != nil {
					into = c.wrap(into)
				}
				require.NoError(t, db.QueryRow("select "+c.expr).Scan(into))
				requireSame(t, c.want, destination.Elem().Interface())
			})
		}
	})
}

func pqArray(destination any) any { return pq.Array(destination) }

// valueOfType is a value of a type that is both a Valuer and a Scanner, and of what type in PostgreSQL.
type valueOfType struct {
	typeName string
	value    driver.Valuer
}

// TestValuesOfOtherPackages sends them and scans them back: alone, as sql.Null, and behind a pointer.
func TestValuesOfOtherPackages(t *testing.T) {
	values := []valueOfType{
		{"uuid", uuid.MustParse(id)}, {"text", uuid.MustParse(id)}, {"uuid", uuid.NullUUID{}},
		{"uuid", gofrs.Must(gofrs.FromString(id))}, {"text", gofrs.Must(gofrs.FromString(id))}, {"uuid", gofrs.NullUUID{}},
		{"numeric", decimal.RequireFromString("-12345678901234567890.12345")}, {"numeric", decimal.NullDecimal{}},
		{"text", decimal.RequireFromString("1.5")},
		{"text", pgtype.Text{String: "a", Valid: true}}, {"text", pgtype.Text{}},
		{"int2", pgtype.Int2{Int16: 5, Valid: true}}, {"int4", pgtype.Int4{Int32: 5, Valid: true}}, {"int8", pgtype.Int8{Int64: 5, Valid: true}},
		{"float8", pgtype.Float8{Float64: 1.5, Valid: true}}, {"bool", pgtype.Bool{Bool: true, Valid: true}},
		{"uuid", pgtype.UUID{Bytes: uuid.MustParse(id), Valid: true}},
		{"numeric", pgtype.Numeric{Int: big.NewInt(125), Exp: -2, Valid: true}}, {"numeric", pgtype.Numeric{NaN: true, Valid: true}},
		{"date", pgtype.Date{Time: utc(2024, 2, 29, 0, 0, 0, 0), Valid: true}}, {"date", pgtype.Date{InfinityModifier: pgtype.Infinity, Valid: true}},
		{"timestamp", pgtype.Timestamp{Time: utc(2024, 2, 29, 1, 2, 3, 4), Valid: true}},
		{"timestamptz", pgtype.Timestamptz{Time: utc(2024, 2, 29, 1, 2, 3, 4), Valid: true}},
		{"timestamptz", pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}},
		{"time", pgtype.Time{Microseconds: 24 * 3600e6, Valid: true}},
		{"interval", pgtype.Interval{Months: 14, Days: -3, Microseconds: 5e6, Valid: true}},
		{"varbit", pgtype.Bits{Bytes: []byte{0xa0}, Len: 3, Valid: true}},
		{"point", pgtype.Point{P: pgtype.Vec2{X: 1.5, Y: 2}, Valid: true}}, {"point", pgtype.Point{}},
		{"box", pgtype.Box{P: [2]pgtype.Vec2{{X: 3, Y: 4}, {X: 1, Y: 2}}, Valid: true}},
		{"circle", pgtype.Circle{P: pgtype.Vec2{X: 1, Y: 2}, R: 3, Valid: true}},
		{"hstore", pgtype.Hstore{"a": pointerTo("1")}}, {"hstore", pgtype.Hstore{"b": nil}},
	}
	db := open(t, pgadaptDriver)
	_, extension := db.Exec("create extension if not exists hstore")
	for _, each := range values {
		t.Run(fmt.Sprintf("%s %T %v", each.typeName, each.value, each.value), func(t *testing.T) {
			if each.typeName == "hstore" && extension != nil {
				t.Skip("the server does not have hstore")
			}
			query := "select $1::" + each.typeName
			destination := reflect.New(reflect.TypeOf(each.value))
			require.NoError(t, db.QueryRow(query, each.value).Scan(destination.Interface()))
			requireSameText(t, each.value, destination.Elem().Interface())

			pointer := reflect.New(destination.Type())
			require.NoError(t, db.QueryRow(query, pointerTo(each.value)).Scan(pointer.Interface()))
			if !pointer.Elem().IsNil() {
				requireSameText(t, each.value, pointer.Elem().Elem().Interface())
			}

			var text, want sql.NullString
			require.NoError(t, db.QueryRow("select $1::"+each.typeName+"::text, $2::"+each.typeName+"::text", each.value,
				[]driver.Valuer{each.value}[0]).Scan(&text, &want))
			require.Equal(t, want, text)
		})
	}
}

// requireSameText compares what the values send: a number has more than one form in memory.
func requireSameText(t *testing.T, want driver.Valuer, have any) {
	t.Helper()
	wanted, err := want.Value()
	require.NoError(t, err)
	had, err := have.(driver.Valuer).Value()
	require.NoError(t, err)
	requireSame(t, wanted, had)
}
