package sqllex_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// The tests of this file ask a server whether a rewritten query means what the
// user's query does.

// placeholderForm is one way to write placeholders.
type placeholderForm struct {
	name   string
	style  sqllex.Style
	named  bool
	form   string // a placeholder, with # for its number
	quoted string // what looks like a placeholder, as it is written in quotes
	shown  string // and what the server has to read there
	items  []selectItem
}

// selectItem is an expression and its value. In both, ¤ stands for placeholders in
// their order, and § for what looks like one.
type selectItem struct{ text, value string }

// itemsOfEveryForm have their placeholders cast to text, so that a name may stand in
// several of them.
var itemsOfEveryForm = []selectItem{
	{"¤::text", "¤"},
	{"¤::text||¤::text", "¤¤"},
	{"'a'||¤::text||e'\\''", "a¤'"},
	{"(array[¤::text,'z',¤::text])[1:2]", "{¤,z}"},
	{"(array['x',¤::text])[2:2]::text/* ' § /* \" */ */", "{¤}"},
	{"¤::text -- § '\n", "¤"},
	{"(select(¤::text))", "¤"},
	{"concat('§'::text,¤::text)", "§¤"},
	{"$ä$§'$ä$", "§'"},
	{"E'\\'§'", "'§"},
	{"E'a' -- '\n '\\'§'", "a'§"},
	{"U&'§\\0041'", "§A"},
	{`(select "§" from (select 1 as "§") x)`, "1"},
	{"json_build_object('k',¤::text)->>'k'", "¤"},
	{"@(-4)", "4"},
	{"'{1}'::int[] <@array[1]", "t"},
	{"(array[1,2,3])[1:2]", "{1,2}"},
	{"('{1,2,3}'::int[])[¤::text::int+1: ¤::text::int+1]::text is not null", "t"},
}

var placeholderForms = []placeholderForm{
	{name: "pyformat", style: sqllex.Pyformat, form: "%s", quoted: "%%s", shown: "%s", items: []selectItem{
		{"10 %% 4", "2"}, {"'5%%'||$$%%s$$||¤", "5%%s¤"}, {"'a'like'a%%'", "t"}, {"'b'like¤and true", "f"},
	}},
	{name: "pyformat names", style: sqllex.Pyformat, named: true, form: "%(p#)s", quoted: "%%(p0)s", shown: "%(p0)s", items: []selectItem{
		{"10 %% 4", "2"}, {"'a'like'a%%'", "t"},
	}},
	{name: "qmark", style: sqllex.Qmark, form: "?", quoted: "?", shown: "?", items: []selectItem{
		{`'{"b":1}'::jsonb ?? ¤`, "f"}, {`'{"b":1}'::jsonb ??|array[¤,'b']`, "t"}, {`'{"b":1}'::jsonb @??'$.b'`, "t"},
		{"1=¤::int-¤::int", "f"}, {"10 % 4", "2"}, {"'b'like¤and true", "f"},
	}},
	{name: "named", style: sqllex.Named, named: true, form: ":p#", quoted: ":p0", shown: ":p0", items: []selectItem{
		{"(select (array[1,2,3])[1:n] from (select 2 as n) y)", "{1,2}"},
		{"(select (array[1,2,3])[:n] from (select 2 as n) y)", "{1,2}"},
		{"(select (array[1,2,3])[l:n] from (select 1 as l, 2 as n) y)", "{1,2}"},
		{"make_interval(days:=¤::text::int)::text like '%day%' or true", "t"},
	}},
	{name: "at", named: true, form: "@p#", quoted: "@p0", shown: "@p0", items: []selectItem{
		{"10 % 4", "2"}, {"@(-4)+1", "3"},
	}},
}

const namedArguments = 3

// styledSelect is a select in one of the forms, with its values and the row that it
// gives.
type styledSelect struct {
	form   placeholderForm
	text   strings.Builder
	values []string
	row    []string
}

func newStyledSelect(form placeholderForm) *styledSelect {
	s := &styledSelect{form: form}
	s.text.WriteString("select ")
	for i := 0; form.named && i < namedArguments; i++ {
		s.values = append(s.values, strconv.Itoa(i))
	}
	return s
}

// addPlaceholder writes a placeholder and gives its value, which is its number.
func (s *styledSelect) addPlaceholder(r *rand.Rand) string {
	number := strconv.Itoa(r.IntN(namedArguments))
	if !s.form.named {
		number = strconv.Itoa(len(s.values))
		s.values = append(s.values, number)
	}
	s.text.WriteString(strings.ReplaceAll(s.form.form, "#", number))
	return number
}

