package sqllex_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// rewriteCase is a query with its arguments, and the query for the server or the
// error.
type rewriteCase struct {
	name       string
	style      sqllex.Style
	query      string
	positional int
	names      string // of the named arguments, parted by commas
	escape     bool   // standard_conforming_strings is off
	want       string
	arguments  []int // of each parameter; nil for 0, 1, 2, …
	err        string
}

func (c rewriteCase) given() sqllex.Arguments {
	given := sqllex.Arguments{Positional: c.positional}
	if c.names != "" {
		given.Names = strings.Split(c.names, ",")
	}
	return given
}

var numericCases = []rewriteCase{
	{name: "no arguments", query: "select $1, %s, ?, :a, @a", want: "select $1, %s, ?, :a, @a"},
	{name: "positional arguments are the server's business", query: "select $1, %s, ?, :a, @a", positional: 7,
		want: "select $1, %s, ?, :a, @a"},
	{name: "number with names", query: "select @a, $1", names: "a", err: "mixed: $1 with named arguments at character 12: write @a"},
	{name: "with and without a name", query: "select @a", names: "a", positional: 1, err: `mixed: give all of them a name or none (the names are "a")`},
	{name: "name given twice", query: "select @a", names: "a,b,a", err: `two arguments have the name "a"`},
}

var atCases = []rewriteCase{
	{name: "names", query: "select @a, @b, @a", names: "b,a", want: "select $1, $2, $1", arguments: []int{1, 0}},
	{name: "whole words", query: "select @ab, @a_1é, @a$", names: "ab,a_1é,a$", want: "select $1, $2, $3"},
	{name: "behind punctuation", query: "f(@a,@a)[@a]", names: "a", want: "f($1,$1)[$1]"},
	{name: "behind operators", query: "a=@x and b*-@x", names: "x", want: "a=$1 and b*-$1"},
	{name: "behind itself", query: "@x-@x", names: "x", want: "$1-$1"},
	{name: "before what would join", query: "@a$$b$$", names: "a$$b$$", want: "$1"},
	{name: "behind a word", query: "limit@a", names: "a", want: "limit $1"},
	{name: "cast", query: "@a::int", names: "a", want: "$1::int"},
	{name: "absolute values", query: "select @b+@(@a)-@ @a", names: "a", want: "select @b+@($1)-@ $1"},
	{name: "away from its name", query: "select @ a, @a", names: "a", want: "select @ a, $1"},
	{name: "operators that end in @", query: "a @@a, a <@a, a ^@a, @-@a, a <<@a, @a", names: "a",
		want: "a @@a, a <@a, a ^@a, @-@a, a <<@a, $1"},
	{name: "only in an operator", query: "a <@x", names: "x", err: `no placeholder for the argument with the name "x": write @x`},
	{name: "in quotes", query: `'@a' "@a" $$@a$$ --@a` + "\n/*@a*/ E'\\'@a' @a", names: "a",
		want: `'@a' "@a" $$@a$$ --@a` + "\n/*@a*/ E'\\'@a' $1"},
	{name: "in quotes with escapes", query: `'\'@a' @a`, escape: true, names: "a", want: `'\'@a' $1`},
	{name: "of another case", query: "select @A", names: "a", err: `no placeholder for the argument with the name "a"`},
	{name: "unused", query: "select @a", names: "b,a,c", err: `no placeholder for the argument with the name "b", "c"`},
	{name: "in pyformat", style: sqllex.Pyformat, query: "select @a, %(a)s, %(b)s", names: "a,b", want: "select $1, $1, $2"},
	{name: "alone in pyformat", style: sqllex.Pyformat, query: "select @a", names: "a,b", err: `name "b": write %(b)s`},
	{name: "in qmark", style: sqllex.Qmark, query: "select @a, a??@a", names: "a", want: "select $1, a?$1"},
	{name: "in named", style: sqllex.Named, query: "select @a, :a", names: "a", want: "select $1, $1"},
	{name: "with a question mark", style: sqllex.Qmark, query: "select ?, @a", names: "a", err: "mixed: ? with named arguments at character 8"},
	{name: "with %s", style: sqllex.Pyformat, query: "select @a, %s", names: "a", err: "mixed: %s with named arguments at character 12"},
}

