package dropin_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
)

// TestRoundTrip stores values in a column and reads them back into their own types.
func TestRoundTrip(t *testing.T) {
	moment := utc(2024, 2, 29, 12, 34, 56, 789012)
	cases := []struct {
		column string
		values []any
	}{
		{"bool", []any{true, false, sql.NullBool{}, pointerTo(true), (*bool)(nil), namedBool(true)}},
		{"int2", []any{int16(math.MinInt16), int16(math.MaxInt16), int8(-1), uint8(255), sql.NullInt16{Int16: -5, Valid: true}}},
		{"int4", []any{int32(math.MinInt32), int32(math.MaxInt32), 42, uint16(65535), namedInt(-5), (*int32)(nil), sql.NullInt32{}}},
		{"int8", []any{int64(math.MinInt64), int64(math.MaxInt64), uint32(math.MaxUint32), uint64(math.MaxInt64), sql.Null[int64]{V: 5, Valid: true}}},
		{"float4", []any{float32(0.1), float32(math.MaxFloat32), float32(math.SmallestNonzeroFloat32), float32(math.Inf(-1)), namedFloat(1.5)}},
		{"float8", []any{0.1, math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(1), float32(1.5), sql.NullFloat64{}}},
		{"numeric", []any{"0.00000000000000000001", "-123456789012345678901234567890.123", "NaN", 1.5, 42, uint64(math.MaxInt64)}},
		{"numeric", []any{decimal.RequireFromString("-12345678901234567890.12345"), decimal.NullDecimal{}}},
		{"text", []any{"", "ä € 😀 ' \" \\ \n\t", namedString("x"), []byte("bytes"), (*string)(nil), pointerTo(""), sql.NullString{Valid: true}}},
		{"varchar(5)", []any{"abcde", ""}},
		{"char(5)", []any{"abcde", "a    "}},
		{"bytea", []any{[]byte{}, []byte{0, 1, 255}, namedBytes{1}, pointerTo([]byte{2}), (*[]byte)(nil), []byte(nil), sql.Null[[]byte]{V: []byte{3}, Valid: true}}},
		{"date", []any{utc(2024, 2, 29, 0, 0, 0, 0), utc(-4712, 1, 1, 0, 0, 0, 0), utc(99999, 12, 31, 0, 0, 0, 0), (*time.Time)(nil)}},
		{"timestamp", []any{moment, utc(1, 1, 1, 0, 0, 0, 0), utc(-4000, 1, 1, 0, 0, 0, 1), utc(200000, 1, 1, 0, 0, 0, 0), sql.NullTime{}}},
		{"timestamptz", []any{moment, utc(1, 1, 1, 0, 0, 0, 0), utc(-4000, 1, 1, 0, 0, 0, 1), utc(200000, 1, 1, 0, 0, 0, 0), pointerTo(moment),
			utc(2024, 3, 10, 7, 0, 0, 0), utc(2024, 11, 3, 5, 30, 0, 0), utc(2024, 11, 3, 6, 30, 0, 0)}},
		{"uuid", []any{uuid.MustParse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), uuid.NullUUID{}, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
		{"json", []any{json.RawMessage(`{"a": [1,  null]}`), "null", []byte(`"text"`)}},
		{"jsonb", []any{json.RawMessage(`{"a": [1, null]}`), "null", []byte(`"text"`)}},
		{"interval", []any{"1 year 2 mons 3 days 04:05:06.789", "-00:00:01"}},
		{"inet", []any{"10.0.0.1", "10.0.0.0/8", "2001:db8::1"}},
		{"int4range", []any{"[1,5)", "empty"}},
		{"oid", []any{uint32(math.MaxUint32), int64(5)}},
		{"text[]", []any{`{a,"b c",NULL}`, "{}"}},
	}
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		conn := singleConn(t, db)
		for i, c := range cases {
			table := fmt.Sprintf("item%d", i)
			exec(t, conn, "create temp table "+table+" (value "+c.column+")")
			for _, value := range c.values {
				t.Run(fmt.Sprintf("%s %T %v", c.column, value, value), func(t *testing.T) {
					exec(t, conn, "truncate "+table)
					_, err := conn.ExecContext(t.Context(), "insert into "+table+" values ($1)", value)
					require.NoError(t, err)
					have := reflect.New(reflect.TypeOf(value))
					require.NoError(t, conn.QueryRowContext(t.Context(), "select value from "+table).Scan(have.Interface()))
					requireSame(t, value, have.Elem().Interface())
					require.NoError(t, conn.QueryRowContext(t.Context(), "select value from "+table+" where $1", true).Scan(have.Interface()))
					requireSame(t, value, have.Elem().Interface())
				})
			}
		}
	})
}

