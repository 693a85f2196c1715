package compose_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compose"
	"github.com/pgadapt/pgadapt/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// The tests of this file ask a server whether it reads the text as it was meant.

// withEachSetting runs the test with standard_conforming_strings on and off.
func withEachSetting(t *testing.T, run func(t *testing.T, conn *pgconn.PgConn)) {
	for _, setting := range []string{"on", "off"} {
		t.Run("standard_conforming_strings="+setting, func(t *testing.T) {
			conn := connect(t)
			execute(t, conn, "set standard_conforming_strings = "+setting+"; set backslash_quote = off; set escape_string_warning = off")
			run(t, conn)
		})
	}
}

func connect(t *testing.T) *pgconn.PgConn {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), pgtest.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	execute(t, conn, "set datestyle = ISO; set timezone = UTC; set intervalstyle = postgres; set bytea_output = hex; set client_encoding = UTF8")
	return conn
}

func execute(t *testing.T, conn *pgconn.PgConn, query string) []*pgconn.Result {
	t.Helper()
	results, err := conn.Exec(t.Context(), query).ReadAll()
	require.NoError(t, err, "%s", query)
	return results
}

// evaluate gives the rows of one statement.
func evaluate(t *testing.T, conn *pgconn.PgConn, composed compose.Composed, args ...any) *pgconn.Result {
	t.Helper()
	query, values, err := composed.Render(compose.Numeric, args...)
	require.NoError(t, err)
	parameters := make([][]byte, len(values))
	for i, value := range values {
		if value != nil {
			parameters[i] = fmt.Append(nil, value)
		}
	}
	result := conn.ExecParams(t.Context(), query, parameters, nil, nil, nil).Read()
	require.NoError(t, result.Err, "%s", query)
	return result
}

func TestServerReadsLiterals(t *testing.T) {
	withEachSetting(t, func(t *testing.T, conn *pgconn.PgConn) {
		for _, test := range literalCases {
			t.Run(test.name, func(t *testing.T) {
				text := compose.Literal(test.value)
				if test.name == "nested empty" {
					return // the server has no such array; it reads {{}} as {} since PostgreSQL 17
				}
				if test.typeName != "" {
					text = text.Append(compose.UnsafeSQL("::" + test.typeName))
				}
				result := evaluate(t, conn, compose.Format("select {}::text, ({})::text", text, text))
				require.Equal(t, test.shown, string(result.Rows[0][0]))
				require.Equal(t, test.shown, string(result.Rows[0][1]))
			})
		}
	})
}

// hostilePieces are what injections are made of.
var hostilePieces = []string{
	"'", "''", `\`, `\'`, `\\`, `"`, `""`, ";", "--", "/*", "*/", "$$", "$1", "%", "%s", "%%", "?", "??", ":a", "::", "@a", "{}",
	"\n", "\r", "\t", " ", "é", "'; drop table t; --", `\'; drop table t; --`, "E'", "U&'", "\\000", "\u2019", "\x01", "😀",
}

func hostile(r *rand.Rand) string {
	var text strings.Builder
	for range r.IntN(8) {
		text.WriteString(hostilePieces[r.IntN(len(hostilePieces))])
	}
	return text.String()
}

func TestServerReadsHostileValues(t *testing.T) {
	withEachSetting(t, func(t *testing.T, conn *pgconn.PgConn) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 500 {
			name, value := "c"+hostile(r), hostile(r)
			if len(name) > 63 {
				continue
			}
			result := evaluate(t, conn, compose.Format("select{value}::text,{value}||{argument}||{value}as{name}from(select 1{name})x where{name}=1",
				compose.Field("name", compose.Identifier(name)),
				compose.Field("value", compose.Literal(value)),
				compose.Field("argument", compose.Argument(value)),
			))
			require.Equal(t, value, string(result.Rows[0][0]))
			require.Equal(t, value+value+value, string(result.Rows[0][1]))
			require.Equal(t, name, result.FieldDescriptions[1].Name)
		}
	})
}

func TestServerTakesDynamicStatements(t *testing.T) {
	conn := connect(t)
	table, column := compose.Identifier("pg_temp", `Odd "table" 50%`), compose.Identifier(`Odd "column"; --`)
	evaluate(t, conn, compose.Format("create table {} (id int primary key, {} text default {})", table, column, compose.Literal(`it's \`)))
	evaluate(t, conn, compose.Format("insert into {} (id, {}) values ({})", table, column,
		compose.Join(", ", compose.Arguments(1, "x")...)))
	evaluate(t, conn, compose.Format("insert into {} values ({}, {})", table, compose.Placeholder(), compose.Default()), 2)
	evaluate(t, conn, compose.Format("comment on table {} is {}", table, compose.Literal(`don't; \'`)))
	evaluate(t, conn, compose.Format("set application_name to {}", compose.Literal("it's")))
	result := evaluate(t, conn, compose.Format("select {} from {} where id in ({}) order by {} {}", column, table,
		compose.Join(", ", compose.Arguments(1, 2, 3)...), column, compose.SQL("desc")))
	require.Equal(t, "x", string(result.Rows[0][0]))
	require.Equal(t, `it's \`, string(result.Rows[1][0]))
	require.Equal(t, `Odd "column"; --`, result.FieldDescriptions[0].Name)
}

// TestServerTakesRecipes has the server parse what the examples show.
func TestServerTakesRecipes(t *testing.T) {
	conn := connect(t)
	execute(t, conn, "create temp table users (id serial, name text, age int, created date)")
	printing := show
	t.Cleanup(func() { show = printing })
	for name, recipe := range map[string]func(){
		"insertRows": Example_insertRows, "inList": Example_inList, "optionalFilters": Example_optionalFilters,
		"orderBy": Example_orderBy, "bulkUpdate": Example_bulkUpdate, "updateColumns": Example_updateColumns,
		"callFunction": Example_callFunction, "utilityStatement": Example_utilityStatement, "default": ExampleDefault,
	} {
		t.Run(name, func(t *testing.T) {
			show = func(composed compose.Composed, args ...any) { requireAccepted(t, conn, composed, args...) }
			recipe()
		})
	}
}

// requireAccepted has the server parse the text, and run it if no argument is
// missing.
func requireAccepted(t *testing.T, conn *pgconn.PgConn, composed compose.Composed, args ...any) {
	t.Helper()
	query, values, err := composed.Render(compose.Numeric, args...)
	require.NoError(t, err)
	description, err := conn.Prepare(t.Context(), "", query, nil)
	require.NoError(t, err, "%s", query)
	if len(description.ParamOIDs) == len(values) {
		evaluate(t, conn, composed, args...)
	}
}
