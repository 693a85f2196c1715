package sqllex_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/pgtest"
	"github.com/pgadapt/pgadapt/internal/sqllex"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// The tests of this file ask a server whether it reads texts as sqllex does.

// connect gives a connection whose standard_conforming_strings is set as told.
func connect(t *testing.T, standardConformingStrings bool) *pgconn.PgConn {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), pgtest.DSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	_, err = conn.Exec(t.Context(), fmt.Sprintf(
		"set standard_conforming_strings = %t; set escape_string_warning = off", standardConformingStrings)).ReadAll()
	require.NoError(t, err)
	return conn
}

// bothSettings runs the test with standard_conforming_strings on and off.
func bothSettings(t *testing.T, run func(t *testing.T, conn *pgconn.PgConn, standardConformingStrings bool)) {
	for _, setting := range []bool{true, false} {
		t.Run(fmt.Sprintf("standard_conforming_strings=%t", setting), func(t *testing.T) {
			run(t, connect(t, setting), setting)
		})
	}
}

// random gives the generator of a test: the same texts in each run.
func random() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func pick(r *rand.Rand, from []string, count int) string {
	var text strings.Builder
	for range count {
		text.WriteString(from[r.IntN(len(from))])
	}
	return text.String()
}

var trickyContents = []string{"'", `\`, `"`, ";", "$", "$$", "$a$", "--", "/*", "*/", "\n", "(", ")", "a", "é", "$1"}

// literal gives a constant that stands for the value.
func literal(r *rand.Rand, value string, standardConformingStrings bool) string {
	doubled := strings.ReplaceAll(value, "'", "''")
	escaped := strings.ReplaceAll(doubled, `\`, `\\`)
	backslashed := strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), "'", `\'`)
	switch form := r.IntN(6); {
	case form == 0 && standardConformingStrings:
		return "'" + doubled + "'"
	case form == 0:
		return "'" + escaped + "'"
	case form == 1 && standardConformingStrings:
		return "U&'" + escaped + "'"
	case form == 2:
		return "E'" + backslashed + "'"
	case form == 3:
		return "E'a' --'\n '" + backslashed + "'"
	case form == 4 && !strings.Contains(value+"$", "$tag$"):
		return "$tag$" + value + "$tag$"
	}
	return "E'" + escaped + "'"
}

func TestServerReadsTheSameStrings(t *testing.T) {
	bothSettings(t, func(t *testing.T, conn *pgconn.PgConn, standardConformingStrings bool) {
		r := random()
		for range 2000 {
			values, query := []string{}, ""
			for range 1 + r.IntN(3) {
				value := pick(r, trickyContents, r.IntN(8))
				text := literal(r, value, standardConformingStrings)
				if strings.HasPrefix(text, "E'a' --") {
					value = "a" + value
				}
				values, query = append(values, value), query+"select /* ' /* ; */ ; */ "+text+"; "
			}
			results, err := conn.Exec(t.Context(), query).ReadAll()
			require.NoError(t, err, query)
			got := []string{}
			for _, result := range results {
				got = append(got, string(result.Rows[0][0]))
			}
			require.Equal(t, values, got, query)
			require.Len(t, statementTexts(query, standardConformingStrings), len(values), query)
		}
	})
}

var statementPieces = []string{
	"select 1", "select 'a", "select $$b", " select 2 ", "'", "''", "E'", "e'a'", " E'a'\n", "N'", "B'1'", "X'", "U&'", `\`, `\'`, "$$",
	"$a$", "$a", ";", ";", "; ", "--", "\n", "\r", "/*", "*/", `"`, `""`, ` as "a`, "(", ")", "a", "é", "1", "1.", ".5", "1e",
	"+", "-", "*", "/", "=", "@", "::int", "::text", ",", "[", "]", "begin;", "end;",
}

// unterminatedError recognises the server's message for an open quote or
// comment.
var unterminatedError = regexp.MustCompile(`^unterminated (quoted|dollar-quoted|bit|hexadecimal|/\*)`)

func TestServerFindsTheSameStatements(t *testing.T) {
	bothSettings(t, func(t *testing.T, conn *pgconn.PgConn, standardConformingStrings bool) {
		r, accepted, unterminated := random(), 0, 0
		for range 8000 {
			query := "select 1" + pick(r, statementPieces, 1+r.IntN(6))
			results, err := conn.Exec(t.Context(), query).ReadAll()
			switch {
			case err == nil && conn.TxStatus() == 'I':
				accepted++
				require.Len(t, statementTexts(query, standardConformingStrings), statementResults(results), "%q", query)
				require.False(t, isUnterminated(query, standardConformingStrings), "%q", query)
			case err != nil && unterminatedError.MatchString(serverMessage(t, err)):
				unterminated++
				require.True(t, isUnterminated(query, standardConformingStrings), "%q", query)
			}
			if conn.TxStatus() != 'I' {
				_, err := conn.Exec(t.Context(), "rollback").ReadAll()
				require.NoError(t, err)
			}
		}
		require.Greater(t, accepted, 300, "texts that the server accepts")
		require.Greater(t, unterminated, 300, "texts that the server finds unterminated")
	})
}

// statementResults counts the results that are a statement's: an empty text has
// one result without a command tag.
func statementResults(results []*pgconn.Result) int {
	count := 0
	for _, result := range results {
		if result.CommandTag.String() != "" {
			count++
		}
	}
	return count
}

func TestServerReadsTheSameOperators(t *testing.T) {
	conn := connect(t, true)
	r, compared := random(), 0
	for range 3000 {
		operator := pick(r, strings.Split("+-*/<>=~!@#%^&|`?", ""), 1+r.IntN(5))
		if strings.Contains(operator, "--") || strings.Contains(operator, "/*") {
			continue
		}
		query := "select point(1,1) " + operator + " 2"
		_, err := conn.Exec(t.Context(), query).ReadAll()
		require.Error(t, err, query)
		message := serverMessage(t, err)
		if !strings.HasPrefix(message, "operator does not exist: point ") {
			continue
		}
		compared++
		first := tokensOf(operator, true)[0].Text(operator)
		require.Equal(t, "operator does not exist: point "+canonical(first)+" integer", message, query)
	}
	require.Greater(t, compared, 500, "operators that the server names")
}

// canonical gives the name under which the server reports an operator.
func canonical(operator string) string {
	if operator == "!=" {
		return "<>"
	}
	return operator
}

func TestServerRunsFunctionBodies(t *testing.T) {
	conn := connect(t, true)
	const query = `
		create function pg_temp.f(a int) returns int begin atomic
			select case a when 1 then case when true then 2 end else 3 end as end;
			select x.end + x.case from (select 1 as end, 2 as "case") x;
		end;
		create or replace procedure pg_temp.p() language sql begin atomic select 1; select 2; end;
		create function pg_temp.g() returns text language sql as $$ select 'begin atomic; case'; $$;
		select pg_temp.f(1)`
	var major int
	_, err := fmt.Sscan(conn.ParameterStatus("server_version"), &major)
	require.NoError(t, err)
	if major < 14 {
		t.Skipf("PostgreSQL %d has no BEGIN ATOMIC: it came with 14", major)
	}
	results, err := conn.Exec(t.Context(), query).ReadAll()
	require.NoError(t, err)
	require.Len(t, results, 4)
	require.Len(t, statementTexts(query, true), 4)
}

func TestServerCopiesAsTheKindSays(t *testing.T) {
	conn := connect(t, true)
	_, err := conn.Exec(t.Context(), `create temp table t (a int, "from stdin" text); create temp table "to" (a int)`).ReadAll()
	require.NoError(t, err)
	tests := []struct {
		query string
		want  sqllex.Kind
	}{
		{`copy t(a, "from stdin") from /* x */ stdin with (format csv)`, sqllex.CopyFrom},
		{"COPY binary pg_temp.t FROM stdout", sqllex.CopyFrom},
		{"copy pg_temp.to from stdin", sqllex.CopyFrom},
		{"copy (select ') from stdin' from t) to stdout", sqllex.CopyTo},
		{"copy((values (1))) to STDIN", sqllex.CopyTo},
		{`copy "to" to stdout`, sqllex.CopyTo},
		{"copy t to program 'true'", sqllex.CopyFile},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			require.Equal(t, test.want, serverCopyKind(t, conn, test.query))
			for statement := range sqllex.Statements(test.query, true) {
				require.Equal(t, test.want, statement.Kind)
			}
		})
	}
}

