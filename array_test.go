package pgadapt_test

import (
	"database/sql"
	"encoding/json"
	"math/big"
	"net/netip"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

type namedTimes []time.Time

var (
	leapDay  = time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	leapNoon = leapDay.Add(12*time.Hour + 345678*time.Microsecond)
	noonOnly = time.Date(0, 1, 1, 12, 0, 0, 345678000, time.UTC)
)

// arrayRows has arrays of the types whose arrays travel in binary, and what they are in Go, both ways.
var arrayRows = []typeRow{
	asIs("date[]", "{2024-02-29,NULL}", []sql.NullTime{{Time: leapDay, Valid: true}, {}}),
	asIs("date[]", "{2024-02-29}", namedTimes{leapDay}),
	asIs("date[]", "{{2024-02-29},{2024-02-29}}", [2][1]time.Time{{leapDay}, {leapDay}}),
	asIs("timestamp[]", `{"2024-02-29 12:00:00.345678",NULL}`, []*time.Time{&leapNoon, nil}),
	asIs("timestamp[]", `{"2024-02-29 12:00:00.345678",NULL}`, []sql.Null[time.Time]{{V: leapNoon, Valid: true}, {}}),
	asIs("timestamptz[]", `{{"2024-02-29 12:00:00.345678+00"},{NULL}}`, [][]*time.Time{{&leapNoon}, {nil}}),
	asIs("timestamptz[]", `{"2024-02-29 12:00:00.345678+00",infinity,-infinity}`, []string{"2024-02-29 12:00:00.345678+00", "infinity", "-infinity"}),
	asIs("timestamptz[]", "{}", []time.Time{}),
	asIs("timestamptz[]", "NULL", []time.Time(nil)),
	asIs("timestamptz[]", "NULL", [][]time.Time(nil)),
	asIs("timestamptz[]", "{infinity,NULL}", []pgtype.Timestamptz{{InfinityModifier: pgtype.Infinity, Valid: true}, {}}),
	asIs("time[]", "{12:00:00.345678}", []time.Time{noonOnly}),
	asIs("time[]", "{24:00:00,NULL}", []*string{pointerTo("24:00:00"), nil}),
	asIs("timetz[]", "{12:00:00.345678+00}", []time.Time{noonOnly}),
	asIs("timetz[]", "{12:00:00+05:30}", []string{"12:00:00+05:30"}),
	asIs("interval[]", "{-01:00:00.5,NULL}", []*time.Duration{pointerTo(-time.Hour - time.Second/2), nil}),
	asIs("interval[]", "{01:00:00}", [1]time.Duration{time.Hour}),
	asIs("interval[]", `{"-10 mons +3 days -04:00:00"}`, []string{"-10 mons +3 days -04:00:00"}),
	asIs("interval[]", `{"1 mon 2 days 00:00:03",NULL}`, []pgtype.Interval{{Months: 1, Days: 2, Microseconds: 3e6, Valid: true}, {}}),
	asIs("bytea[]", `{"\\x00ff",NULL,"\\x"}`, [][]byte{{0, 255}, nil, {}}),
	asIs("bytea[]", `{{"\\x00"},{"\\x01"}}`, [][][]byte{{{0}}, {{1}}}),
	asIs("bytea[]", `{"\\x01"}`, []namedBytes{{1}}),
	asIs("json[]", `{"[1, 2]",NULL}`, []json.RawMessage{json.RawMessage("[1, 2]"), nil}),
	asIs("json[]", `{"{\"A\":1,\"B\":2}"}`, []pair{{1, 2}}),
	asIs("jsonb[]", `{"[1, 2]"}`, []string{"[1, 2]"}),
	asIs("jsonb[]", `{"{\"A\": 1, \"B\": 2}",NULL}`, []*pair{{1, 2}, nil}),
	asIs("uuid[]", "{00000000-0000-0000-0000-000000000001,NULL}", []*[16]byte{{15: 1}, nil}),
	asIs("uuid[]", "{00000000-0000-0000-0000-000000000001}", []string{"00000000-0000-0000-0000-000000000001"}),
	asIs("uuid[]", "{00000000-0000-0000-0000-000000000001}", []pgtype.UUID{{Bytes: [16]byte{15: 1}, Valid: true}}),
	asIs("numeric[]", "{1.50,NULL}", []*string{pointerTo("1.50"), nil}),
	asIs("numeric[]", "{1.5,NaN,-Infinity}", []string{"1.5", "NaN", "-Infinity"}),
	asIs("numeric[]", "{1.5,2}", []float64{1.5, 2}),
	asIs("numeric[]", "{123456789012345678901234567890,NULL}", []*big.Int{pointerTo(bigInt("123456789012345678901234567890")), nil}),
	asIs("numeric[]", "{15,NULL}", []pgtype.Numeric{{Int: big.NewInt(15), Valid: true}, {}}),
	asIs("bool[]", "{t,NULL}", []*bool{pointerTo(true), nil}),
	asIs("bool[]", "{{t},{f}}", [][]bool{{true}, {false}}),
	asIs("int2[]", "{-1,NULL}", []sql.NullInt16{{Int16: -1, Valid: true}, {}}),
	asIs("int4[]", "{1,2}", []uint16{1, 2}),
	asIs("oid[]", "{4294967295}", []uint32{4294967295}),
	asIs("xid[]", "{4294967295}", []uint32{4294967295}),
	asIs("float4[]", "{0.1,NULL}", []*float32{pointerTo[float32](0.1), nil}),
	asIs("float8[]", "{{0.1,-0},{NaN,1e+300}}", [][]string{{"0.1", "-0"}, {"NaN", "1e+300"}}),
	asIs("float8[]", "{0.1,2}", []namedFloat{0.1, 2}),
	asIs("text[]", `{{a,NULL},{"",é}}`, [][]*string{{pointerTo("a"), nil}, {pointerTo(""), pointerTo("é")}}),
	asIs("text[]", "{a,NULL}", []sql.NullString{{String: "a", Valid: true}, {}}),
	asIs("text[]", "{a,b}", []namedText{"a", "b"}),
	asIs("char(3)[]", `{"a  "}`, []string{"a  "}),
	asIs("name[]", "{pg_class}", []string{"pg_class"}),
	asIs("inet[]", "{10.0.0.1/8,NULL}", []*netip.Prefix{pointerTo(netip.MustParsePrefix("10.0.0.1/8")), nil}),
}

func TestArraysBothWays(t *testing.T) {
	db := open(t, "TimeZone", "UTC")
	for _, row := range arrayRows {
		t.Run(row.typeName+" and "+row.goType+" "+row.text, func(t *testing.T) {
			require.Equal(t, row.text, row.send(t, db))
			row.scan(t, db)
		})
	}
}

func TestAllocationsOfSentArrays(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	for _, test := range []struct {
		name, typeName string
		argument       any
	}{
		{"int8", "int8", make([]int64, 100)},
		{"float8", "float8", make([]float64, 100)},
		{"bool", "bool", make([]bool, 100)},
		{"text", "text", make([]string, 100)},
		{"bytea", "bytea", make([][]byte, 100)},
		{"timestamptz", "timestamptz", make([]time.Time, 100)},
		{"interval", "interval", make([]time.Duration, 100)},
		{"uuid", "uuid", make([][16]byte, 100)},
	} {
		t.Run(test.name, func(t *testing.T) {
			send := func(argument any) float64 {
				statement, err := db.Prepare("select $1::" + test.typeName + "[]")
				require.NoError(t, err)
				defer statement.Close()
				return testing.AllocsPerRun(20, func() {
					_, err := statement.Exec(argument)
					require.NoError(t, err)
				})
			}
			require.LessOrEqual(t, send(test.argument), send("{}")+2)
		})
	}
}