var pyformatCases = []rewriteCase{
	{name: "no arguments", query: "1 % 2, '%s', %%, %s, %", want: "1 % 2, '%s', %%, %s, %"},
	{name: "positional", query: "%s,%s", positional: 2, want: "$1,$2"},
	{name: "percent signs everywhere", query: `5 %% %s, 'a%%', "a%%" --%%` + "\n$$%%$$/*%%*/", positional: 1,
		want: `5 % $1, 'a%', "a%" --%` + "\n$$%$$/*%*/"},
	{name: "percent sign in quotes", query: "like 'a%' and %s", positional: 1, err: "% inside quotes at character 8: for a percent sign write %%"},
	{name: "percent sign at the end of quotes", query: `%s "a%"`, positional: 1, err: "% inside quotes at character 6"},
	{name: "three percent signs in quotes", query: `%s '%%%'`, positional: 1, err: "% inside quotes at character 7"},
	{name: "placeholder in quotes", query: "select '%s'", positional: 1, err: "%s inside quotes at character 9: a placeholder stands outside of quotes"},
	{name: "placeholder in a quoted name", query: `select "%s"`, positional: 1, err: "%s inside quotes at character 9"},
	{name: "placeholder in a dollar quote", query: `select $é$%s$é$`, positional: 1, err: "%s inside quotes at character 11"},
	{name: "placeholder in an escape string", query: `select E'\'%s'`, positional: 1, err: "%s inside quotes at character 12"},
	{name: "name in quotes", query: `select '%(a)s'`, names: "a", err: "%( inside quotes at character 9"},
	{name: "comments", query: "%s -- %s % 100%\n/* %(a)s % /* %d */*/", positional: 1, want: "$1 -- %s % 100%\n/* %(a)s % /* %d */*/"},
	{name: "name with positional arguments", query: "%s %(a)s", positional: 2, err: "mixed: %(a)s with arguments that have no name at character 4: pass every argument with sql.Named"},
	{name: "no name with named arguments", query: "%(a)s %s", names: "a", err: "mixed: %s with named arguments at character 7: write %(a)s"},
	{name: "number", query: "%s, $1", positional: 1, err: "mixed: $1 with the style pyformat at character 5: write %s"},
	{name: "number in quotes", query: "%s, '$1'", positional: 1, want: "$1, '$1'"},
	{name: "name twice", query: "%(a)s%(b)s%(a)s", names: "a,b", want: "$1 $2 $1"},
	{name: "unused names", query: "%(c)s", names: "a,b,c", want: "$1", arguments: []int{2}},
	{name: "no name used", query: "select 1", names: "a,b", err: `no placeholder for the argument with the name "a", "b"`},
	{name: "missing names", query: "%(a)s %(c)s %(b)s %(c)s", names: "a", err: `no argument with the name "c", "b" at character 7: pass it with sql.Named; the names that were given are "a"`},
	{name: "missing name of odd bytes", query: "%(it's)s '%%'", names: "a", err: `no argument with the name "it's" at character 1`},
	{name: "too few", query: "%s, %s", positional: 1, err: "the query has 2 placeholders for 1 argument"},
	{name: "too many", query: "%s, %s", positional: 3, err: "the query has 2 placeholders for 3 arguments"},
	{name: "no placeholder", query: "select 1", positional: 1, err: "the query has 0 placeholders for 1 argument"},
	{name: "d", query: "%d", positional: 1, err: "% that is no placeholder at character 1: the placeholders are %s and %(name)s, and %% is a percent sign"},
	{name: "width", query: "é %5s", positional: 1, err: "% that is no placeholder at character 3"},
	{name: "precision", query: "%.2f", positional: 1, err: "% that is no placeholder at character 1"},
	{name: "blank", query: "% s", positional: 1, err: "% that is no placeholder at character 1"},
	{name: "end", query: "a %", positional: 1, err: "% that is no placeholder at character 3"},
	{name: "in an operator", query: "a <%> b", positional: 1, err: "% that is no placeholder at character 4"},
	{name: "upper case", query: "%S", positional: 1, err: "% that is no placeholder at character 1"},
	{name: "name that does not end", query: "%(foo", names: "foo", err: "%( without the ) of %(name)s at character 1"},
	{name: "name with a percent sign", query: "%(a%b)s", names: "a", err: "%( without the )"},
	{name: "name with a parenthesis", query: "%(a(b)s", names: "a", err: "%( without the )"},
	{name: "name of another kind", query: "%(a)d", names: "a", err: "%(name) without the s"},
	{name: "name at the end", query: "%(a)", names: "a", err: "%(name) without the s"},
	{name: "odd names", query: "%(a b)s %(é)s %(')s", names: "a b,é,'", want: "$1 $2 $3"},
	{name: "empty name", query: "%()s, %(a)s", names: ",a", want: "$1, $2"},
	{name: "escaped", query: "%%s%%%s%%%%(a)s", positional: 1, want: "%s%$1%%(a)s"},
	{name: "neighbours", query: "%s%s%s2%sand é%sé%s_ 1%s $%s$ x%s$$a$$", positional: 9,
		want: "$1 $2 $3 2 $4 and é $5 é $6 _ 1 $7 $ $8 $ x $9 $$a$$"},
	{name: "string prefixes are not the placeholder's", query: "%se'a\\'%%' %sE'%%' %(a)s", positional: 2, err: "mixed"},
	{name: "string prefix behind", query: "%se'a\\'%%'", positional: 1, want: "$1 e'a\\'%'"},
	{name: "casts and operators", query: "%s::int, a[1:%s], a ? %s, -%s, a=%s-1, b*-%s", positional: 6,
		want: "$1::int, a[1:$2], a ? $3, -$4, a=$5-1, b*-$6"},
	{name: "comments behind", query: "%s--%s\n+%s/**/", positional: 2, want: "$1--%s\n+$2/**/"},
	{name: "json operators", query: "a @> %s and b ?| %s and c ? 'd' and e @? %s", positional: 3,
		want: "a @> $1 and b ?| $2 and c ? 'd' and e @? $3"},
	{name: "standard string", query: `'\', %s, '`, positional: 1, want: `'\', $1, '`},
	{name: "escaping string", query: `'\', %s, '`, escape: true, positional: 1, err: "%s inside quotes at character 6"},
}

