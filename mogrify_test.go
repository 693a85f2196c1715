package pgadapt_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt"
)

func TestMogrify(t *testing.T) {
	cases := map[string]struct {
		query string
		args  []any
		want  string
	}{
		"no arguments":    {"select '%s', $1, ?", nil, "select '%s', $1, ?"},
		"integer":         {"select $1", []any{7}, "select 7"},
		"minus":           {"select -$1", []any{-10}, "select -(-10)"},
		"minus float":     {"select -$1", []any{-1.0}, "select -(-1.0)"},
		"cast":            {"select $1::int2", []any{-32768}, "select (-32768)::int2"},
		"float":           {"select 1/$1", []any{2.0}, "select 1/2.0"},
		"string":          {"select $1", []any{"it's"}, "select 'it''s'"},
		"backslash":       {"select $1", []any{`a\' or 1=1 --`}, `select E'a\\'' or 1=1 --'`},
		"no placeholder":  {"select a$1, $1", []any{"x"}, "select a$1, 'x'"},
		"number after":    {"select $1or 1", []any{7}, "select 7 or 1"},
		"NULL":            {"select $1, $2", []any{nil, (*int)(nil)}, "select NULL, NULL"},
		"in quotes":       {"select '$1', \"$1\", $$ $1 $$ /* $1 */, $1 -- $1", []any{7}, "select '$1', \"$1\", $$ $1 $$ /* $1 */, 7 -- $1"},
		"used twice":      {"select $1, $1, $2", []any{"a", true}, "select 'a', 'a', true"},
		"named":           {"select @a, @b, @a", []any{sql.Named("a", 1), sql.Named("b", "x")}, "select 1, 'x', 1"},
		"NamedArgs":       {"select @a", []any{pgadapt.NamedArgs{"a": "x"}}, "select 'x'"},
		"In":              {"where a in $1 or a not in $2", []any{pgadapt.In([]int{1, -2}), pgadapt.In([]int{})}, "where a in (1, (-2)) or a <> all ('{}')"},
		"Values":          {"insert into t values $1", []any{pgadapt.Values(pgadapt.RowsOf([][]any{{1, "a"}, {nil, "b"}}))}, "insert into t values (1, 'a'), (NULL, 'b')"},
		"several":         {"select $1; notify $2", []any{1, "x"}, "select 1; notify 'x'"},
		"array":           {"select $1", []any{[]string{`a"b`, "c'd"}}, `select E'{"a\\"b",c''d}'`},
		"bytea":           {"select $1", []any{[]byte{0, 0xff}}, `select E'\\x00ff'::bytea`},
		"a large integer": {"select $1", []any{uint64(math.MaxUint64)}, "select 18446744073709551615"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			have, err := pgadapt.Mogrify(c.query, c.args...)
			require.NoError(t, err)
			require.Equal(t, c.want, have)
		})
	}
}

func TestMogrifyRefuses(t *testing.T) {
	cases := map[string]struct {
		query string
		args  []any
		want  string
	}{
		"NUL in a string":    {"select $1", []any{"a\x00b"}, "argument $1"},
		"invalid UTF-8":      {"select $1", []any{"a\xffb"}, "argument $1"},
		"NUL in an array":    {"select $1", []any{[]string{"a\x00b"}}, "argument $1"},
		"NUL in the text":    {"select \x00 $1", []any{1}, "pgadapt"},
		"too few":            {"select $1, $2", []any{1}, "$2"},
		"too many":           {"select $1", []any{1, 2}, "no parameter $2"},
		"an unused name":     {"select @a", []any{sql.Named("a", 1), sql.Named("b", 2)}, "b"},
		"mixed":              {"select $1, @a", []any{sql.Named("a", 1)}, "mixed"},
		"a batch":            {"select $1", []any{pgadapt.Batch(rowsOf())}, "is no value"},
		"output parameter":   {"select $1", []any{sql.Out{}}, "sql.Out"},
		"Values without row": {"values $1", []any{pgadapt.Values(rowsOf())}, "no rows"},
		"a function":         {"select $1", []any{func() {}}, "argument $1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			have, err := pgadapt.Mogrify(c.query, c.args...)
			require.ErrorContains(t, err, c.want)
			require.Empty(t, have)
		})
	}
}