// TestRoundTripOfRandomValues sends many values of the whole range and compares what comes back.
func TestRoundTripOfRandomValues(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		random := rand.New(rand.NewPCG(1, 2))
		conn := singleConn(t, db)
		stmt, err := conn.PrepareContext(t.Context(), `select $1::int8, $2::float8, $3::float4, $4::timestamptz, $5::timestamp, $6::bytea, $7::text`)
		require.NoError(t, err)
		defer stmt.Close()
		for range 300 {
			integer := int64(random.Uint64()) >> random.IntN(64)
			double := math.Float64frombits(random.Uint64())
			single := math.Float32frombits(random.Uint32())
			// From 4700 BC to 20000 AD, in microseconds.
			moment := time.Unix(-210000000000+random.Int64N(780000000000), random.Int64N(1e6)*1000).UTC()
			bytes := make([]byte, random.IntN(100))
			for i := range bytes {
				bytes[i] = byte(random.Uint32())
			}
			text := fmt.Sprintf("%q", bytes)
			var (
				haveInteger         int64
				haveDouble          float64
				haveSingle          float32
				haveInstant, haveAt time.Time
				haveBytes           []byte
				haveText            string
			)
			require.NoError(t, stmt.QueryRow(integer, double, single, moment, moment, bytes, text).
				Scan(&haveInteger, &haveDouble, &haveSingle, &haveInstant, &haveAt, &haveBytes, &haveText))
			require.Equal(t, integer, haveInteger)
			requireSame(t, double, haveDouble)
			requireSame(t, single, haveSingle)
			requireSame(t, moment, haveInstant)
			requireSame(t, moment, haveAt)
			require.Equal(t, bytes, haveBytes)
			require.Equal(t, text, haveText)
		}
	})
}

// TestNullOfEveryType sends nil for parameters of many types and reads it back.
func TestNullOfEveryType(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		for _, name := range []string{
			"bool", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "bytea", "date", "time",
			"timetz", "timestamp", "timestamptz", "interval", "uuid", "json", "jsonb", "xml", "inet", "oid", "int4[]", "int4range", "money",
		} {
			require.Nil(t, queryValue[any](t, db, "select $1::"+name, nil), name)
			require.Nil(t, queryValue[*string](t, db, "select $1::"+name, (*string)(nil)), name)
			require.Nil(t, queryValue[[]byte](t, db, "select $1::"+name, sql.NullString{}), name)
		}
	})
}

func TestPqArrayBothWays(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		tx := begin(t, db)
		exec(t, tx, `create temp table item (n int8[], s text[], b bool[], f float8[], y bytea[], u uuid[]) on commit drop`)
		numbers := []int64{1, -2, math.MaxInt64}
		texts := []string{"a", "b c", `quote " backslash \ comma , brace {}`, "", "NULL"}
		flags := []bool{true, false}
		floats := []float64{1.5, -2.25}
		bytes := [][]byte{{0, 255}, {}}
		ids := []string{"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}
		_, err := tx.Exec("insert into item values ($1, $2, $3, $4, $5, $6)",
			pq.Array(numbers), pq.Array(texts), pq.Array(flags), pq.Array(floats), pq.Array(bytes), pq.Array(ids))
		require.NoError(t, err)
		var (
			haveNumbers []int64
			haveTexts   []string
			haveFlags   []bool
			haveFloats  []float64
			haveBytes   [][]byte
			haveIDs     pq.StringArray
		)
		require.NoError(t, tx.QueryRow("select * from item").Scan(pq.Array(&haveNumbers), pq.Array(&haveTexts),
			pq.Array(&haveFlags), pq.Array(&haveFloats), pq.Array(&haveBytes), &haveIDs))
		require.Equal(t, numbers, haveNumbers)
		require.Equal(t, texts, haveTexts)
		require.Equal(t, flags, haveFlags)
		require.Equal(t, floats, haveFloats)
		require.Equal(t, bytes, haveBytes)
		require.Equal(t, ids, []string(haveIDs))

		var nullable []sql.NullString
		require.NoError(t, tx.QueryRow("select array['a', null]").Scan(pq.Array(&nullable)))
		require.Equal(t, []sql.NullString{{String: "a", Valid: true}, {}}, nullable)
		require.NoError(t, tx.QueryRow("select null::int8[]").Scan(pq.Array(&haveNumbers)))
		require.Nil(t, haveNumbers)
	})
}