func (s *styledSelect) addItem(r *rand.Rand, item selectItem) {
	if len(s.row) > 0 {
		s.text.WriteString(",")
	}
	text, value := strings.ReplaceAll(item.text, "§", s.form.quoted), item.value
	for {
		before, after, found := strings.Cut(text, "¤")
		s.text.WriteString(before)
		if !found {
			break
		}
		value = strings.Replace(value, "¤", s.addPlaceholder(r), 1)
		text = after
	}
	s.row = append(s.row, strings.ReplaceAll(value, "§", s.form.shown))
}

func (s *styledSelect) arguments() sqllex.Arguments {
	if !s.form.named {
		return sqllex.Arguments{Positional: len(s.values)}
	}
	names := make([]string, len(s.values))
	for i := range names {
		names[i] = "p" + strconv.Itoa(i)
	}
	return sqllex.Arguments{Names: names}
}

// execute sends the rewritten query with the values that its parameters take.
func execute(t *testing.T, conn *pgconn.PgConn, rewritten sqllex.Rewritten, values []string) *pgconn.Result {
	t.Helper()
	args := make([][]byte, len(rewritten.Parameters))
	for i, parameter := range rewritten.Parameters {
		args[i] = []byte(values[parameter.Argument])
	}
	return conn.ExecParams(t.Context(), rewritten.Query, args, nil, nil, nil).Read()
}

func TestServerEvaluatesRewrittenQueries(t *testing.T) {
	bothSettings(t, func(t *testing.T, conn *pgconn.PgConn, standardConformingStrings bool) {
		for _, form := range placeholderForms {
			t.Run(form.name, func(t *testing.T) {
				r := random()
				items := append(itemsOfEveryForm[:len(itemsOfEveryForm):len(itemsOfEveryForm)], form.items...)
				for range 200 {
					s := newStyledSelect(form)
					s.addItem(r, selectItem{"(¤::text||¤::text||¤::text)", "¤¤¤"})
					for range 1 + r.IntN(5) {
						s.addItem(r, items[r.IntN(len(items))])
					}
					requireRow(t, conn, s, standardConformingStrings)
				}
			})
		}
	})
}

func requireRow(t *testing.T, conn *pgconn.PgConn, s *styledSelect, standardConformingStrings bool) {
	t.Helper()
	query := s.text.String()
	if strings.Contains(query, "U&'") && !standardConformingStrings {
		return // the server refuses U& strings under this setting
	}
	arguments := s.arguments()
	rewritten, err := sqllex.Rewrite(query, s.form.style, arguments, standardConformingStrings)
	if s.form.named && err != nil && strings.Contains(err.Error(), "no placeholder for") {
		return // the query happens not to use each name
	}
	require.NoError(t, err, "%s", query)
	result := execute(t, conn, rewritten, s.values)
	require.NoError(t, result.Err, "%s\n%s", query, rewritten.Query)
	row := make([]string, len(s.row))
	for i, value := range result.Rows[0] {
		row[i] = string(value)
	}
	require.Equal(t, s.row, row, "%s\n%s", query, rewritten.Query)
}

func TestServerErrorPositionsLeadBack(t *testing.T) {
	conn := connect(t, true)
	tests := []struct {
		name, query string
		style       sqllex.Style
		arguments   sqllex.Arguments
		at          string // what the position is at, or empty for the end
	}{
		{"before", "selectt %s", sqllex.Pyformat, sqllex.Arguments{Positional: 1}, "selectt"},
		{"behind", "select 'é%%', %s, %sx, missing", sqllex.Pyformat, sqllex.Arguments{Positional: 2}, "missing"},
		{"behind names", "select :a::text, 'ü', :a, missing", sqllex.Named, sqllex.Arguments{Names: []string{"a"}}, "missing"},
		{"at a placeholder", "select 'é??', 1 ?? ?", sqllex.Qmark, sqllex.Arguments{Positional: 1}, "??"},
		{"of a placeholder", "select 'é', 1 2, ?", sqllex.Qmark, sqllex.Arguments{Positional: 1}, "2"},
		{"placeholder itself", "select 'é', x from @a", sqllex.Numeric, sqllex.Arguments{Names: []string{"a"}}, "@a"},
		{"end", "select 'é', (%s", sqllex.Pyformat, sqllex.Arguments{Positional: 1}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rewritten, err := sqllex.Rewrite(test.query, test.style, test.arguments, true)
			require.NoError(t, err)
			var serverError *pgconn.PgError
			require.ErrorAs(t, execute(t, conn, rewritten, []string{"1", "2"}).Err, &serverError)
			position := rewritten.OriginalPosition(int(serverError.Position))
			rest := string([]rune(test.query)[position-1:])
			require.True(t, strings.HasPrefix(rest, test.at) && (test.at != "" || rest == ""), "%q", rest)
		})
	}
}
