package pgadapt_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// typeRow is a type of PostgreSQL with a Go value of it and the text that the server prints for that.
type typeRow struct {
	typeName, goType, text string
	// send and scan run the value in both directions.
	send func(t *testing.T, db querier) string
	scan func(t *testing.T, db querier)
	// extension is what has to be created for the type, empty for most.
	extension string
}

// of says that the row's type is an extension's.
func (r typeRow) of(extension string) typeRow {
	r.extension = extension
	return r
}

// requireType has the database know the row's type, or skips the test.
func (r typeRow) requireType(t *testing.T, db *sql.DB) {
	t.Helper()
	if r.extension == "" {
		return
	}
	if _, err := db.Exec("create extension if not exists " + r.extension); err != nil {
		t.Skipf("the server does not have the extension: %v", err)
	}
}

// asIs is a row whose value is sent and comes back.
func asIs[T any](typeName, text string, value T) typeRow {
	return typeRow{
		typeName: typeName, goType: fmt.Sprintf("%T", value), text: text,
		send: func(t *testing.T, db querier) (got string) {
			require.NoError(t, db.QueryRow("select case when v is null then 'NULL' else format('%s', v) end from (select $1::"+typeName+") s (v)", value).Scan(&got))
			return got
		},
		scan: func(t *testing.T, db querier) {
			literal := "'" + strings.ReplaceAll(text, "'", "''") + "'::" + typeName
			if text == "NULL" {
				literal = "null::" + typeName
			}
			for _, wrap := range scanningWays {
				var got T
				require.NoError(t, db.QueryRow("select "+literal).Scan(wrap(&got)))
				requireSame(t, value, got)
			}
		},
	}
}

// scanningWays has the wrapper, and on Go 1.27 the way without.
var scanningWays = []func(destination any) any{func(destination any) any { return pgadapt.Scan(destination) }}

// requireSame compares numbers by their value: there is more than one form of the same in memory.
func requireSame(t *testing.T, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case big.Int:
		got := got.(big.Int)
		require.Zero(t, want.Cmp(&got))
	case big.Float:
		got := got.(big.Float)
		require.Equal(t, want.Text('f', -1), got.Text('f', -1))
	case big.Rat:
		got := got.(big.Rat)
		require.Zero(t, want.Cmp(&got))
	case time.Time:
		require.Equal(t, want.String(), got.(time.Time).String())
	default:
		require.Equal(t, want, got)
	}
}

func bigInt(digits string) big.Int {
	number, _ := new(big.Int).SetString(digits, 10)
	return *number
}

func bigFloat(digits string) big.Float {
	number, _, _ := big.ParseFloat(digits, 10, 200, big.ToNearestEven)
	return *number
}

func prefix(text string) netip.Prefix { return netip.MustParsePrefix(text) }

