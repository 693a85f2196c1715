package pgadapt_test

import (
	"database/sql"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

// The rest of the table behind docs/types.md: types of identifiers and search, other Go values for the types of the first
// part, ranges and multiranges of every kind, and arrays of what has none there.
func init() {
	typeRows = append(typeRows,
		asIs(`"char"`, "a", "a"),
		asIs("xid", "4294967295", uint32(4294967295)),
		asIs("cid", "5", uint32(5)),
		asIs("tid", "(1,2)", "(1,2)"),
		asIs("regclass", "pg_class", "pg_class"),
		asIs("regtype", "integer", "integer"),
		asIs("tsquery", "'a' & 'b'", "'a' & 'b'"),
		asIs("jsonpath", `$."a"[0]`, `$."a"[0]`),
		asIs("pg_snapshot", "10:20:10,14", "10:20:10,14"),
		asIs("int2vector", "1 2", "1 2"),
		asIs("refcursor", "c", "c"),
		asIs("aclitem", "=r/postgres", "=r/postgres"),

		asIs("int8", "5", pgtype.Int8{Int64: 5, Valid: true}),
		asIs("text", "a", pgtype.Text{String: "a", Valid: true}),
		asIs("uuid", "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"),
		asIs("timestamp", "-infinity", pgtype.Timestamp{InfinityModifier: pgtype.NegativeInfinity, Valid: true}),
		asIs("timestamptz", "infinity", pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}),
		asIs("interval", "1 mon", "1 mon"),
		asIs("inet", "10.0.0.0/8", network("10.0.0.0/8")),
		asIs("xml", "<a/>", []byte("<a/>")),
		asIs("json", `{"a":"<&>"}`, map[string]string{"a": "<&>"}),
		asIs("jsonb", `"a"`, `"a"`),
		asIs("bit(3)", "101", pgtype.Bits{Bytes: []byte{0xa0}, Len: 3, Valid: true}),

		asIs("int8multirange", "{[1,3)}", pgtype.Multirange[pgtype.Range[int64]]{closedOpen[int64](1, 3)}),
		asIs("nummultirange", "{[1.5,3)}", pgtype.Multirange[pgtype.Range[string]]{closedOpen("1.5", "3")}),
		asIs("datemultirange", "{[2024-01-01,2024-02-01)}", pgtype.Multirange[pgtype.Range[time.Time]]{closedOpen(day(2024, 1, 1), day(2024, 2, 1))}),
		asIs("tsmultirange", `{["2024-01-01 00:00:00","2024-02-01 00:00:00")}`,
			pgtype.Multirange[pgtype.Range[time.Time]]{closedOpen(day(2024, 1, 1), day(2024, 2, 1))}),
		asIs("tstzmultirange", `{["2024-01-01 00:00:00+00","2024-02-01 00:00:00+00")}`,
			pgtype.Multirange[pgtype.Range[time.Time]]{closedOpen(day(2024, 1, 1), day(2024, 2, 1))}),

		asIs("oid[]", "{1,4294967295}", []uint32{1, 4294967295}),
		asIs("xid8[]", "{18446744073709551615}", []uint64{18446744073709551615}),
		asIs("char(2)[]", `{"a "}`, []string{"a "}),
		asIs("name[]", "{n}", []string{"n"}),
		asIs("time[]", "{24:00:00}", []pgtype.Time{{Microseconds: 24 * 3600e6, Valid: true}}),
		asIs("timetz[]", "{01:02:03+05:30}", []string{"01:02:03+05:30"}),
		asIs("cidr[]", "{10.0.0.0/8,NULL}", []*netip.Prefix{new(prefix("10.0.0.0/8")), nil}),
		asIs("macaddr8[]", "{08:00:2b:01:02:03:04:05}", []net.HardwareAddr{{8, 0, 0x2b, 1, 2, 3, 4, 5}}),
		asIs("bit(3)[]", "{101}", []string{"101"}),
		asIs("varbit[]", "{101}", []pgtype.Bits{{Bytes: []byte{0xa0}, Len: 3, Valid: true}}),
		asIs("line[]", `{"{1,2,3}"}`, []pgtype.Line{{A: 1, B: 2, C: 3, Valid: true}}),
		asIs("lseg[]", `{"[(1,2),(3,4)]"}`, []pgtype.Lseg{{P: [2]pgtype.Vec2{{X: 1, Y: 2}, {X: 3, Y: 4}}, Valid: true}}),
		asIs("box[]", "{(3,4),(1,2);(1,1),(0,0)}", []pgtype.Box{
			{P: [2]pgtype.Vec2{{X: 3, Y: 4}, {X: 1, Y: 2}}, Valid: true}, {P: [2]pgtype.Vec2{{X: 1, Y: 1}, {}}, Valid: true},
		}),
		asIs("path[]", `{"((1,2),(3,4))"}`, []pgtype.Path{{P: []pgtype.Vec2{{X: 1, Y: 2}, {X: 3, Y: 4}}, Closed: true, Valid: true}}),
		asIs("polygon[]", `{"((1,2),(3,4))"}`, []pgtype.Polygon{{P: []pgtype.Vec2{{X: 1, Y: 2}, {X: 3, Y: 4}}, Valid: true}}),
		asIs("circle[]", `{"<(1,2),3>"}`, []pgtype.Circle{{P: pgtype.Vec2{X: 1, Y: 2}, R: 3, Valid: true}}),
		asIs("xml[]", "{<a/>}", []string{"<a/>"}),
		asIs("tsvector[]", `{"'a' 'b':2"}`, []string{"'a' 'b':2"}),
		asIs("tsquery[]", "{'a'}", []string{"'a'"}),
		asIs("pg_lsn[]", "{16/B374D848}", []string{"16/B374D848"}),
		asIs("json[]", `{"{\"A\":1,\"B\":2}"}`, []pair{{1, 2}}),
		asIs("jsonpath[]", `{$}`, []string{"$"}),
		asIs("regtype[]", "{integer}", []string{"integer"}),
		asIs("int8range[]", `{"[1,5)"}`, []pgtype.Range[int64]{closedOpen[int64](1, 5)}),
		asIs("numrange[]", `{"[1.5,5)"}`, []pgtype.Range[string]{closedOpen("1.5", "5")}),
		asIs("daterange[]", `{"[2024-01-01,2024-02-01)"}`, []pgtype.Range[time.Time]{closedOpen(day(2024, 1, 1), day(2024, 2, 1))}),
		asIs("tsrange[]", `{"[\"2024-01-01 00:00:00\",\"2024-02-01 00:00:00\")"}`, []pgtype.Range[time.Time]{closedOpen(day(2024, 1, 1), day(2024, 2, 1))}),
		asIs("tstzrange[]", `{"[\"2024-01-01 00:00:00+00\",\"2024-02-01 00:00:00+00\")"}`, []pgtype.Range[time.Time]{closedOpen(day(2024, 1, 1), day(2024, 2, 1))}),
		asIs("int4multirange[]", `{"{[1,3)}"}`, []pgtype.Multirange[pgtype.Range[int32]]{{closedOpen[int32](1, 3)}}),

		asIs("hstore", `"a"=>"1", "b"=>"x y"`, map[string]string{"a": "1", "b": "x y"}).of("hstore"),
		asIs("hstore", `"a"=>"1", "b"=>NULL`, map[string]*string{"a": pointerTo("1"), "b": nil}).of("hstore"),
		asIs("hstore", `"a"=>NULL`, map[string]sql.Null[string]{"a": {}}).of("hstore"),
		asIs("hstore", `"a"=>"1"`, map[string]any{"a": "1"}).of("hstore"),
		asIs("hstore", `"a"=>"1"`, `"a"=>"1"`).of("hstore"),
		asIs("hstore[]", `{"\"a\"=>\"1\"",NULL}`, []map[string]string{{"a": "1"}, nil}).of("hstore"),
		asIs("citext", "Abc", "Abc").of("citext"),
		asIs("ltree", "a.b", "a.b").of("ltree"),
	)
	for _, row := range []string{
		"json[] []pgadapt_test.pair", "xid uint32", "cid uint32", "xml []uint8",
		"int4multirange[] []pgtype.Multirange[github.com/jackc/pgx/v5/pgtype.Range[int32]]",
		"hstore map[string]string", "hstore map[string]*string", "hstore map[string]sql.Null[string]",
		"hstore map[string]interface {}", "hstore[] []map[string]string",
	} {
		notInExecMode[row] = true
	}
}

func TestRecordsIntoSlices(t *testing.T) {
	db := open(t)
	for _, wrap := range scanningWays {
		var fields []*string
		var values []any
		var records [][]string
		var null []string
		require.NoError(t, db.QueryRow(`select row(1, 'a "b"', null, ''), row(1, '(x)'), array[row(1, 2), row(3, 4)], null::record`).
			Scan(wrap(&fields), wrap(&values), wrap(&records), wrap(&null)))
		require.Equal(t, []*string{pointerTo("1"), pointerTo(`a "b"`), nil, pointerTo("")}, fields)
		require.Equal(t, []any{"1", "(x)"}, values)
		require.Equal(t, [][]string{{"1", "2"}, {"3", "4"}}, records)
		require.Nil(t, null)
		var numbers []int
		require.ErrorContains(t, db.QueryRow("select row(1, 'a')").Scan(wrap(&numbers)), "field 2")
	}
}