var qmarkCases = []rewriteCase{
	{name: "no arguments", query: "a ? 'b' ?| c", want: "a ? 'b' ?| c"},
	{name: "placeholders", query: "?,?::int,(?)", positional: 3, want: "$1,$2::int,($3)"},
	{name: "no blank", query: "a=?-1 and b=?and c??|? or?", positional: 4, want: "a=$1-1 and b=$2 and c?|$3 or $4"},
	{name: "operators", query: "a ?? 'b' and c ??| ? and d ??& ? and e @?? ?", positional: 3,
		want: "a ? 'b' and c ?| $1 and d ?& $2 and e @? $3"},
	{name: "pairs from the left", query: "a ???", positional: 1, want: "a ?$1"},
	{name: "operator without escape", query: "a ?| b", positional: 1, want: "a $1| b"},
	{name: "in quotes", query: `'?' "?" $$?$$ --?` + "\n/*?*/ E'\\'?' '??' ?", positional: 1,
		want: `'?' "?" $$?$$ --?` + "\n/*?*/ E'\\'?' '??' $1"},
	{name: "before comments", query: "=?--?\n=?/*?*/", positional: 2, want: "=$1--?\n=$2/*?*/"},
	{name: "percent signs", query: "a % ? and b like 'x%'", positional: 1, want: "a % $1 and b like 'x%'"},
	{name: "number", query: "?, $2", positional: 1, err: "mixed: $2 with the style qmark at character 4: write ?"},
	{name: "too few", query: "a ?| ?", positional: 1, err: "the query has 2 placeholders for 1 argument"},
	{name: "too many", query: "'?'", positional: 1, err: "the query has 0 placeholders for 1 argument"},
}