// TestPgtypeDestinations scans into pgtype's types by the sql.Scanner that they are.
func TestPgtypeDestinations(t *testing.T) {
	testScanInto(t, []destinationCase{
		{expr: "'text'::text", want: pgtype.Text{String: "text", Valid: true}},
		{expr: "null::text", want: pgtype.Text{}},
		{expr: "42::int2", want: pgtype.Int2{Int16: 42, Valid: true}},
		{expr: "42::int4", want: pgtype.Int4{Int32: 42, Valid: true}},
		{expr: "42::int8", want: pgtype.Int8{Int64: 42, Valid: true}},
		{expr: "true", want: pgtype.Bool{Bool: true, Valid: true}},
		{expr: "1.5::float8", want: pgtype.Float8{Float64: 1.5, Valid: true}},
		{expr: "1.5::float4", want: pgtype.Float4{Float32: 1.5, Valid: true}},
		{expr: "'2024-02-29'::date", want: pgtype.Date{Time: utc(2024, 2, 29, 0, 0, 0, 0), Valid: true}},
		{expr: "'2024-02-29 01:02:03'::timestamp", want: pgtype.Timestamp{Time: utc(2024, 2, 29, 1, 2, 3, 0), Valid: true}},
		{expr: "'2024-02-29 01:02:03+00'::timestamptz", want: pgtype.Timestamptz{Time: utc(2024, 2, 29, 1, 2, 3, 0), Valid: true}},
		{expr: "'infinity'::timestamptz", want: pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true},
			instead: answers{libpqDriver: failure("cannot scan []uint8")}},
		{expr: "'-infinity'::date", want: pgtype.Date{InfinityModifier: pgtype.NegativeInfinity, Valid: true},
			instead: answers{libpqDriver: failure("cannot scan []uint8")}},
		{expr: "'1 day 00:00:05'::interval", want: pgtype.Interval{Days: 1, Microseconds: 5e6, Valid: true},
			instead: answers{libpqDriver: failure("cannot scan []uint8")}},
		{expr: "'00:00:05'::time", want: pgtype.Time{Microseconds: 5e6, Valid: true},
			instead: answers{libpqDriver: failure("cannot scan time.Time")}},
		{expr: "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
			want:    pgtype.UUID{Bytes: uuid.MustParse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), Valid: true},
			instead: answers{libpqDriver: failure("cannot scan []uint8")}},
		{expr: "'(1.5,2)'::point", want: pgtype.Point{P: pgtype.Vec2{X: 1.5, Y: 2}, Valid: true},
			instead: answers{libpqDriver: failure("cannot scan []uint8")}},
		{expr: "null::timestamptz", want: pgtype.Timestamptz{}},
	})
}

// TestNumericIntoPgtype has a value of its own because pgtype.Numeric keeps the same number in several forms.
func TestNumericIntoPgtype(t *testing.T) {
	eachDriver(t, func(t *testing.T, db *sql.DB, driver string) {
		if driver == libpqDriver {
			t.Skip("gives bytes, which pgtype.Numeric does not scan")
		}
		number := queryValue[pgtype.Numeric](t, db, "select '12345678901234567890.50'::numeric")
		require.Equal(t, "12345678901234567890.5", queryValue[string](t, db, "select trim_scale($1::numeric)::text", number))
	})
}