func network(text string) net.IPNet {
	_, parsed, _ := net.ParseCIDR(text)
	if v4 := parsed.IP.To4(); v4 != nil {
		parsed.IP = v4
	}
	return *parsed
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func closedOpen[T any](lower, upper T) pgtype.Range[T] {
	return pgtype.Range[T]{Lower: lower, Upper: upper, LowerType: pgtype.Inclusive, UpperType: pgtype.Exclusive, Valid: true}
}

type (
	pair     struct{ A, B int }
	document struct {
		Name string `json:"name"`
		Tags []string
	}
	words []string
)

// typeRows is the table behind docs/types.md: each of its rows is tested in both directions.
var typeRows = []typeRow{
	asIs("bool", "t", true),
	asIs("int2", "-32768", int16(-32768)),
	asIs("int4", "7", int32(7)),
	asIs("int8", "-9223372036854775808", int64(-9223372036854775808)),
	asIs("int8", "255", uint8(255)),
	asIs("int8", "5", bigInt("5")),
	asIs("oid", "4294967295", uint32(4294967295)),
	asIs("xid8", "18446744073709551615", uint64(18446744073709551615)),
	asIs("float4", "1.5", float32(1.5)),
	asIs("float8", "0.1", 0.1),
	asIs("numeric", "1.10", "1.10"),
	asIs("numeric", "123456789012345678901234567890", bigInt("123456789012345678901234567890")),
	asIs("numeric", "123456789012345678901234567890.125", bigFloat("123456789012345678901234567890.125")),
	asIs("numeric", "-0.125", *big.NewRat(-1, 8)),
	asIs("numeric", "1.25", pgtype.Numeric{Int: big.NewInt(125), Exp: -2, Valid: true}),
	asIs("money", "$1,234.50", "$1,234.50"),
	asIs("text", "a", "a"),
	asIs("text", "a", []byte("a")),
	asIs("varchar", "é 世界", "é 世界"),
	asIs("char(3)", "a  ", "a  "),
	asIs("name", "n", "n"),
	asIs("bytea", `\x00ff`, []byte{0, 255}),
	asIs("uuid", "00000000-0000-0000-0000-000000000001", [16]byte{15: 1}),
	asIs("uuid", "00000000-0000-0000-0000-000000000001", pgtype.UUID{Bytes: [16]byte{15: 1}, Valid: true}),
	asIs("date", "2024-02-29", day(2024, 2, 29)),
	asIs("date", "infinity", pgtype.Date{InfinityModifier: pgtype.Infinity, Valid: true}),
	asIs("timestamp", "2024-02-29 01:02:03.5", time.Date(2024, 2, 29, 1, 2, 3, 500_000_000, time.UTC)),
	asIs("timestamptz", "2024-02-29 01:02:03+00", time.Date(2024, 2, 29, 1, 2, 3, 0, time.UTC)),
	asIs("time", "24:00:00", "24:00:00"),
	asIs("time", "01:02:03", pgtype.Time{Microseconds: 3723_000_000, Valid: true}),
	asIs("timetz", "01:02:03+05:30", "01:02:03+05:30"),
	asIs("interval", "-00:00:00.5", -500*time.Millisecond),
	asIs("interval", "1 year 2 mons -3 days +04:05:06", pgtype.Interval{Months: 14, Days: -3, Microseconds: 14706_000_000, Valid: true}),
	asIs("inet", "10.0.0.1/8", prefix("10.0.0.1/8")),
	asIs("inet", "10.0.0.1", netip.MustParseAddr("10.0.0.1")),
	asIs("inet", "2001:db8::1", net.ParseIP("2001:db8::1")),
	asIs("cidr", "10.0.0.0/8", prefix("10.0.0.0/8")),
	asIs("cidr", "10.0.0.0/8", network("10.0.0.0/8")),
	asIs("macaddr", "08:00:2b:01:02:03", net.HardwareAddr{8, 0, 0x2b, 1, 2, 3}),
	asIs("macaddr8", "08:00:2b:01:02:03:04:05", net.HardwareAddr{8, 0, 0x2b, 1, 2, 3, 4, 5}),
	asIs("bit(3)", "101", "101"),
	asIs("varbit", "101", pgtype.Bits{Bytes: []byte{0xa0}, Len: 3, Valid: true}),
	asIs("point", "(1,2)", pgtype.Point{P: pgtype.Vec2{X: 1, Y: 2}, Valid: true}),
	asIs("line", "{1,2,3}", pgtype.Line{A: 1, B: 2, C: 3, Valid: true}),
	asIs("lseg", "[(1,2),(3,4)]", pgtype.Lseg{P: [2]pgtype.Vec2{{X: 1, Y: 2}, {X: 3, Y: 4}}, Valid: true}),
	asIs("box", "(3,4),(1,2)", pgtype.Box{P: [2]pgtype.Vec2{{X: 3, Y: 4}, {X: 1, Y: 2}}, Valid: true}),
	asIs("path", "[(1,2),(3,4)]", pgtype.Path{P: []pgtype.Vec2{{X: 1, Y: 2}, {X: 3, Y: 4}}, Valid: true}),
	asIs("polygon", "((1,2),(3,4))", pgtype.Polygon{P: []pgtype.Vec2{{X: 1, Y: 2}, {X: 3, Y: 4}}, Valid: true}),
	asIs("circle", "<(1,2),3>", pgtype.Circle{P: pgtype.Vec2{X: 1, Y: 2}, R: 3, Valid: true}),
	asIs("xml", "<a/>", "<a/>"),
	asIs("tsvector", "'a' 'b':2", "'a' 'b':2"),
	asIs("pg_lsn", "16/B374D848", "16/B374D848"),
	asIs("json", `{"name":"x","Tags":["a"]}`, document{Name: "x", Tags: []string{"a"}}),
	asIs("jsonb", `{"a": [1, null]}`, map[string]any{"a": []any{1.0, nil}}),
	asIs("jsonb", `[1, 2]`, []int{1, 2}),
	asIs("jsonb", `{"a": 1}`, json.RawMessage(`{"a": 1}`)),
	asIs("int4range", "[1,5)", closedOpen[int32](1, 5)),
	asIs("int8range", "empty", pgtype.Range[int64]{LowerType: pgtype.Empty, UpperType: pgtype.Empty, Valid: true}),
	asIs("numrange", "(,1.5]", pgtype.Range[string]{Upper: "1.5", LowerType: pgtype.Unbounded, UpperType: pgtype.Inclusive, Valid: true}),
	asIs("daterange", "[2024-01-01,2024-02-01)", closedOpen(day(2024, 1, 1), day(2024, 2, 1))),
	asIs("tsrange", `["2024-01-01 00:00:00","2024-02-01 00:00:00")`, closedOpen(day(2024, 1, 1), day(2024, 2, 1))),
	asIs("tstzrange", `["2024-01-01 00:00:00+00",)`, pgtype.Range[time.Time]{Lower: day(2024, 1, 1), LowerType: pgtype.Inclusive, UpperType: pgtype.Unbounded, Valid: true}),
	asIs("int4range", "NULL", pgtype.Range[int32]{}),
	asIs("int4multirange", "{[1,3),[5,8)}", pgtype.Multirange[pgtype.Range[int32]]{closedOpen[int32](1, 3), closedOpen[int32](5, 8)}),
	asIs("int4multirange", "{}", pgtype.Multirange[pgtype.Range[int32]]{}),
	asIs("bool[]", "{t,f}", []bool{true, false}),
	asIs("int2[]", "{1,2}", []int16{1, 2}),
	asIs("int4[]", "{1,NULL,3}", []*int32{pointerTo[int32](1), nil, pointerTo[int32](3)}),
	asIs("int4[]", "{1,2,3}", []int{1, 2, 3}),
	asIs("int4[]", "{1,2,3}", [3]int{1, 2, 3}),
	asIs("int4[]", "{}", []int{}),
	asIs("int4[]", "NULL", []int(nil)),
	asIs("int4[]", "{1,2}", []namedInt{1, 2}),
	asIs("int8[]", "{1,NULL}", []sql.Null[int64]{{V: 1, Valid: true}, {}}),
	asIs("int8[]", "{1,NULL}", []sql.NullInt64{{Int64: 1, Valid: true}, {}}),
	asIs("int8[]", "{{1,2},{3,4}}", [][]int64{{1, 2}, {3, 4}}),
	asIs("int4[]", "{{{1},{2}}}", [][][]int{{{1}, {2}}}),
	asIs("float4[]", "{1.5}", []float32{1.5}),
	asIs("float8[]", "{0.1,Infinity}", []float64{0.1, math.Inf(1)}),
	asIs("numeric[]", "{1.10,NaN}", []string{"1.10", "NaN"}),
	asIs("text[]", `{a,"",NULL,"NULL","a,b","\"\\ {"}`, []*string{
		pointerTo("a"), pointerTo(""), nil, pointerTo("NULL"), pointerTo("a,b"), pointerTo(`"\ {`),
	}),
	asIs("text[]", "{a,b}", words{"a", "b"}),
	asIs("varchar[]", "{a}", []namedText{"a"}),
	asIs("uuid[]", "{00000000-0000-0000-0000-000000000001}", [][16]byte{{15: 1}}),
	asIs("bytea[]", `{"\\x00ff"}`, [][]byte{{0, 255}}),
	asIs("date[]", "{2024-02-29}", []time.Time{day(2024, 2, 29)}),
	asIs("timestamptz[]", `{"2024-02-29 00:00:00+00"}`, []time.Time{day(2024, 2, 29)}),
	asIs("timestamp[]", `{"2024-02-29 00:00:00",NULL}`, []*time.Time{pointerTo(day(2024, 2, 29)), nil}),
	asIs("interval[]", "{01:00:00}", []time.Duration{time.Hour}),
	asIs("inet[]", "{10.0.0.1/8}", []netip.Prefix{prefix("10.0.0.1/8")}),
	asIs("macaddr[]", "{08:00:2b:01:02:03}", []net.HardwareAddr{{8, 0, 0x2b, 1, 2, 3}}),
	asIs("point[]", `{"(1,2)"}`, []pgtype.Point{{P: pgtype.Vec2{X: 1, Y: 2}, Valid: true}}),
	asIs("jsonb[]", `{"{\"A\": 1, \"B\": 2}"}`, []pair{{1, 2}}),
	asIs("int4range[]", `{"[1,5)"}`, []pgtype.Range[int32]{closedOpen[int32](1, 5)}),
	asIs("money[]", `{"$1,234.50"}`, []string{"$1,234.50"}),
}

// notInExecMode has the values that are literals of another type where nobody asks for the parameter's.
var notInExecMode = map[string]bool{
	"xid8 uint64": true, "text []uint8": true, "jsonb []int": true, "jsonb[] []pgadapt_test.pair": true,
}

func TestEachTypeBothWays(t *testing.T) {
	for _, mode := range []string{"cache_statement", "exec", "simple_protocol"} {
		db := open(t, "default_query_exec_mode", mode, "TimeZone", "UTC", "lc_monetary", "C")
		for _, row := range typeRows {
			t.Run(mode+"/"+row.typeName+" and "+row.goType, func(t *testing.T) {
				row.requireType(t, db)
				if !notInExecMode[row.typeName+" "+row.goType] || mode == "cache_statement" {
					require.Equal(t, row.text, row.send(t, db))
				}
				row.scan(t, db)
			})
		}
		requireWorking(t, db)
	}
}
