package pgadapt_test

import (
	"database/sql"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

// builtinSamples has a value of every type that PostgreSQL 15 to 18 has built in, as the server prints it.
var builtinSamples = map[string]string{
	"aclitem": "=r/postgres", "bit": "1", "bool": "t", "box": "(3,4),(1,2)", "bpchar": "a", "bytea": `\x00ff`, "char": "a",
	"cid": "4294967295", "cidr": "10.0.0.0/8", "circle": "<(1,2),3>", "date": "2024-02-29",
	"datemultirange": "{[2024-01-01,2024-02-01)}", "daterange": "[2024-01-01,2024-02-01)", "float4": "1e+20", "float8": "1e-07",
	"inet": "10.0.0.1/8", "int2": "-32768", "int2vector": "1 2", "int4": "-2147483648", "int4multirange": "{[1,3),[5,8)}",
	"int4range": "[1,5)", "int8": "-9223372036854775808", "int8multirange": "{}", "int8range": "empty",
	"interval": "1 year -2 days +00:00:01", "json": `{"a":  1}`, "jsonb": `{"a": 1}`, "jsonpath": `$."a"[0]`,
	"line": "{1,2,3}", "lseg": "[(1,2),(3,4)]", "macaddr": "08:00:2b:01:02:03", "macaddr8": "08:00:2b:01:02:03:04:05",
	"money": "-$1,234.50", "name": "n", "numeric": "NaN", "nummultirange": "{(,1.5]}", "numrange": "[1.5,)",
	"oid": "4294967295", "oidvector": "1 2", "path": "[(1,2),(3,4)]", "pg_lsn": "16/B374D848", "pg_snapshot": "10:20:10,14,15",
	"point": "(1,2)", "polygon": "((1,2),(3,4))", "refcursor": "c", "regclass": "pg_class", "regcollation": `"C"`,
	"regconfig": "simple", "regdictionary": "simple", "regnamespace": "pg_catalog", "regoper": "||/", "regoperator": "+(integer,integer)",
	"regproc": "now", "regprocedure": "abs(integer)", "regrole": "pg_monitor", "regtype": "integer", "text": "a",
	"tid": "(1,2)", "time": "24:00:00", "timestamp": "0044-03-15 01:02:03.5 BC", "timestamptz": "20000-02-29 01:02:03+00",
	"timetz": "01:02:03+05:30", "tsmultirange": `{["2024-01-01 00:00:00","2024-02-01 00:00:00")}`,
	"tsquery": "'a' & 'b'", "tsrange": `["2024-01-01 00:00:00",)`, "tstzmultirange": `{["2024-01-01 00:00:00+00",)}`,
	"tstzrange": `(,"2024-01-01 00:00:00+00")`, "tsvector": "'a' 'b':2", "txid_snapshot": "10:20:10,14,15",
	"uuid": "00000000-0000-0000-0000-000000000001", "varbit": "101", "varchar": "a", "xid": "4294967295",
	"xid8": "18446744073709551615", "xml": "<a/>",
}

// withoutInput has the built-in types that no value can be made of.
var withoutInput = map[string]bool{
	"gtsvector": true, "pg_brin_bloom_summary": true, "pg_brin_minmax_multi_summary": true, "pg_dependencies": true,
	"pg_mcv_list": true, "pg_ndistinct": true, "pg_node_tree": true,
}

// eachBuiltinType runs a test for each of the server's own types, and for the array of each that has one.
func eachBuiltinType(t *testing.T, db *sql.DB, test func(t *testing.T, typeName, text string)) {
	t.Helper()
	rows, err := db.Query(`select typname, typarray <> 0 from pg_type
		where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'r', 'm') and typcategory <> 'A' order by typname`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		var hasArray bool
		require.NoError(t, rows.Scan(&name, &hasArray))
		if withoutInput[name] {
			continue
		}
		sample, ok := builtinSamples[name]
		require.True(t, ok, "no sample of the type %s", name)
		quoted := `pg_catalog."` + name + `"`
		t.Run(name, func(t *testing.T) { test(t, quoted, sample) })
		if hasArray {
			separator := ","
			if name == "box" {
				separator = ";"
			}
			element := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(sample) + `"`
			t.Run(name+"[]", func(t *testing.T) { test(t, quoted+"[]", "{"+element+separator+"NULL}") })
		}
	}
	require.NoError(t, rows.Err())
}

func openForBuiltins(t *testing.T, mode string) *sql.DB {
	t.Helper()
	return open(t, "default_query_exec_mode", mode, "TimeZone", "UTC", "lc_monetary", "C")
}

// A program that knows nothing of a column makes its destination of the ScanType.
func TestScanTypeScansEveryBuiltinType(t *testing.T) {
	for _, mode := range []string{"cache_statement", "simple_protocol"} {
		db := openForBuiltins(t, mode)
		eachBuiltinType(t, db, func(t *testing.T, typeName, text string) {
			query := "select $1::" + typeName
			rows, err := db.Query(query, text)
			require.NoError(t, err)
			defer rows.Close()
			types, err := rows.ColumnTypes()
			require.NoError(t, err)
			scanType := types[0].ScanType()
			require.NotNil(t, scanType)
			require.True(t, rows.Next())
			destination := reflect.New(scanType)
			require.NoError(t, rows.Scan(destination.Interface()))
			require.False(t, destination.Elem().IsZero(), "%s stays zero", scanType)
			require.NoError(t, rows.Close())

			orNull := reflect.New(reflect.PointerTo(scanType))
			require.NoError(t, db.QueryRow("select null::"+typeName).Scan(orNull.Interface()))
			require.True(t, orNull.Elem().IsNil())
		})
	}
}

// The text that the server prints is a parameter of every type, and what a string gets, but for those that database/sql
// writes itself.
func TestEveryBuiltinTypeAsText(t *testing.T) {
	writtenByGo := map[string]bool{"bool": true, "float4": true, "float8": true, "bytea": true, "date": true, "timestamp": true, "timestamptz": true}
	for _, mode := range modes {
		db := openForBuiltins(t, mode)
		eachBuiltinType(t, db, func(t *testing.T, typeName, text string) {
			var got, printed string
			require.NoError(t, db.QueryRow("select $1::"+typeName+", format('%s', $1::"+typeName+")", text).Scan(&got, &printed))
			if !writtenByGo[strings.Split(typeName, `"`)[1]] || strings.HasSuffix(typeName, "[]") {
				require.Equal(t, printed, got)
			}
			if !strings.HasSuffix(typeName, "[]") {
				require.Equal(t, text, strings.TrimSpace(printed))
			}
		})
	}
}

// Elements of every type come as what the server prints for them, and go back.
func TestArrayOfEveryBuiltinType(t *testing.T) {
	db := openForBuiltins(t, "cache_statement")
	eachBuiltinType(t, db, func(t *testing.T, typeName, text string) {
		if !strings.HasSuffix(typeName, "[]") || strings.Contains(typeName, "bytea") { // whose strings are its bytes
			return
		}
		for _, wrap := range scanningWays {
			var elements []*string
			require.NoError(t, db.QueryRow("select $1::"+typeName, text).Scan(wrap(&elements)))
			require.Len(t, elements, 2)
			require.Nil(t, elements[1])
			var same bool
			require.NoError(t, db.QueryRow("select $1::"+typeName+"::text = $2::"+typeName+"::text", elements, text).Scan(&same))
			require.True(t, same, *elements[0])
			var value string
			require.NoError(t, db.QueryRow("select $1::text", pgadapt.Value(elements)).Scan(&value))
		}
	})
}
