package dropin_test

import (
	"database/sql"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	documents "github.com/pgadapt/pgadapt/internal/document"
)

var update = flag.Bool("update", false, "write the table of docs/types.md anew")

const typesDocument = "../../docs/types.md"

var scannerSection = documents.Section{
	Begin: "<!-- The table below is written by go test ./dropin -run TestScannerDocument -update, in compat. -->\n",
	End:   "<!-- End of the table of Scanners. -->\n",
}

// fed is a Scanner that keeps what it is given.
type fed struct{ value any }

func (f *fed) Scan(value any) error {
	if bytes, ok := value.([]byte); ok {
		value = append([]byte{}, bytes...)
	}
	f.value = value
	return nil
}

// name gives the type of the value.
func (f *fed) name() string {
	if f.value == nil {
		return "nil"
	}
	return strings.ReplaceAll(fmt.Sprintf("%T", f.value), "[]uint8", "[]byte")
}

// text gives what a text or bytes hold, empty for other values.
func (f *fed) text() string {
	switch value := f.value.(type) {
	case string:
		return value
	case []byte:
		return string(value)
	}
	return ""
}

// scannerExpressions has a value of each kind of type; what is in a line is fed alike.
var scannerExpressions = [][]string{
	{"true"},
	{"1::int2", "1::int4", "1::int8"},
	{"1::oid", "'1'::xid"},
	{"1.5::float4", "1.5::float8"},
	{"1.50::numeric"},
	{"'a'::text", "'a'::varchar", "'a'::char(2)", `'a'::"char"`},
	{"'a'::name"},
	{`'\x00ff'::bytea`},
	{`'{"a": 1}'::json`, `'{"a": 1}'::jsonb`, "'<a/>'::xml"},
	{"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid"},
	{"'2024-02-29'::date", "'2024-02-29 01:02:03'::timestamp", "'2024-02-29 01:02:03Z'::timestamptz"},
	{"'infinity'::date", "'infinity'::timestamptz"},
	{"'12:34:56'::time", "'12:34:56+02'::timetz"},
	{"'1 day'::interval", "'$1.50'::money", "'10.0.0.1'::inet", "'10.0.0.0/8'::cidr", "'08:00:2b:01:02:03'::macaddr", "B'101'", "'(1,2)'::point",
		"'a'::tsvector", "'16/B374D848'::pg_lsn", "'[1,5)'::int4range", "'{[1,5)}'::int4multirange"},
	{"array[1, null]", "array['a']", "row(1, 'a')"},
	{"null::int4"},
}

// scannerTable asks each driver, on the server at hand.
func scannerTable(t *testing.T) string {
	t.Helper()
	table := "| value | pgadapt | lib/pq | pgx/stdlib |\n|---|---|---|---|\n"
	pools := map[string]*sql.DB{}
	drivers := []string{pgadaptDriver, libpqDriver, pgxDriver}
	for _, driver := range drivers {
		pools[driver] = open(t, driver, "lc_monetary", "C")
	}
	for _, alike := range scannerExpressions {
		names := map[string]string{}
		for _, expression := range alike {
			var own fed
			require.NoError(t, pools[pgadaptDriver].QueryRow("select "+expression).Scan(&own), expression)
			for _, driver := range drivers {
				var got fed
				require.NoError(t, pools[driver].QueryRow("select "+expression).Scan(&got), expression)
				if names[driver] == "" {
					names[driver] = got.name()
				}
				require.Equal(t, names[driver], got.name(), "%s: %s is not like the others", driver, expression)
				if own.text() != "" && got.text() != "" {
					require.Equal(t, own.text(), got.text(), "%s: %s", driver, expression)
				}
			}
		}
		table += "| `" + strings.Join(alike, "`, `") + "`"
		for _, driver := range drivers {
			table += " | `" + names[driver] + "`"
		}
		table += " |\n"
	}
	return table
}

func TestScannerDocument(t *testing.T) {
	table := "\n" + scannerTable(t) + "\n"
	if *update {
		require.NoError(t, scannerSection.Rewrite(typesDocument, table))
		return
	}
	content, err := os.ReadFile(typesDocument)
	require.NoError(t, err)
	want, err := scannerSection.Replace(string(content), table)
	require.NoError(t, err)
	require.Equal(t, want, string(content), "run go test ./dropin -run TestScannerDocument -update in compat")
}