var namedCases = []rewriteCase{
	{name: "no arguments", query: "select :a", want: "select :a"},
	{name: "names", query: ":a, :b, :a", names: "b,a", want: "$1, $2, $1", arguments: []int{1, 0}},
	{name: "unused", query: ":a", names: "a,b", want: "$1"},
	{name: "none used", query: "a::b", names: "b", err: `no placeholder for the argument with the name "b": write :b`},
	{name: "missing", query: "select :a, :é, x", names: "a", err: `no argument with the name "é" at character 12`},
	{name: "missing in parentheses of a subscript", query: "a[f(:x)]", names: "a", err: `no argument with the name "x" at character 5`},
	{name: "missing in an array", query: "array[:a, :x]", names: "a", err: `no argument with the name "x" at character 11`},
	{name: "missing in a nested array", query: "array[[:a, 1], [:x]]", names: "a", err: `no argument with the name "x" at character 17`},
	{name: "positional arguments", query: "select :a", positional: 1, err: "mixed: :a with arguments that have no name at character 8"},
	{name: "positional argument for nothing", query: "select 1", positional: 1, err: "0 placeholders"},
	{name: "number", query: ":a $1", names: "a", err: "mixed: $1 with the style named at character 4: write :a"},
	{name: "number without names", query: "$1", positional: 1, err: `mixed: $1 with the style named at character 1: write :name and pass sql.Named("name", …)`},
	{name: "casts", query: "a::a, :a::int, ::a, :a::a", names: "a", want: "a::a, $1::int, ::a, $1::a"},
	{name: "assignment", query: "f(a:=:a, a := 1)", names: "a", want: "f(a:=$1, a := 1)"},
	{name: "subscript", query: "x[:a], x[:a:2], x[1: :a], x[(:a)]", names: "a", want: "x[$1], x[$1:2], x[1: $1], x[($1)]"},
	{name: "array", query: "array[:a,:a], array[[:a],[1,:a]]", names: "a", want: "array[$1,$1], array[[$1],[1,$1]]"},
	{name: "slices", query: "x[1:n], x[lo:hi], x[:n], x[lo :hi], x[f(1):n], x[y[1]:n], x['1':n], x[1][2:n], :a", names: "a",
		want: "x[1:n], x[lo:hi], x[:n], x[lo :hi], x[f(1):n], x[y[1]:n], x['1':n], x[1][2:n], $1"},
	{name: "slice of a parameter", query: ":a[1:n]", names: "a", want: "$1[1:n]"},
	{name: "slice up to an argument", query: "x[:a:n]", names: "a", want: "x[$1:n]"},
	{name: "slice or placeholder", query: "x[1:n]", names: "n", err: "the colon before n may be that of an array slice or of a placeholder at character 4: write : n for the column, or : :n for the argument"},
	{name: "slice of columns or placeholder", query: "x[lo:n]", names: "n", err: "the colon before n may be"},
	{name: "placeholder behind a keyword in a subscript", query: "x[case when :a then :a end]", names: "a", want: "x[case when $1 then $1 end]"},
	{name: "json_object", query: "json_object('a':b, 'c' : d, 'e': :a)", names: "a", want: "json_object('a':b, 'c' : d, 'e': $1)"},
	{name: "blank behind the colon", query: ": a, :a", names: "a", want: ": a, $1"},
	{name: "other starts", query: `:1, :'a', :"a", :a`, names: "a", want: `:1, :'a', :"a", $1`},
	{name: "in quotes", query: `':a' ":a" $$:a$$ --:a` + "\n/*:a*/ E'\\':a', :a", names: "a",
		want: `':a' ":a" $$:a$$ --:a` + "\n/*:a*/ E'\\':a', $1"},
	{name: "neighbours", query: "limit:a offset:a", names: "a", want: "limit $1 offset $1"},
	{name: "closing too much", query: ")]:a, ])(:a", names: "a", err: "the colon before a"},
}

// allRewriteCases gives the cases of every style by their names.
func allRewriteCases() map[string]rewriteCase {
	all := map[string]rewriteCase{}
	add := func(prefix string, style sqllex.Style, cases []rewriteCase) {
		for _, test := range cases {
			if style != sqllex.Numeric {
				test.style = style
			}
			all[prefix+"/"+test.name] = test
		}
	}
	add("numeric", sqllex.Numeric, numericCases)
	add("at", sqllex.Numeric, atCases)
	add("pyformat", sqllex.Pyformat, pyformatCases)
	add("qmark", sqllex.Qmark, qmarkCases)
	add("named", sqllex.Named, namedCases)
	return all
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	for name, test := range allRewriteCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := sqllex.Rewrite(test.query, test.style, test.given(), !test.escape)
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				var placeholderError *sqllex.PlaceholderError
				require.ErrorAs(t, err, &placeholderError)
				require.Zero(t, got)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, got.Query)
			requireArguments(t, test, got)
		})
	}
}

