package compose_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/compose"
)

var (
	table  = compose.Identifier("public", "a%b")
	two    = compose.Argument(2)
	place  = compose.Placeholder()
	placeN = compose.NamedPlaceholder("n")
)

func TestRender(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		composed compose.Composed
		style    compose.Style
		args     []any
		want     string
		wantArgs []any
	}{
		{name: "empty", want: ""},
		{name: "raw", composed: compose.SQL("select 1 % 2, '%s', ?"), style: compose.Pyformat, want: "select 1 % 2, '%s', ?"},
		{name: "parts", composed: compose.SQL("select ").Append(table, compose.SQL(", "), compose.Null(), compose.SQL(", "), compose.Default()),
			want: `select "public"."a%b", NULL, DEFAULT`},
		{name: "repeated", composed: compose.SQL("a").Repeat(3), want: "aaa"},
		{name: "not repeated", composed: compose.SQL("a").Repeat(-1), want: ""},
		{name: "joined", composed: compose.Join(", ", compose.Identifiers("a", "b", "c")...), want: `"a", "b", "c"`},
		{name: "nothing joined", composed: compose.Join(", "), want: ""},

		{name: "numeric", composed: compose.Format("{} = {} + {}", table, two, compose.Argument("x")),
			want: `"public"."a%b" = $1 + $2`, wantArgs: []any{2, "x"}},
		{name: "pyformat", composed: compose.Format("{} = {} + {}", table, two, compose.Argument("x")), style: compose.Pyformat,
			want: `"public"."a%%b" = %s + %s`, wantArgs: []any{2, "x"}},
		{name: "qmark", composed: compose.Format("{} = {} + {}", compose.Identifier("a?"), two, compose.Literal("?")), style: compose.Qmark,
			want: `"a?" = ? + '?'`, wantArgs: []any{2}},
		{name: "named", composed: compose.Format("{} = {} + {}", table, two, placeN), style: compose.Named,
			want: `"public"."a%b" = :argument_1 + :n`, wantArgs: []any{sql.Named("argument_1", 2)}},
		{name: "name that is taken", composed: compose.Format("{} + {}", two, compose.NamedPlaceholder("argument_1")),
			want: "@argument_2 + @argument_1", wantArgs: []any{sql.Named("argument_2", 2)}},

		{name: "literal without arguments", composed: compose.Format("select {}", compose.Literal("50%")), style: compose.Pyformat,
			want: "select '50%'"},
		{name: "literal with a placeholder", composed: compose.Format("select {}, {}", compose.Literal("50%%s"), place), style: compose.Pyformat,
			want: "select '50%%%%s', %s"},
		{name: "literal with arguments", composed: compose.Format("select {}, %s", compose.Literal("50%")), style: compose.Pyformat,
			args: []any{1}, want: "select '50%%', %s", wantArgs: []any{1}},
		{name: "raw placeholders with names", composed: compose.Format("select {}, :a", compose.Literal("x")), style: compose.Named,
			args: []any{sql.Named("a", 1)}, want: "select 'x', :a", wantArgs: []any{sql.Named("a", 1)}},
		{name: "raw numbers", composed: compose.Format("select $1 from {}", table), args: []any{1},
			want: `select $1 from "public"."a%b"`, wantArgs: []any{1}},

		{name: "open places", composed: compose.Join(",", compose.Placeholders(3)...), want: "$1,$2,$3"},
		{name: "no places", composed: compose.Join(",", compose.Placeholders(-1)...), want: ""},
		{name: "filled places", composed: compose.Format("{} {} {}", place, two, place), args: []any{1, 3},
			want: "$1 $2 $3", wantArgs: []any{1, 2, 3}},
		{name: "named places", composed: compose.Format("{0} {1} {0}", placeN, two), args: []any{sql.Named("n", 1)},
			want: "@n @argument_1 @n", wantArgs: []any{sql.Named("n", 1), sql.Named("argument_1", 2)}},
		{name: "open named places", composed: compose.Format("{0} {0}", placeN), style: compose.Pyformat, want: "%(n)s %(n)s"},
		{name: "named place in qmark", composed: placeN, style: compose.Qmark, want: "@n"},
		{name: "nil argument", composed: compose.Argument(nil), want: "$1", wantArgs: []any{nil}},

		{name: "words do not join", composed: compose.Format("limit{}offset{}x", two, place.Append(compose.Null())), args: []any{1},
			want: "limit $1 offset $2 NULL x", wantArgs: []any{2, 1}},
		{name: "quotes do not join", composed: compose.Format("E{}{}{}'a'{}", compose.Literal("a"), compose.Literal(1), table, table),
			want: `E 'a' 1 "public"."a%b" 'a' "public"."a%b"`},
		{name: "qualified by hand", composed: compose.Format("public.{}.{}", compose.Identifier("t"), compose.Identifier("c")), want: `public."t"."c"`},
		{name: "casts", composed: compose.Format("{}::int, {}::text", two, compose.Literal(-1)), want: "$1::int, (-1)::text", wantArgs: []any{2}},
		{name: "named behind an operator", composed: compose.Format("a <{}", placeN), want: "a < @n"},
		{name: "named behind a colon", composed: compose.Format("a[1:{}]", placeN), style: compose.Named, want: "a[1: :n]"},
		{name: "qmark between question marks", composed: compose.Format("a ??{}??| b", two), style: compose.Qmark, want: "a ?? ? ??| b", wantArgs: []any{2}},
		{name: "pyformat behind a percent sign", composed: compose.Format("a %%{}", two), style: compose.Pyformat, want: "a %% %s", wantArgs: []any{2}},
		{name: "negative behind a minus", composed: compose.Format("-{}", compose.Literal(-1)), want: "-(-1)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, args, err := test.composed.Render(test.style, test.args...)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
			require.Equal(t, test.wantArgs, args)
			require.NoError(t, test.composed.Err())
		})
	}
}

func TestRenderErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		composed compose.Composed
		style    compose.Style
		args     []any
		want     string
	}{
		{name: "unknown style", composed: place, style: 9, want: "compose: Style(9) is no style"},
		{name: "early error", composed: compose.SQL("a").Append(compose.Identifier("")).Repeat(2), want: "compose: identifier: an identifier cannot be empty"},
		{name: "literal in quotes", composed: compose.Format("select '{}'", compose.Literal("x")), want: "a Literal at character 10 is inside quotes"},
		{name: "literal in a line comment", composed: compose.Format("select 1 -- {}", compose.Literal("\n; drop")), want: "a Literal at character 13 is inside"},
		{name: "identifier in a comment", composed: compose.Format("select 1 /* {} */", table), want: "an Identifier at character 13 is inside"},
		{name: "identifier in a dollar quote", composed: compose.Format("do $$ {} $$", table), want: "an Identifier at character 7 is inside"},
		{name: "argument in quotes", composed: compose.Format("like '%{}%'", two), want: "an Argument at character 8 is inside"},
		{name: "placeholder in a quoted name", composed: compose.Format(`"{}"`, placeN), want: "a Placeholder at character 2 is inside"},
		{name: "number with an argument", composed: compose.Format("$1 + {}", two), want: "$1 stands in SQL text that has Argument"},
		{name: "number behind an argument", composed: compose.Format("{} + $2", placeN), want: "$2 stands in SQL text that has Argument"},
		{name: "raw placeholder with an argument", composed: compose.Format("%s + {}", two), style: compose.Pyformat, want: "2 placeholders for 1 argument"},
		{name: "raw placeholder with an open one", composed: compose.Format("? + {}", place), style: compose.Qmark, want: "2 placeholders for 1 argument"},
		{name: "operator that is a placeholder", composed: compose.Format("a ? {}", compose.Argument("k")), style: compose.Qmark, want: "2 placeholders for 1"},
		{name: "percent sign that is none", composed: compose.Format("a % {}", two), style: compose.Pyformat, want: "% that is no placeholder"},
		{name: "doubtful percent signs", composed: compose.Format("select {}, %s", compose.Literal("50%%")), style: compose.Pyformat, want: "seems to have %s"},
		{name: "open place with an argument", composed: compose.Format("{} {}", two, place), want: "Argument and Placeholder: give Render the 1 values"},
		{name: "too few", composed: compose.Format("{} {}", place, place), args: []any{1}, want: "the text has 2 places for arguments, but Render was given 1"},
		{name: "too many", composed: two, args: []any{1}, want: "the text has 0 places for arguments, but Render was given 1"},
		{name: "none", composed: compose.SQL("select 1"), style: compose.Qmark, args: []any{1}, want: "0 placeholders for 1 argument"},
		{name: "mixed arguments", composed: compose.Format("{} {}", place, placeN), args: []any{1, sql.Named("n", 1)}, want: "with and without a name are mixed"},
		{name: "mixed places", composed: compose.Format("{} {}", place, placeN), want: "a Placeholder without a name cannot stand with named"},
		{name: "value for a name", composed: placeN, args: []any{1}, want: "pass the values to Render with sql.Named"},
		{name: "no name in named", composed: place, style: compose.Named, want: "a Placeholder without a name cannot stand"},
		{name: "missing name", composed: compose.Format("{} {}", placeN, compose.NamedPlaceholder("m")), style: compose.Named,
			args: []any{sql.Named("n", 1)}, want: `no argument with the name "m"`},
		{name: "unused name", composed: placeN, args: []any{sql.Named("n", 1), sql.Named("m", 1)}, want: `no placeholder for the argument with the name "m"`},
		{name: "name twice", composed: placeN, args: []any{sql.Named("n", 1), sql.Named("n", 1)}, want: `two arguments have the name "n"`},
		{name: "argument that is SQL", composed: compose.Argument(table), want: "argument: compose.Composed is SQL text and no value"},
		{name: "argument with a name", composed: compose.Argument(sql.Named("a", 1)), want: "use NamedPlaceholder"},
		{name: "NUL in SQL", composed: compose.SQL("a\x00"), want: "SQL: NUL byte"},
		{name: "invalid UTF-8 in SQL", composed: compose.UnsafeSQL("a\xff"), want: "SQL: invalid UTF-8"},
		{name: "NUL in a name", composed: compose.Identifier("a", "b\x00c"), want: "identifier: text has a NUL byte"},
		{name: "invalid UTF-8 in a name", composed: compose.Identifier("a\xffc"), want: "identifier: text is not valid UTF-8"},
		{name: "placeholder without its name", composed: compose.NamedPlaceholder(""), want: `placeholder: "" cannot be the name`},
		{name: "placeholder with a parenthesis", composed: compose.NamedPlaceholder("a)b"), want: `placeholder: "a)b" cannot be the name`},
		{name: "placeholder that starts with a digit", composed: compose.NamedPlaceholder("1a"), want: `"1a" cannot be the name`},
		{name: "placeholder that starts with an underscore", composed: compose.NamedPlaceholder("_a"), want: `"_a" cannot be the name`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			query, args, err := test.composed.Render(test.style, test.args...)
			require.ErrorContains(t, err, test.want)
			require.Regexp(t, "^compose: ", err.Error())
			require.Empty(t, query)
			require.Nil(t, args)
		})
	}
}

