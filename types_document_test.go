package pgadapt_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	documents "github.com/pgadapt/pgadapt/internal/document"
)

var update = flag.Bool("update", false, "write the table of docs/types.md anew")

const typesDocument = "docs/types.md"

var typesSection = documents.Section{
	Begin: "<!-- The table below is written by go test -run TestTypesDocument -update. -->\n",
	End:   "<!-- End of the table. -->\n",
}

// typesTable gives the table of the document: a line for each type of typeRows, whose values are tested both ways.
func typesTable(t *testing.T) string {
	t.Helper()
	db := open(t, "TimeZone", "UTC", "lc_monetary", "C")
	goTypes, examples, order := map[string][]string{}, map[string]string{}, []string{}
	for _, row := range typeRows {
		if goTypes[row.typeName] == nil {
			order = append(order, row.typeName)
		}
		name := strings.NewReplacer("pgadapt_test.", "", "[]uint8", "[]byte", "github.com/jackc/pgx/v5/", "", "interface {}", "any",
			"[16]uint8", "[16]byte", "jsontext.Value", "json.RawMessage").
			Replace(row.goType)
		if !slices.Contains(goTypes[row.typeName], "`"+name+"`") {
			goTypes[row.typeName] = append(goTypes[row.typeName], "`"+name+"`")
		}
		if examples[row.typeName] == "" || examples[row.typeName] == "NULL" {
			examples[row.typeName] = row.text
		}
	}
	table := "| PostgreSQL | example | `*any` gets | tested with, both ways |\n|---|---|---|---|\n"
	for _, row := range typeRows {
		row.requireType(t, db)
	}
	for _, typeName := range order {
		var value any
		literal := "'" + strings.ReplaceAll(examples[typeName], "'", "''") + "'::" + typeName
		require.NoError(t, db.QueryRow("select "+literal).Scan(&value))
		table += fmt.Sprintf("| %s | `%s` | `%s` | %s |\n", typeName, strings.ReplaceAll(examples[typeName], "|", `\|`),
			strings.ReplaceAll(fmt.Sprintf("%T", value), "[]uint8", "[]byte"), strings.Join(goTypes[typeName], ", "))
	}
	return table
}

func TestTypesDocument(t *testing.T) {
	table := "\n" + typesTable(t) + "\n"
	if *update {
		require.NoError(t, typesSection.Rewrite(typesDocument, table))
		return
	}
	content, err := os.ReadFile(typesDocument)
	require.NoError(t, err)
	want, err := typesSection.Replace(string(content), table)
	require.NoError(t, err)
	require.Equal(t, want, string(content), "run go test -run TestTypesDocument -update")
}
