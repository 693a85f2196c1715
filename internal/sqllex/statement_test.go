package sqllex_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

const atomicFunction = `create or replace function f(a int) returns int language sql
begin atomic
  insert into t values (case when a > 0 then 1 else 2 end);
  select case a when 1 then case when true then 2 end else 3 end as end;
  select x.case, x.end from x;
end`

var statementCases = []struct {
	name   string
	query  string
	escape bool // standard_conforming_strings is off
	want   []string
}{
	{name: "empty", query: ""},
	{name: "spaces and comments", query: " \n-- a\n/* b; */ "},
	{name: "semicolons", query: ";; ;/**/;"},
	{name: "one", query: "select 1", want: []string{"select 1"}},
	{name: "one with semicolon", query: "select 1;", want: []string{"select 1"}},
	{name: "trimmed", query: "\n-- a\nselect 1 /* b */ , 2 -- c\n ; -- d", want: []string{"select 1 /* b */ , 2"}},
	{name: "two", query: "select 1;select 2", want: []string{"select 1", "select 2"}},
	{name: "two with empty ones", query: "; select 1;; select 2;;", want: []string{"select 1", "select 2"}},
	{name: "semicolons in quotes", query: `select ';', ";", $$;$$, E'\';'; b`, want: []string{`select ';', ";", $$;$$, E'\';'`, "b"}},
	{name: "semicolons in comments", query: "a -- ;\n/* ; /* ; */ ; */; b", want: []string{"a", "b"}},
	{name: "backslash before a quote", query: `select '\'; select '`, want: []string{`select '\'`, "select '"}},
	{name: "backslash escape", query: `select '\'; select '`, escape: true, want: []string{`select '\'; select '`}},
	{name: "escape string that goes on", query: "select E'a'\n'\\'; b'; c", want: []string{"select E'a'\n'\\'; b'", "c"}},
	{name: "semicolons in parentheses", query: "create rule r as on insert to t do (delete from a; delete from b); c",
		want: []string{"create rule r as on insert to t do (delete from a; delete from b)", "c"}},
	{name: "parenthesis too many", query: "a); b", want: []string{"a)", "b"}},
	{name: "parenthesis in quotes", query: `a '(' "(" $$($$ --(` + "\n; b", want: []string{`a '(' "(" $$($$`, "b"}},
	{name: "parenthesis open", query: "a (; b", want: []string{"a (; b"}},
	{name: "unterminated comment belongs to the statement", query: "a /* b; ", want: []string{"a /* b; "}},
	{name: "unterminated comment alone", query: " /* b; ", want: []string{"/* b; "}},
	{name: "atomic body", query: atomicFunction + "; select 1", want: []string{atomicFunction, "select 1"}},
	{name: "atomic procedure", query: "create procedure p() BEGIN /* */ ATOMIC a; END; b",
		want: []string{"create procedure p() BEGIN /* */ ATOMIC a; END", "b"}},
	{name: "atomic body twice", query: atomicFunction + ";" + atomicFunction, want: []string{atomicFunction, atomicFunction}},
	{name: "function with a string body", query: "create function f() as 'begin atomic'; b",
		want: []string{"create function f() as 'begin atomic'", "b"}},
	{name: "function that returns a type named begin", query: "create function f() returns begin as $$$$; end; b",
		want: []string{"create function f() returns begin as $$$$", "end", "b"}},
	{name: "transaction", query: "begin; create table function (a int); end", want: []string{
		"begin", "create table function (a int)", "end"}},
	{name: "atomic without a function", query: "begin atomic; b", want: []string{"begin atomic", "b"}},
	{name: "create alone", query: "create; function begin atomic; b", want: []string{"create", "function begin atomic", "b"}},
}

func TestStatements(t *testing.T) {
	t.Parallel()
	for _, test := range statementCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for statement := range sqllex.Statements(test.query, !test.escape) {
				got = append(got, statement.Text(test.query))
			}
			require.Equal(t, test.want, got)
			require.Equal(t, len(test.want) <= 1, sqllex.IsSingle(test.query, !test.escape))
		})
	}
}

func TestStatementsStopsWhenTheLoopDoes(t *testing.T) {
	t.Parallel()
	for statement := range sqllex.Statements("a; b; c", true) {
		require.Equal(t, sqllex.Statement{Start: 0, End: 1, Kind: sqllex.Other}, statement)
		break
	}
}

func TestStatementsCanBeReadTwice(t *testing.T) {
	t.Parallel()
	statements := sqllex.Statements("a; b", true)
	for range 2 {
		count := 0
		for range statements {
			count++
		}
		require.Equal(t, 2, count)
	}
}

func TestStatementsDoNotAllocate(t *testing.T) {
	query := strings.Repeat("select $1, 'a'; copy t (a) from stdin; "+atomicFunction+";", 10)
	count := 0
	require.Zero(t, testing.AllocsPerRun(100, func() {
		for range sqllex.Statements(query, true) {
			count++
		}
	}))
	require.Positive(t, count)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		sqllex.IsSingle(query, true)
	}))
}