// hostileStrings are what has broken out of literals somewhere.
var hostileStrings = []string{
	"", "'", "''", `\`, `\\`, `\'`, `\''`, `'\'`, `' or 1=1 --`, `\' or 1=1 --`, `'; drop table t; --`, `/*`, `*/`, "--", "\n--", "$1", "$$", "$x$",
	`E'`, `U&'\0041'`, `\x41`, `\u0041`, `\000`, `\` + "\n", "a\nb", "a\rb", "a\tb", "\u00a0", "\u2019", "\u02bc", "\uff07", "日本", "\U0001f600", "\ufeff",
	"{", "}", "{a,b}", `"`, `""`, "NULL", "null", ",", "(", ")", "%", "%s", "%%", "?", ":a", "@a", ";", "\x7f", "\x01", "\u0080",
	strings.Repeat("'", 101), strings.Repeat(`\`, 101), strings.Repeat(`\'`, 50),
}

// inEachLiteralSetting runs a test under each of the settings that change how a literal is read.
func inEachLiteralSetting(t testing.TB, db *sql.DB, test func(setting string, conn *sql.Conn)) {
	for _, standardConforming := range []string{"on", "off"} {
		for _, backslashQuote := range []string{"on", "off", "safe_encoding"} {
			conn := session(t, db)
			setting := "set standard_conforming_strings = " + standardConforming + "; set backslash_quote = " + backslashQuote +
				"; set escape_string_warning = off"
			_, err := conn.ExecContext(context.Background(), setting)
			require.NoError(t, err)
			test(setting, conn)
			require.NoError(t, conn.Close())
		}
	}
}

// mogrifyBoth renders by the connection's settings and by none.
func mogrifyBoth(t testing.TB, conn *sql.Conn, query string, args ...any) [2]string {
	t.Helper()
	var texts [2]string
	var err error
	texts[0], err = pgadapt.Mogrify(query, args...)
	require.NoError(t, err)
	require.NoError(t, conn.Raw(func(driverConn any) (err error) {
		texts[1], err = driverConn.(pgadapt.Conn).Mogrify(query, args...)
		return err
	}))
	return texts
}

func TestMogrifiedStringsAreTheStrings(t *testing.T) {
	inEachLiteralSetting(t, open(t), func(setting string, conn *sql.Conn) {
		for _, hostile := range hostileStrings {
			for _, text := range mogrifyBoth(t, conn, "select $1::text, $2::bytea, ($3::text[])[1], $1::text", hostile, []byte(hostile), []string{hostile}) {
				var one, element, again string
				var bytes []byte
				require.NoError(t, conn.QueryRowContext(t.Context(), text).Scan(&one, &bytes, &element, &again), "%s: %s", setting, text)
				require.Equal(t, []string{hostile, hostile, hostile, hostile}, []string{one, string(bytes), element, again}, "%s: %s", setting, text)
			}
		}
	})
}

func TestMogrifiedValuesAreTheValues(t *testing.T) {
	moment := time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.FixedZone("", -5*3600-30*60))
	cases := []struct {
		typeName string
		value    any
	}{
		{"bool", true}, {"bool", false}, {"int2", int16(math.MinInt16)}, {"int4", math.MinInt32}, {"int8", int64(math.MinInt64)},
		{"int8", int64(math.MaxInt64)}, {"numeric", uint64(math.MaxUint64)}, {"numeric", new(big.Int).Lsh(big.NewInt(-1), 100)},
		{"float8", 1.0}, {"float8", -0.1}, {"float8", math.MaxFloat64}, {"float8", math.SmallestNonzeroFloat64}, {"float8", math.NaN()},
		{"float8", math.Inf(-1)}, {"float8", math.Copysign(0, -1)}, {"float4", float32(0.1)}, {"text", "it's"}, {"text", nil},
		{"bytea", []byte{}}, {"bytea", []byte{0, 1, 0x5c, 0x27}}, {"timestamptz", moment}, {"timestamp", moment}, {"date", moment},
		{"timestamptz", time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC)}, {"timestamptz", time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"interval", -time.Second / 2}, {"interval", 100 * time.Hour}, {"uuid", [16]byte{1, 2, 3}}, {"int4[]", []int{1, -2, 3}},
		{"int4[]", []int{}}, {"int4[]", []*int{nil}}, {"text[]", []string{"", "NULL", "a,b", `"`, `\`}}, {"int4[]", [][]int{{1, 2}, {3, 4}}},
		{"bytea[]", [][]byte{{0, 1}, {}}}, {"timestamptz[]", []time.Time{moment}}, {"jsonb", map[string]any{"k": "it's \\ <&>"}},
		{"jsonb", json.RawMessage(`{"a":"\u00e9'"}`)}, {"inet", netip.MustParsePrefix("10.0.0.0/8")}, {"inet", netip.MustParseAddr("::1")},
		{"int4range", pgtype.Range[int]{Lower: 1, Upper: 5, LowerType: pgtype.Inclusive, UpperType: pgtype.Exclusive, Valid: true}},
		{"text", color("blue")}, {"text", sql.NullString{}},
	}
	inEachLiteralSetting(t, open(t), func(setting string, conn *sql.Conn) {
		for _, c := range cases {
			query := "select $1::" + c.typeName + "::text"
			var want sql.NullString
			require.NoError(t, conn.QueryRowContext(t.Context(), query, c.value).Scan(&want), "%s %v", c.typeName, c.value)
			for _, text := range mogrifyBoth(t, conn, query, c.value) {
				var have sql.NullString
				require.NoError(t, conn.QueryRowContext(t.Context(), text).Scan(&have), "%s: %s", setting, text)
				require.Equal(t, want, have, "%s: %s", setting, text)
			}
		}
	})
}

func TestMogrifyByTheConnection(t *testing.T) {
	conn := session(t, open(t, "paramstyle", "pyformat"))
	for _, c := range []struct{ set, want string }{
		{"on", `select 7, 'a\b'`}, {"off", `select 7, E'a\\b'`},
	} {
		_, err := conn.ExecContext(t.Context(), "set standard_conforming_strings = "+c.set)
		require.NoError(t, err)
		require.NoError(t, conn.Raw(func(driverConn any) error {
			text, err := driverConn.(pgadapt.Conn).Mogrify("select %s, %s", 7, `a\b`)
			require.Equal(t, c.want, text, "the setting is read as it is now")
			return err
		}))
	}
}

func FuzzMogrify(f *testing.F) {
	for i, hostile := range hostileStrings {
		f.Add(hostile, int64(-i), float64(-i)/2, []byte(hostile))
	}
	conn := session(f, open(f))
	_, err := conn.ExecContext(f.Context(), "set escape_string_warning = off")
	require.NoError(f, err)
	off := false
	f.Fuzz(func(t *testing.T, text string, integer int64, float float64, bytes []byte) {
		off = !off
		_, err := conn.ExecContext(t.Context(), fmt.Sprintf("set standard_conforming_strings = %t", off))
		require.NoError(t, err)
		const query = "select($1)::text,-$2::int8::numeric,$3::float8,$4::bytea,$1::text"
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			_, err := pgadapt.Mogrify(query, text, integer, float, bytes)
			require.Error(t, err)
			return
		}
		if bytes == nil {
			bytes = []byte{}
		}
		for _, rendered := range mogrifyBoth(t, conn, query, text, integer, float, bytes) {
			var haveText, again, negated string
			var haveFloat float64
			var haveBytes []byte
			require.NoError(t, conn.QueryRowContext(t.Context(), rendered).Scan(&haveText, &negated, &haveFloat, &haveBytes, &again), rendered)
			require.Equal(t, []string{text, text, new(big.Int).Neg(big.NewInt(integer)).String()}, []string{haveText, again, negated})
			require.Equal(t, bytes, haveBytes)
			require.True(t, haveFloat == float || math.IsNaN(float) && math.IsNaN(haveFloat), "%v %v", float, haveFloat)
		}
	})
}