func TestComposedDoesNotChange(t *testing.T) {
	t.Parallel()
	first := compose.SQL("a").Append(compose.SQL("b"))
	second, third := first.Append(compose.SQL("c")), first.Append(compose.SQL("d"))
	require.Equal(t, "ab", first.String())
	require.Equal(t, "abc", second.String())
	require.Equal(t, "abd", third.String())

	args := []any{1}
	_, got, err := place.Append(compose.SQL(" "), two).Render(compose.Numeric, args...)
	require.NoError(t, err)
	require.Equal(t, []any{1, 2}, got)
	require.Equal(t, []any{1}, args)
}

func TestComposedString(t *testing.T) {
	t.Parallel()
	require.Equal(t, `"public"."a%b" $1 $2 @n`, compose.Format("{} {} {} {}", table, two, place, placeN).String())
	for _, broken := range []compose.Composed{compose.Identifier("secret\x00"), compose.Format("'{}'", compose.Literal("secret"))} {
		require.NotContains(t, broken.String(), "secret")
		require.Contains(t, broken.String(), "error")
	}
	require.True(t, compose.Join(" and ").IsEmpty())
	require.False(t, compose.Identifier("").IsEmpty())
	require.False(t, two.IsEmpty())
	require.EqualError(t, compose.Identifier("").Err(), "compose: identifier: an identifier cannot be empty")
	require.Equal(t, "pyformat", compose.Pyformat.String())
}

func TestQuoteIdent(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		`"a"`:         {"a"},
		`"a.b"`:       {"a.b"},
		`"A""b"`:      {`A"b`},
		`"s"."t"."c"`: {"s", "t", "c"},
		`"\'%é; --"`:  {`\'%é; --`},
	}
	for want, names := range tests {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			got, err := compose.QuoteIdent(names[0], names[1:]...)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
	for _, name := range []string{"", "a\x00", "\xff"} {
		got, err := compose.QuoteIdent("a", name)
		require.ErrorContains(t, err, "compose: identifier: ")
		require.Empty(t, got)
	}
}