func requireArguments(t *testing.T, test rewriteCase, got sqllex.Rewritten) {
	t.Helper()
	given := test.given()
	if !test.style.Rewrites(given.Positional, len(given.Names)) {
		require.Empty(t, got.Parameters)
		return
	}
	for i, parameter := range got.Parameters {
		want := i
		if test.arguments != nil {
			want = test.arguments[i]
		}
		require.Equal(t, want, parameter.Argument)
		if len(given.Names) > 0 {
			require.Equal(t, given.Names[want], parameter.Name)
		}
	}
}

func TestRewriteSaysWhereItsParametersAre(t *testing.T) {
	t.Parallel()
	got, err := sqllex.Rewrite("é %(b)s %(a)s %(b)s", sqllex.Pyformat, sqllex.Arguments{Names: []string{"a", "b"}}, true)
	require.NoError(t, err)
	require.Equal(t, []sqllex.Binding{{Argument: 1, Name: "b", Offset: 3}, {Argument: 0, Name: "a", Offset: 9}}, got.Parameters)
}

func TestPlaceholderErrorFields(t *testing.T) {
	t.Parallel()
	var err *sqllex.PlaceholderError
	_, missing := sqllex.Rewrite("é :a, :b, :a", sqllex.Named, sqllex.Arguments{Names: []string{"c"}}, true)
	require.ErrorAs(t, missing, &err)
	require.Equal(t, 3, err.Position)
	require.Equal(t, []string{"a", "b"}, err.Names)

	_, unused := sqllex.Rewrite("select 1", sqllex.Numeric, sqllex.Arguments{Names: []string{"c"}}, true)
	require.ErrorAs(t, unused, &err)
	require.Zero(t, err.Position)
	require.Equal(t, []string{"c"}, err.Names)
}

func TestOriginalPosition(t *testing.T) {
	t.Parallel()
	const query = "é %s%% %%%s2 'ü%%' é"
	got, err := sqllex.Rewrite(query, sqllex.Pyformat, sqllex.Arguments{Positional: 2}, true)
	require.NoError(t, err)
	require.Equal(t, "é $1% %$2 2 'ü%' é", got.Query)
	original, rewritten := []rune(query), []rune(got.Query)
	want := map[int]int{
		1: 1, 2: 2, 3: 3, 4: 3, 5: 5, 6: 7, 7: 8, 8: 10, 9: 10, 10: 10, 11: 12, 12: 13, 13: 14, 14: 15, 15: 16, 16: 18,
		17: 19, 18: 20, 19: 21, 100: 21, 0: 0, -1: -1,
	}
	require.Len(t, original, 20)
	require.Len(t, rewritten, 18)
	for position, expected := range want {
		require.Equal(t, expected, got.OriginalPosition(position), "position %d", position)
	}
}

func TestOriginalPositionOfAQueryThatStays(t *testing.T) {
	t.Parallel()
	got, err := sqllex.Rewrite("select $1", sqllex.Numeric, sqllex.Arguments{Positional: 1}, true)
	require.NoError(t, err)
	require.Equal(t, 8, got.OriginalPosition(8))
}

func TestParseStyle(t *testing.T) {
	t.Parallel()
	for _, style := range []sqllex.Style{sqllex.Numeric, sqllex.Pyformat, sqllex.Qmark, sqllex.Named} {
		got, err := sqllex.ParseStyle(style.String())
		require.NoError(t, err)
		require.Equal(t, style, got)
	}
	got, err := sqllex.ParseStyle("format")
	require.NoError(t, err)
	require.Equal(t, sqllex.Pyformat, got)
	_, err = sqllex.ParseStyle("dollar")
	require.EqualError(t, err, `"dollar" is none of numeric, pyformat, qmark, named, format`)
	require.Equal(t, "Style(9)", sqllex.Style(9).String())
}

func TestRewriteCostsNothingWhereThereIsNothingToDo(t *testing.T) {
	query := strings.Repeat("select $1, '%s'; ", 1000)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		got, err := sqllex.Rewrite(query, sqllex.Numeric, sqllex.Arguments{Positional: 1}, true)
		if err != nil || len(got.Query) != len(query) {
			t.Error(err)
		}
	}))
	require.False(t, sqllex.Numeric.Rewrites(3, 0))
	require.False(t, sqllex.Qmark.Rewrites(0, 0))
	require.True(t, sqllex.Qmark.Rewrites(1, 0))
	require.True(t, sqllex.Numeric.Rewrites(0, 1))
}