// serverCopyKind runs the COPY and gives its kind by what the server asks for.
func serverCopyKind(t *testing.T, conn *pgconn.PgConn, query string) sqllex.Kind {
	t.Helper()
	conn.Frontend().SendQuery(&pgproto3.Query{String: query})
	require.NoError(t, conn.Frontend().Flush())
	kind := sqllex.CopyFile
	for {
		message, err := conn.ReceiveMessage(t.Context())
		require.NoError(t, err)
		switch message.(type) {
		case *pgproto3.CopyInResponse:
			kind = sqllex.CopyFrom
			conn.Frontend().Send(&pgproto3.CopyFail{Message: "enough"})
			require.NoError(t, conn.Frontend().Flush())
		case *pgproto3.CopyOutResponse:
			kind = sqllex.CopyTo
		case *pgproto3.ReadyForQuery:
			return kind
		}
	}
}

func serverMessage(t *testing.T, err error) string {
	t.Helper()
	var serverError *pgconn.PgError
	require.True(t, errors.As(err, &serverError), "%v", err)
	return serverError.Message
}

func statementTexts(query string, standardConformingStrings bool) []string {
	var texts []string
	for statement := range sqllex.Statements(query, standardConformingStrings) {
		texts = append(texts, statement.Text(query))
	}
	return texts
}

func isUnterminated(query string, standardConformingStrings bool) bool {
	for _, token := range tokensOf(query, standardConformingStrings) {
		if token.Unterminated {
			return true
		}
	}
	return false
}
